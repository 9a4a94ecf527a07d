import type { Columns } from "./input-part.ts";

/**
 * A sentence as a model reads it. It holds only plain values and typed arrays, so it can be sent to
 * another thread.
 */
export interface Example {
  /** Number of tokens, for sorting and for forming chunks. */
  readonly length: number;
}

/** A sentence as an encoder reads it. */
export interface EncoderExample extends Example {
  /** The columns that each input part reads, by the part's name. */
  readonly inputs: Readonly<Record<string, Columns>>;
}

/** Sentences packed end to end, without padding. */
export interface PackedSentences {
  /** The start of each sentence, then the end of the last. */
  readonly offsets: Int32Array;
  readonly inputs: Readonly<Record<string, Columns>>;
}
