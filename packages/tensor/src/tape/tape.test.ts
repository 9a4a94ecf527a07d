import { expect, test } from "vitest";
import { Arena } from "../memory/arena.ts";
import { Engine } from "../tensor/engine.ts";
import { normal, ParameterStore, pad } from "../tensor/parameter-store.ts";
import { Random } from "../tensor/random.ts";
import * as operations from "./operations/index.ts";
import { Tape } from "./tape.ts";

test("operations without a gradient share one working space, and compute the same", () => {
  const engine = Engine.create({ build: "baseline" });
  const store = new ParameterStore(engine.heap, { seed: 1 });
  const blocks = { blocks: 3 };
  const cell = {
    input: store.add("input", 4, 24, normal(1), blocks),
    hidden: store.add("hidden", 8, 24, normal(1), blocks),
    inputBias: store.add("input bias", 1, 24, normal(1), blocks),
    hiddenBias: store.add("hidden bias", 1, 24, normal(1), blocks),
  };
  const run = (scratch: Arena | undefined): Float32Array => {
    const tape = new Tape(engine, new Arena(engine.heap), { scratch });
    const random = Random.of(4711);
    const [input, start] = [4, 8].map((columns) => {
      const matrix = tape.matrix(5, columns);
      pad(
        engine.heap,
        matrix.at,
        matrix,
        Array.from({ length: 5 * columns }, () => random.normal()),
      );
      return matrix;
    }) as [ReturnType<Tape["matrix"]>, ReturnType<Tape["matrix"]>];
    const before = scratch?.mark();
    let hidden = start;
    for (let step = 0; step < 3; step++) hidden = tape.apply(operations.gru, { input, hidden, cell });
    expect(scratch?.mark()).toEqual(before);
    return tape.read(hidden);
  };
  const scratch = new Arena(engine.heap);
  expect(run(scratch)).toEqual(run(undefined));
  const dense = engine.heap.allocate(store.denseSize * 4);
  const recording = new Tape(engine, new Arena(engine.heap), { scratch, gradients: { dense } });
  const before = scratch.mark();
  recording.scratch(4);
  expect(scratch.mark()).toEqual(before);
});

test("a fixed parameter is computed with on a quiet tape, and has no gradient on another", () => {
  const engine = Engine.create({ build: "baseline" });
  const store = new ParameterStore(engine.heap, { seed: 1 });
  const weight = store.add("weight", 4, 4, normal(1), { kind: "fixed" });
  const above = store.add("above", 4, 4, normal(1));
  expect([weight.slice, weight.transposed, store.denseSize]).toEqual([-1, 0, 16]);
  const dense = engine.heap.allocate(store.denseSize * 4);
  const tape = new Tape(engine, new Arena(engine.heap), { gradients: { dense } });
  const input = tape.quiet().matrix(2, 4);
  pad(engine.heap, input.at, input, [1, 2, 3, 4, 5, 6, 7, 8]);
  const below = tape.quiet().apply(operations.linear, { input, weight });
  const output = tape.apply(operations.linear, { input: below, weight: above });
  engine.heap.floats(output.grad, 8).fill(1);
  tape.backward();
  expect(engine.heap.floats(dense, 16).some((value) => value !== 0)).toBe(true);
  tape.apply(operations.linear, { input, weight });
  expect(() => tape.backward()).toThrow("weight has no dense gradient");
});
