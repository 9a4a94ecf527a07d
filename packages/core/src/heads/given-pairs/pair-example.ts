import type { EncoderExample } from "../../encoders/index.ts";
import type { Entity } from "../../schema/index.ts";

/** A sentence with given entities, as classifiers of pairs read it. */
export interface PairExample extends EncoderExample {
  readonly entities: readonly Entity[];
  /**
   * Head, tail (as indices of entities) and class of each pair in a row; the class −1 stands for no
   * relation.
   */
  readonly pairs: Int32Array;
}

/** Numbers of an entry of `PairExample.pairs`. */
export const pairFields = 3;
