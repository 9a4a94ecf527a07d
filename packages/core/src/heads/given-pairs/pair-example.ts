import type { EncoderExample } from "../../encoders/index.ts";
import type { Entity } from "../../schema/index.ts";

/** A sentence with given entities, as pair classifiers read it. */
export interface PairExample extends EncoderExample {
  readonly entities: readonly Entity[];
  /**
   * Head, tail (as indices of entities) and class of each pair, one after the other. The class −1
   * means no relation.
   */
  readonly pairs: Int32Array;
}

/** Numbers per entry of `PairExample.pairs`. */
export const pairFields = 3;
