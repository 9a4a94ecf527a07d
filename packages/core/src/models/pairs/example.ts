import type { Entity } from "../../schema/index.ts";
import type { Example } from "../model.ts";

/** A sentence with given entities, as classifiers of pairs read it. */
export interface PairExample extends Example {
  readonly words: Int32Array;
  /** What each word becomes when word dropout takes it. */
  readonly unknown: Int32Array;
  /** BIO tags of all entities, [N]. */
  readonly tags: Int32Array;
  readonly entities: readonly Entity[];
  /** Head, tail (as indices of entities) and class of each pair in a row; the class −1 stands for no relation. */
  readonly pairs: Int32Array;
}

/** Numbers of an entry of `PairExample.pairs`. */
export const pairFields = 3;
