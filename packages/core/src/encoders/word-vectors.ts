import { type Parameter, type ParameterStore, Random } from "@weft-nlp/tensor";
import { DataError } from "../errors.ts";
import type { VectorsShape, Vocabulary } from "../vocabulary/index.ts";

/** A table of word embeddings, [V, D], that word vectors may fill. */
export interface WordVectorTable {
  readonly table: Parameter;
  readonly vocabulary: Vocabulary;
}

/**
 * Writes the first values of a table whose vocabulary has word vectors: each word that has a vector
 * gets it, and every other row is drawn from N(0, s), where s is the spread of the vectors.
 */
export function fillWordTable(store: ParameterStore, { table, vocabulary }: WordVectorTable, seed: number): void {
  const { vectors, words, unknownRows } = vocabulary;
  if (vectors === undefined) return;
  const values = new Float32Array(table.rows * table.columns);
  const random = Random.of(seed, `${table.name}/without-vector`);
  for (let row = 0; row < table.rows; row++) {
    const into = values.subarray(row * table.columns, (row + 1) * table.columns);
    const match = row < unknownRows ? undefined : vectors.match(words[row - unknownRows] as string);
    if (match !== undefined) vectors.read(match.row, into);
    else for (let k = 0; k < into.length; k++) into[k] = random.normal() * vectors.deviation;
  }
  store.write(table, values);
}

/**
 * Checks that word vectors fit a table.
 *
 * @param setting the path of the setting that holds the table's width
 * @throws {DataError} VECTORS_INVALID unless the vectors have the width of the table
 */
export function requireWidth({ dimension }: Pick<VectorsShape, "dimension">, width: number, setting: string): void {
  if (dimension === width) return;
  throw new DataError("VECTORS_INVALID", {
    message: `the vectors have ${dimension} dimensions, but the word table has ${width}`,
    hint: `set ${setting} to ${dimension}`,
  });
}
