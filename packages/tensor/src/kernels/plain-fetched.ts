import type { Kernels } from "./kernels.ts";
import type { LinearMemory } from "./linear-memory.ts";

let fetched: ((memory: LinearMemory) => Kernels) | undefined;

/** Fetches the twin of the kernels in plain TypeScript, for runtimes without SIMD. */
export async function fetchPlainKernels(): Promise<void> {
  fetched ??= (await import("./plain.ts")).plainKernels;
}

/**
 * The twin of every kernel in plain TypeScript.
 *
 * @throws {RangeError} if it was not fetched
 */
export function plainKernels(memory: LinearMemory): Kernels {
  if (fetched !== undefined) return fetched(memory);
  throw new RangeError("the plain kernels are not loaded here");
}
