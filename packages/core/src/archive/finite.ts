import type { StoredTensor } from "./safetensors.ts";

/** Whether all numbers are finite: none is NaN or infinite. */
export function allFinite(values: Float32Array): boolean {
  // Zero times a number that is not finite is NaN, and so is every sum with it.
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += (values[k] as number) * zero;
  return sum === 0;
}

/** The name of the first array with a number that is not finite. */
export function firstNotFinite(tensors: Iterable<readonly [name: string, tensor: StoredTensor]>): string | undefined {
  for (const [name, { values }] of tensors) if (!allFinite(values)) return name;
  return undefined;
}

/** Infinities and NaN times this are NaN. */
const zero = 0;
