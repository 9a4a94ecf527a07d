import type { Parameter, ParameterStore } from "@weft-nlp/tensor";
import type { Vocabulary, WordVectors } from "../vocabulary/index.ts";

/** A table that word vectors may fill. */
export interface WordVectorTable {
  readonly table: Parameter;
  readonly vocabulary: Vocabulary;
  /** The setting that holds its width, below the model's. */
  readonly setting: string;
}

/** Writes the vectors of words into their rows; the rows of other words stay as they are. */
export function fillWordTable(
  store: ParameterStore,
  { table, vocabulary }: WordVectorTable,
  { words, matrix, dimension }: Pick<WordVectors, "words" | "matrix" | "dimension">,
): void {
  const values = store.read(table);
  for (const [k, word] of words.entries()) {
    values.set(matrix.subarray(k * dimension, (k + 1) * dimension), vocabulary.indexOf(word) * dimension);
  }
  store.write(table, values);
}
