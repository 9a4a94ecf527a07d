import type { Parameter, ParameterStore, Tape } from "@weft-nlp/tensor";
import { expect } from "vitest";

/** An array of PyTorch. */
export interface StoredArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** Arrays by name, as the programs in `bench/peers` print them. */
export type StoredArrays = Readonly<Record<string, StoredArray>>;

/** @throws {Error} if there is none of the name */
export function storedArray(stored: StoredArrays, name: string): StoredArray {
  const found = stored[name];
  if (found === undefined) throw new Error(`the fixture has no ${name}`);
  return found;
}

/**
 * The gradient of a parameter after a backward pass, [rows, columns].
 *
 * @param dense the address of the dense gradients
 */
export function gradientOf(parameter: Parameter, store: ParameterStore, tape: Tape, dense: number): Float32Array {
  const found = new Float32Array(parameter.rows * parameter.columns);
  if (parameter.kind === "dense") found.set(store.read({ ...parameter, at: dense + parameter.slice * 4 }));
  for (const { parameter: table, ids, at } of tape.rowGradients) {
    if (table !== parameter) continue;
    const rows = store.read({ ...table, at, rows: ids.length });
    for (const [k, id] of ids.entries()) {
      const sum = found.subarray(id * table.columns, (id + 1) * table.columns);
      sum.set(sum.map((value, column) => value + (rows.at(k * table.columns + column) ?? 0)));
    }
  }
  return found;
}

/** Within 1e-4 of the largest number of the array. */
export function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  expect(found.length, what).toBe(expected.length);
  let largest = 0;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i] ?? Number.NaN));
    worst = Math.max(worst, Math.abs((found[i] ?? Number.NaN) - (expected[i] ?? Number.NaN)));
  }
  expect(worst, what).toBeLessThanOrEqual(1e-4 * Math.max(largest, 1e-3));
}
