import type { Address } from "../kernels/kernels.ts";

/**
 * A row-major matrix of 32-bit floats in linear memory. Rows start `stride` floats apart, which is
 * `columns` rounded up to a multiple of four. The padding holds zeros, in values and in gradients.
 */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
  readonly at: Address;
  /** The address of its gradient, in the same layout; 0 if it keeps none. */
  readonly grad: Address;
}

/** The row stride of a matrix with that many columns, in floats. */
export function padded(columns: number): number {
  return (columns + 3) & ~3;
}
