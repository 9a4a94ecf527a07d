import type { KernelsOf, PositionalKernelsOf } from "./contract/descriptor.ts";
import type { contract } from "./contract/index.ts";

/**
 * An address in the engine's linear memory, in bytes. Zero never belongs to a matrix and stands for
 * "none".
 */
export type Address = number;

/** The table of all kernels, as a type. */
export type Contract = typeof contract;

/** The name of one kernel, such as `gemm`. */
export type KernelName = keyof Contract;

/**
 * The compute kernels, called with named fields: `kernels.scale({ n, factor, y })`. `contract/`
 * defines what each computes and what is at its addresses, `assembly/` holds the SIMD form,
 * `plain/` a twin in plain TypeScript; a test runs both on the same memory. Counts and strides are
 * in cells of 4 bytes; rows are padded to a multiple of four.
 */
export type Kernels = KernelsOf<Contract>;

/**
 * The same kernels as a module exports them, with one argument per parameter. `calls.generated.ts`
 * turns them into `Kernels`.
 */
export type PositionalKernels = PositionalKernelsOf<Contract>;
