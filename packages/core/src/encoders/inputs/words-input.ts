import { z } from "zod";
import { defineInput, numbersOf } from "../input-part.ts";
import { requireWidth } from "../word-vectors.ts";
import { tablePart } from "./table-part.ts";

export interface WordSettings {
  readonly size: number;
}

/**
 * One row for each known word, and one for all unknown words or for each shape of them. This part
 * decides which words are unknown. Words known from word vectors alone have fixed rows, which take
 * no part in training.
 */
export const words = defineInput<WordSettings>({
  name: "words",
  summary: "the word itself",
  settings: ({ size = 100 }) =>
    z.strictObject({
      size: z.int().min(1).max(4096).default(size).describe("width of word embeddings; word vectors must have this width"),
    }),
  reader:
    ({ words: vocabulary }) =>
    ({ tokens }) => {
      const ids = new Int32Array(tokens.length);
      // The row that word dropout puts in place of each word: that of its class of unknown words.
      const unknown = new Int32Array(tokens.length);
      for (const [place, token] of tokens.entries()) {
        ids[place] = vocabulary.indexOf(token);
        unknown[place] = vocabulary.unknownIndexOf(token);
      }
      return { ids, unknown };
    },
  drop: (columns, taken) => {
    const ids = numbersOf(columns, "ids");
    if (taken === undefined) return { ids };
    const unknown = numbersOf(columns, "unknown");
    return { ids: ids.map((id, place) => (taken[place] === 1 ? (unknown[place] as number) : id)) };
  },
  build: ({ size }, { lexicon, scope, initial }) => {
    const { words: vocabulary } = lexicon;
    const { vectors } = vocabulary;
    if (vectors !== undefined) requireWidth(vectors, size, "model.inputs.words.size");
    const table = scope.child("word").table("weight", vocabulary.size, size, initial); // [V, Dw]
    return { ...tablePart("word", table, vectors), wordVectors: { table, vocabulary } };
  },
});
