import type { DocumentRequest } from "@weft-nlp/api";
import type { Document, Omission } from "@weft-nlp/core";
import { type WindowOptions, windowSettings, windowsOf } from "@weft-nlp/core/inference";
import { didYouMean } from "@weft-nlp/node/files";
import { RequestError } from "../errors.ts";
import type { Limits } from "../options.ts";
import type { ReadRequest } from "./extraction.ts";
import { describeSchema } from "./model-description.ts";
import type { ServedModel } from "./model-registry.ts";

/**
 * Checks the entities that a request gives a model which relates given ones; what they lack would
 * else be seen only by what is not found. Models that find their own are not given any, and their
 * requests pass as they are.
 *
 * @param path where the text stands in the request: `documents[3]`, or nothing
 * @param pairs counts those of the whole request
 * @returns the request, with those entities among the omissions that no sentence holds
 * @throws {RequestError} REQUEST_INVALID where the model knows no such type; REQUEST_TOO_LARGE
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
  // A model whose data has no types takes any: it does not look at them.
  for (const [index, { type }] of (entityTypes.length === 0 ? [] : (request.entities ?? [])).entries()) {
    if (type === null || entityTypes.includes(type)) continue;
    throw new RequestError("REQUEST_INVALID", {
      at: { path: `${path === "" ? "" : `${path}.`}entities[${index}].type` },
      message: "the model knows no such type of entity",
      hint: didYouMean(type.slice(0, 60), entityTypes) ?? `there are ${entityTypes.join(", ")}, or null`,
    });
  }
  pairs.add(read.document, path);
  return { ...read, omissions: [...read.omissions, ...outside(read)] };
}

/**
 * Bounds what a model that relates given entities is asked for by the texts of one request.
 *
 * @param place of the texts in the request, as in `texts[3]`
 * @throws {RequestError} REQUEST_TOO_LARGE
 */
export function boundPairs({ extractor }: ServedModel, documents: readonly Document[], place: string, limits: PairLimits): void {
  if (!extractor.model.definition.capabilities.needsGoldEntities) return;
  const pairs = new PairCounter({}, limits);
  for (const [index, document] of documents.entries()) pairs.add(document, `${place}[${index}]`);
}

/**
 * Counts the pairs that the entities of a request make, before anything is made of them: their
 * number grows with the square of the entities, each is predicted, and may be an answer.
 */
export class PairCounter {
  readonly #windows: { readonly window: number; readonly overlap: number };
  readonly #limits: PairLimits;
  #pairs = 0;

  /** @throws {ConfigError} SETTING_INVALID where the overlap does not fit the window */
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
          const message = `up to here the entities make more than ${this.#limits.pairs} pairs, the most of one request`;
          throw tooManyPairs(path, message, "give fewer of a sentence, or fewer texts, at once");
        }
        if (pairs * (end - start) > this.#limits.sentencePairWords) {
          const max = Math.floor(this.#limits.sentencePairWords / (end - start));
          const sentence = `a sentence of ${end - start} words has ${inside} entities, which are ${pairs} pairs`;
          const message = `${sentence}; this server relates up to ${max} of so many words`;
          throw tooManyPairs(path, message, `give fewer of those in tokens ${start} to ${end} at once`);
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
    hint: `n entities of a sentence are n · (n - 1) pairs: ${remedy}`,
  });
}

function outside({ document: { entities, sentences, tokens } }: ReadRequest): Omission[] {
  // The end of the sentence that a token stands in: looking through all sentences for each entity
  // would take their product.
  const ends = new Int32Array(tokens.length);
  for (const { start, end } of sentences) ends.fill(end, start, end);
  return entities.flatMap(({ start, end }, index) =>
    end <= (ends[start] ?? 0)
      ? []
      : [
          {
            path: `entities[${index}]`,
            reason: `tokens ${start} to ${end} reach over the end of a sentence; the entity was left out`,
          },
        ],
  );
}
