import { createHash } from "node:crypto";
import type { Sentence } from "@weft-nlp/core";
import { type TrainConfig, wordWidths } from "@weft-nlp/core/training";
import { readVectors, type WordVectors } from "@weft-nlp/core/vocabulary";
import { readBytes } from "../files/read-text.ts";
import { locateVectors, shippedVectors, type VectorsPlace } from "./locate-vectors.ts";

/** The word vectors that a training uses: where they lie, or why it uses none. */
export type ChosenVectors = { readonly place: VectorsPlace } | { readonly place?: undefined; readonly reason: string };

/** Numbers per word of the shipped vectors. */
const shippedWidth = 100;

/**
 * Chooses the word vectors of a training. `auto` chooses those that we ship, which are English, if
 * at least half of the letters of train are Latin and the word embeddings have their width.
 *
 * @throws {FileError} FILE_MISSING, PACKAGE_MISSING or similar
 */
export async function chooseVectors(
  { vectors, init, model }: TrainConfig,
  train: readonly Pick<Sentence, "tokens">[],
): Promise<ChosenVectors> {
  if (init !== undefined) return { reason: "the model to start from keeps those that it has" };
  if (vectors === "off") return { reason: "they are off" };
  if (vectors !== "auto") return { place: await locateVectors(vectors) };
  const other = wordWidths({ model }).find(({ width }) => width !== shippedWidth);
  if (other?.width !== undefined) {
    return { reason: `those of ${shippedVectors} have ${shippedWidth} numbers, and ${other.setting} is ${other.width}` };
  }
  if (other !== undefined) return { reason: "the model, or a part of it, does not read words" };
  const latin = latinShare(train);
  if (latin >= 0.5) return { place: await locateVectors(shippedVectors) };
  return { reason: `only ${(100 * latin).toFixed(0)} % of the letters in train are Latin` };
}

/** Reads a file of word vectors, with its checksum. */
export async function loadVectors({ file, name, licence }: VectorsPlace, signal?: AbortSignal): Promise<WordVectors> {
  const hash = createHash("sha256");
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const bytes of readBytes(file, { signal })) {
      hash.update(bytes);
      yield bytes;
    }
  }
  return readVectors(hashed(), { source: file, origin: () => ({ name, sha256: hash.digest("hex"), licence }) });
}

/** The share of Latin letters among all letters, 0 to 1. */
function latinShare(sentences: readonly Pick<Sentence, "tokens">[]): number {
  let [letters, latin] = [0, 0];
  for (const { tokens } of sentences) {
    const text = tokens.join(" ");
    letters += text.match(/\p{L}/gu)?.length ?? 0;
    latin += text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  }
  return letters === 0 ? 0 : latin / letters;
}
