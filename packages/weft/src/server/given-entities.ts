import type { Loss } from "@weft/core";
import { RequestError } from "../errors.ts";
import { didYouMean } from "../files/nearest-name.ts";
import type { DocumentRequest, ReadRequest } from "./extraction.ts";
import { describeSchema } from "./model-description.ts";
import type { ServedModel } from "./model-registry.ts";

/**
 * Checks the entities that a request gives a model which relates given ones; what they lack would else be seen only by what is not found.
 * Models that find their own are not given any, and their requests pass as they are.
 *
 * @param path where the text stands in the request: `documents[3]`, or nothing
 * @returns the request, with those entities among the losses that no sentence holds
 * @throws {RequestError} REQUEST_INVALID where the model knows no such type
 */
export function checkGivenEntities(
  served: ServedModel,
  request: string | DocumentRequest,
  read: ReadRequest,
  path: string,
): ReadRequest {
  if (!served.extractor.model.definition.capabilities.needsGoldEntities || typeof request === "string") return read;
  const { entityTypes } = describeSchema(served);
  // A model whose data has no types takes any: it does not look at them.
  for (const [index, { type }] of (entityTypes.length === 0 ? [] : (request.entities ?? [])).entries()) {
    if (type === null || entityTypes.includes(type)) continue;
    throw new RequestError("REQUEST_INVALID", {
      at: { path: `${path === "" ? "" : `${path}.`}entities[${index}].type` },
      message: "the model knows no such type of entity",
      hint: didYouMean(type.slice(0, 60), entityTypes) ?? `there are ${entityTypes.join(", ")}, or null`,
    });
  }
  return { ...read, losses: [...read.losses, ...outside(read)] };
}

function outside({ document: { entities, sentences } }: ReadRequest): Loss[] {
  return entities.flatMap(({ start, end }, index) =>
    sentences.some((sentence) => start >= sentence.start && end <= sentence.end)
      ? []
      : [
          {
            path: `entities[${index}]`,
            reason: `tokens ${start} to ${end} reach over the end of a sentence; the entity was left out`,
          },
        ],
  );
}
