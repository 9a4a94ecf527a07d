import type { Kernels } from "../kernels/kernels.ts";
import { padded } from "../tensor/matrix.ts";
import { Random } from "../tensor/random.ts";
import { normals } from "./draws.ts";

/** Lengths of sequences that advance together, the longest first. */
const lengths = [5, 4, 4, 2, 1, 1, 1, 1, 1];
const sizes = [6, 50];

type Rows = Float32Array[];

interface Direction {
  readonly size: number;
  readonly w: Float32Array;
  readonly wt: Float32Array;
}

/**
 * Which sequences have other bits in `lstmSteps` and its gradient when they are alone; none if all
 * is well.
 *
 * @param memory the kernels' own, large enough for 512 kB
 */
export function* sequencesWithOtherBits(kernels: Kernels, memory: WebAssembly.Memory): Generator<string> {
  const random = Random.of(4711, "sequences");
  for (const size of sizes) {
    const width = padded(size);
    const direction = { size, w: normals(random, size * 4 * width, 0.3), wt: normals(random, 4 * width * width, 0.3) };
    const draw = (columns: number): Rows[] => lengths.map((n) => Array.from({ length: n }, () => normals(random, columns)));
    const [gates, slopes] = [draw(4 * width), draw(width)];
    const together = run(kernels, memory, direction, gates, slopes);
    for (const k of lengths.keys()) {
      const [alone] = run(kernels, memory, direction, [gates[k] ?? []], [slopes[k] ?? []]);
      if (!sameBits(alone, together[k])) yield `size ${size}, sequence ${k}`;
    }
  }
}

/** For each sequence the rows of all that forward and backward pass wrote. */
function run(
  kernels: Kernels,
  memory: WebAssembly.Memory,
  { size, w, wt }: Direction,
  gates: readonly Rows[],
  slopes: readonly Rows[],
): Rows[] {
  const width = padded(size);
  const order: { sequence: number; step: number }[] = [];
  const starts = [0];
  for (let step = 0; step < (gates[0]?.length ?? 0); step++) {
    for (const [sequence, rows] of gates.entries()) if (step < rows.length) order.push({ sequence, step });
    starts.push(order.length);
  }
  const floats = new Float32Array(memory.buffer);
  let next = 1024;
  const lay = (values: ArrayLike<number>): number => {
    const at = next;
    floats.set(values, at / 4);
    next += values.length * 4;
    return at;
  };
  const packed = (rows: readonly Rows[]): number =>
    lay(order.flatMap(({ sequence, step }) => [...(rows[sequence]?.[step] ?? [])]));
  const times = { count: starts.length, starts: next, size, width };
  new Int32Array(memory.buffer).set(starts, next / 4);
  next += starts.length * 4;
  const empty = new Float32Array(order.length * width).fill(Number.NaN);
  const at = { gates: packed(gates), cells: lay(empty), hidden: lay(empty), dHidden: packed(slopes), dCells: lay(empty) };
  const found = gates.map((): Rows => []);
  const collect = (from: number, columns: number): void => {
    for (const [visit, { sequence }] of order.entries()) {
      found[sequence]?.push(floats.slice(from / 4 + visit * columns, from / 4 + (visit + 1) * columns));
    }
  };
  const { gates: g, cells, hidden, dHidden, dCells } = at;
  kernels.lstmSteps({ ...times, w: lay(w), wStride: 4 * width, gates: g, cells, hidden });
  for (const [from, columns] of [
    [g, 4 * width],
    [cells, width],
    [hidden, width],
  ] as const) {
    collect(from, columns);
  }
  kernels.lstmStepsBackward({ ...times, wt: lay(wt), gates: g, cells, dHidden, dCells });
  collect(g, 4 * width);
  collect(dHidden, width);
  return found;
}

function sameBits(some: Rows = [], others: Rows = []): boolean {
  return some.length > 0 && some.length === others.length && some.every((row, k) => row.every((value, c) => Object.is(value, others[k]?.[c])));
}
