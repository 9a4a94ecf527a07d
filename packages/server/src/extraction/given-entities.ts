import type { DocumentRequest } from "@weft-nlp/api";
import type { Document, Omission } from "@weft-nlp/core";
import { type WindowOptions, windowSettings, windowsOf } from "@weft-nlp/core/inference";
import { didYouMean } from "@weft-nlp/core/text";
import { RequestError } from "../errors.ts";
import type { Limits } from "../options.ts";
import type { ReadRequest } from "./extraction.ts";
import { describeSchema } from "./model-description.ts";
import type { ServedModel } from "./model-registry.ts";

/**
 * Checks the given entities in a request to a model that relates them; otherwise a mistake would
 * only show as missing relations. Requests to models that find their own entities pass unchecked.
 *
 * @param path the place of the text in the request, such as `documents[3]`, or empty
 * @param pairs counts the pairs of the whole request
 * @returns the request; entities that lie in no single sentence become omissions
 * @throws {RequestError} REQUEST_INVALID if the model does not know a type; REQUEST_TOO_LARGE
 */
export function checkGivenEntities(
  served: ServedModel,
  request: string | DocumentRequest,
  read: ReadRequest,
  path: string,
  pairs: PairCounter,
): ReadRequest {
  if (!served.extractor.model.definition.capabilities.needsGoldEntities || typeof request === "string") return read;
  const { entityTypes } = describeSchema(served);
  // A model trained without entity types ignores them, so it accepts any.
  for (const [index, { type }] of (entityTypes.length === 0 ? [] : (request.entities ?? [])).entries()) {
    if (type === null || entityTypes.includes(type)) continue;
    throw new RequestError("REQUEST_INVALID", {
      at: { path: `${path === "" ? "" : `${path}.`}entities[${index}].type` },
      message: "the model does not know this entity type",
      hint: didYouMean(type.slice(0, 60), entityTypes) ?? `use one of ${entityTypes.join(", ")}, or null`,
    });
  }
  pairs.add(read.document, path);
  return { ...read, omissions: [...read.omissions, ...outside(read)] };
}

/**
 * Bounds the pairs of given entities in the texts of one request.
 *
 * @param place where the texts are in the request, as in `texts[3]`
 * @throws {RequestError} REQUEST_TOO_LARGE
 */
export function boundPairs({ extractor }: ServedModel, documents: readonly Document[], place: string, limits: PairLimits): void {
  if (!extractor.model.definition.capabilities.needsGoldEntities) return;
  const pairs = new PairCounter({}, limits);
  for (const [index, document] of documents.entries()) pairs.add(document, `${place}[${index}]`);
}

/**
 * Counts the pairs of given entities before any work is done. Their number grows with the square of
 * the entities, and each is predicted and may be an answer.
 */
export class PairCounter {
  readonly #windows: { readonly window: number; readonly overlap: number };
  readonly #limits: PairLimits;
  #pairs = 0;

  /** @throws {ConfigError} SETTING_INVALID if the overlap does not fit the window */
  constructor(options: WindowOptions, limits: PairLimits) {
    this.#windows = windowSettings(options);
    this.#limits = limits;
  }

  /** @throws {RequestError} REQUEST_TOO_LARGE */
  add({ entities, sentences }: Document, path: string): void {
    const ordered = entities.toSorted((one, other) => one.start - other.start);
    let first = 0;
    for (const sentence of sentences) {
      for (const { start, end } of windowsOf(sentence, this.#windows)) {
        while ((ordered[first]?.start ?? end) < start) first++;
        let inside = 0;
        for (let next = first; (ordered[next]?.start ?? end) < end; next++) if ((ordered[next]?.end ?? end) <= end) inside++;
        const pairs = inside * (inside - 1);
        this.#pairs += pairs;
        if (this.#pairs > this.#limits.pairs) {
          const message = `the entities up to here make more than ${this.#limits.pairs} pairs, the limit of one request`;
          throw tooManyPairs(path, message, "give fewer entities in a sentence, or send fewer texts at once");
        }
        if (pairs * (end - start) > this.#limits.sentencePairWords) {
          const max = Math.floor(this.#limits.sentencePairWords / (end - start));
          const sentence = `a sentence of ${end - start} words has ${inside} entities, which make ${pairs} pairs`;
          const message = `${sentence}; the limit for so many words is ${max} entities`;
          throw tooManyPairs(path, message, `give fewer of the entities in tokens ${start} to ${end} at once`);
        }
      }
    }
  }
}

type PairLimits = Pick<Limits, "pairs" | "sentencePairWords">;

function tooManyPairs(path: string, message: string, remedy: string): RequestError {
  return new RequestError("REQUEST_TOO_LARGE", {
    at: { path: path === "" ? "entities" : `${path}.entities` },
    message,
    hint: `n entities in a sentence make n · (n - 1) pairs: ${remedy}`,
  });
}

function outside({ document: { entities, sentences, tokens } }: ReadRequest): Omission[] {
  // The end of each token's sentence, so that entities are not searched for in every sentence.
  const ends = new Int32Array(tokens.length);
  for (const { start, end } of sentences) ends.fill(end, start, end);
  return entities.flatMap(({ start, end }, index) =>
    end <= (ends[start] ?? 0)
      ? []
      : [
          {
            path: `entities[${index}]`,
            reason: `tokens ${start} to ${end} cross the end of a sentence; the entity was skipped`,
          },
        ],
  );
}
