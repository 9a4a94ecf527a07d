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
