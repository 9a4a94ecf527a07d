import { expect, test } from "vitest";
import { checkedKernels } from "../../kernels/checked-kernels.ts";
import { Arena } from "../../memory/arena.ts";
import { updateRunning } from "../../optim/running.ts";
import { Engine } from "../../tensor/engine.ts";
import type { Matrix } from "../../tensor/matrix.ts";
import { normal, ones, ParameterStore, pad, zeros } from "../../tensor/parameter-store.ts";
import { Tape } from "../tape.ts";
import { batchNorm } from "./batch-norm.ts";
import * as operations from "./index.ts";

const engine = Engine.create({ build: "baseline", wrap: checkedKernels });

function layer(columns: number) {
  const store = new ParameterStore(engine.heap, { seed: 7 });
  const parameters = {
    scale: store.add("scale", 1, columns, normal(1)),
    shift: store.add("shift", 1, columns, normal(1)),
    mean: store.add("mean", 1, columns, zeros, { kind: "running" }),
    variance: store.add("variance", 1, columns, ones, { kind: "running" }),
  };
  return { store, parameters };
}

function laid(tape: Tape, rows: readonly (readonly number[])[], columns: number): Matrix {
  const matrix = tape.matrix(rows.length, columns);
  pad(engine.heap, matrix.at, matrix, rows.flat());
  return matrix;
}

const rows = [
  [1, -2, 0.5],
  [4, 0, 0.5],
  [-2, 8, 0.5],
  [5, 2, 0.5],
  [2, 7, 0.5],
];
const settings = { momentum: 0.75, epsilon: 1e-3 };
const close = (values: readonly number[]): unknown[] => values.map((value) => expect.closeTo(value, 5));

test("in training every column has the mean β and the deviation γ; one that does not vary is β", () => {
  const { store, parameters } = layer(3);
  store.write(parameters.scale, [1, 3, 5]);
  store.write(parameters.shift, [0, 10, -1]);
  const tape = new Tape(engine, new Arena(engine.heap), { training: true });
  const output = tape.read(tape.apply(batchNorm, { input: laid(tape, rows, 3), ...parameters, ...settings, epsilon: 1e-12 }));
  const column = (j: number): number[] => rows.map((_, i) => output[3 * i + j] as number);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect([0, 1, 2].map((j) => mean(column(j)))).toEqual(close([0, 10, -1]));
  const deviations = [0, 1].map((j) => Math.sqrt(mean(column(j).map((value) => (value - mean(column(j))) ** 2))));
  expect(deviations).toEqual(close([1, 3]));
  expect(column(2)).toEqual(close([-1, -1, -1, -1, -1]));
});

test("running statistics move by one step of all rows, however they were cut, and say nothing before", () => {
  const found = [[5], [2, 3], [1, 1, 3], [1, 0, 4]].map((cuts) => {
    const { store, parameters } = layer(3);
    let from = 0;
    const statistics = cuts.flatMap((count) => {
      const tape = new Tape(engine, new Arena(engine.heap), { training: true });
      tape.apply(batchNorm, { input: laid(tape, rows.slice(from, from + count), 3), ...parameters, ...settings });
      from += count;
      return tape.statistics;
    });
    expect([...store.read(parameters.mean), ...store.read(parameters.variance)]).toEqual([0, 0, 0, 1, 1, 1]);
    updateRunning(store, structuredClone(statistics));
    return [...store.read(parameters.mean), ...store.read(parameters.variance)];
  });
  // Columns have the means 2, 3, 0.5 and the variances 6, 15.2, 0; a quarter of them comes to three
  // quarters of 0 and 1.
  for (const values of found) expect(values).toEqual(close([0.5, 0.75, 0.125, 0.75 + 1.5, 0.75 + 3.8, 0.75]));
});

test("in use the running statistics count, and stay as they are", () => {
  const { store, parameters } = layer(3);
  store.write(parameters.scale, [1, 2, 3]);
  store.write(parameters.shift, [0, 1, 0]);
  store.write(parameters.mean, [1, 0, 0.5]);
  store.write(parameters.variance, [4, 1, 0]);
  const tape = new Tape(engine, new Arena(engine.heap));
  const found = tape.read(
    tape.apply(batchNorm, { input: laid(tape, rows.slice(1, 2), 3), ...parameters, ...settings, epsilon: 1e-9 }),
  );
  expect([...found]).toEqual(close([1.5, 1, 0]));
  expect(tape.statistics).toEqual([]);
});

test("a single row, and none, are taken in training", () => {
  const { store, parameters } = layer(3);
  const arena = new Arena(engine.heap);
  const dense = engine.heap.allocate(store.denseSize * 4);
  const tape = new Tape(engine, arena, { training: true, gradients: { dense } });
  const single = laid(tape, rows.slice(0, 1), 3);
  const output = tape.apply(batchNorm, { input: single, ...parameters, ...settings });
  tape.apply(batchNorm, { input: laid(tape, [], 3), ...parameters, ...settings });
  expect(tape.read(output)).toEqual(store.read(parameters.shift));
  expect(tape.statistics.map((item) => item.rows)).toEqual([1]);
  engine.heap.floats(output.grad, 3).fill(1);
  tape.backward();
  expect([...engine.heap.floats(single.grad, 4)]).toEqual([0, 0, 0, 0]);
});

test("parameters of other widths are refused", () => {
  const tape = new Tape(engine, new Arena(engine.heap));
  const { parameters } = layer(3);
  expect(() => tape.apply(operations.batchNorm, { input: laid(tape, [], 4), ...parameters, ...settings })).toThrow(
    "scale is [1, 3], but the matrix to normalise has 4 columns",
  );
});
