import type { KernelName } from "@weft-nlp/tensor";

/** The kernels of the addon: each reads its values from the record. */
export type RecordedKernels = { readonly [Name in KernelName]: () => number };

/** How a call reaches the addon. */
export interface Recorder {
  /** Follows the memory if it has grown since the last call. */
  readonly follow: () => void;
  /** The record: one 32-bit word for each value of a call, in the order of the contract. */
  readonly words: Uint32Array;
  /** The same words, for values that are floats. */
  readonly scalars: Float32Array;
  readonly run: RecordedKernels;
}
