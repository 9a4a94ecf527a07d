import type { Parameter, ParameterStore } from "@weft-nlp/tensor";
import type { Vocabulary, WordVectors } from "../vocabulary/index.ts";

/** A table of word embeddings, [V, D], that word vectors may fill. */
export interface WordVectorTable {
  readonly table: Parameter;
  readonly vocabulary: Vocabulary;
  /** The path of the setting that holds the table's width, below `model`. */
  readonly setting: string;
}

/** Writes word vectors into the rows of their words. The rows of other words do not change. */
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
