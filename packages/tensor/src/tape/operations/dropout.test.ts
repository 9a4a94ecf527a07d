import { expect, test } from "vitest";
import { checkedKernels } from "../../kernels/checked-kernels.ts";
import { Arena } from "../../memory/arena.ts";
import { Engine } from "../../tensor/engine.ts";
import { Tape, type TapeOptions } from "../tape.ts";
import { dropout } from "./elementwise.ts";

const engine = Engine.create({ build: "baseline", wrap: checkedKernels });

function masks(count: number, rate: number, options: TapeOptions): Float32Array[] {
  const tape = new Tape(engine, new Arena(engine.heap), options);
  const ones = tape.matrix(100, 100);
  engine.heap.floats(ones.at, 10_000).fill(1);
  return Array.from({ length: count }, () => tape.read(tape.apply(dropout, { input: ones, rate })));
}

test("the share of zeros is the rate, and the mean stays", () => {
  for (const rate of [0.1, 0.5, 0.8]) {
    const [mask] = masks(1, rate, { training: true, seed: 3 }) as [Float32Array];
    const zeros = mask.filter((value) => value === 0).length / mask.length;
    // Five deviations of a share among 10,000.
    expect(Math.abs(zeros - rate)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / 10_000));
    expect(new Set(mask.filter((value) => value !== 0))).toEqual(new Set([Math.fround(1 / (1 - Math.fround(rate)))]));
  }
});

test("a seed gives the same masks again; seeds, and calls on one tape, give different ones", () => {
  const [first, second] = masks(2, 0.5, { training: true, seed: 3 }) as [Float32Array, Float32Array];
  expect(masks(2, 0.5, { training: true, seed: 3 })).toEqual([first, second]);
  const others = [second, ...masks(1, 0.5, { training: true, seed: 4 }), ...masks(1, 0.5, { training: true, seed: 3 + 2 ** 32 })];
  for (const other of others) {
    const same = other.filter((value, k) => value === first[k]).length / 10_000;
    expect(Math.abs(same - 0.5)).toBeLessThan(0.025);
  }
});

test("neighbouring cells are drawn independently", () => {
  const [mask] = masks(1, 0.5, { training: true, seed: 8 }) as [Float32Array];
  for (const lag of [1, 2, 4, 100]) {
    const same = mask.filter((value, k) => k >= lag && value === mask[k - lag]).length / (10_000 - lag);
    expect(Math.abs(same - 0.5), `lag ${lag}`).toBeLessThan(0.025);
  }
});

test("outside of training, and at rate 0, the input passes", () => {
  expect(masks(1, 0.5, { seed: 3 })[0]?.every((value) => value === 1)).toBe(true);
  expect(masks(1, 0, { training: true, seed: 3 })[0]?.every((value) => value === 1)).toBe(true);
});

test("rows of a run share their mask, other runs have another, and the gradient goes through the same cells", () => {
  const shared = Int32Array.from([0, 3, 3, 10]);
  const dense = engine.heap.allocate(4);
  const tape = new Tape(engine, new Arena(engine.heap), { training: true, seed: 3, gradients: { dense } });
  const ones = tape.matrix(10, 200);
  engine.heap.floats(ones.at, 10 * ones.stride).fill(1);
  const output = tape.apply(dropout, { input: ones, rate: 0.3, shared });
  const rows = Array.from({ length: 10 }, (_, row) => tape.read(output).slice(200 * row, 200 * (row + 1)));
  for (const row of rows.slice(1, 3)) expect(row).toEqual(rows[0]);
  for (const row of rows.slice(4)) expect(row).toEqual(rows[3]);
  expect(rows[3]).not.toEqual(rows[0]);
  for (const row of rows) {
    const zeros = row.filter((value) => value === 0).length / 200;
    expect(Math.abs(zeros - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / 200));
  }
  engine.heap.floats(output.grad, 10 * output.stride).fill(1);
  tape.backward();
  expect(engine.heap.floats(ones.grad, 10 * ones.stride).slice()).toEqual(
    engine.heap.floats(output.at, 10 * output.stride).slice(),
  );
});
