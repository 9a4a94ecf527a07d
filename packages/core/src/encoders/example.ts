import type { Columns } from "./input-part.ts";

/**
 * A sentence as a model reads it. Plain values and typed arrays only, so that it can be sent to
 * another thread.
 */
export interface Example {
  /** Tokens, for sorting and cutting into chunks. */
  readonly length: number;
}

/** A sentence as an encoder reads it. */
export interface EncoderExample extends Example {
  /** What each part reads, by the name of the part. */
  readonly inputs: Readonly<Record<string, Columns>>;
}

/** Sentences end to end, without padding. */
export interface PackedSentences {
  /** Where each sentence starts, and where the last one ends. */
  readonly offsets: Int32Array;
  readonly inputs: Readonly<Record<string, Columns>>;
}
