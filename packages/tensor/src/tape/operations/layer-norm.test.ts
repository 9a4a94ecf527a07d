import { expect, test } from "vitest";
import { checkedKernels } from "../../kernels/checked-kernels.ts";
import { Arena } from "../../memory/arena.ts";
import { Engine } from "../../tensor/engine.ts";
import { normal, ParameterStore, pad } from "../../tensor/parameter-store.ts";
import { Tape } from "../tape.ts";
import { layerNorm } from "./layer-norm.ts";

const engine = Engine.create({ build: "baseline", wrap: checkedKernels });
const store = new ParameterStore(engine.heap, { seed: 7 });
const parameters = { scale: store.add("scale", 1, 4, normal(1)), shift: store.add("shift", 1, 4, normal(1)) };

test("every row is normalised alone; one that does not vary is β", () => {
  store.write(parameters.scale, [1, 1, 2, 1]);
  store.write(parameters.shift, [0, 0, 0, 5]);
  const tape = new Tape(engine, new Arena(engine.heap), { training: true });
  const input = tape.matrix(2, 4);
  pad(engine.heap, input.at, input, [1, 3, 1, 3, 7, 7, 7, 7]);
  const output = tape.read(tape.apply(layerNorm, { input, ...parameters, epsilon: 1e-9 }));
  expect([...output]).toEqual([-1, 1, -2, 6, 0, 0, 0, 5].map((value) => expect.closeTo(value, 5)));
});

test("parameters of other widths, and rows without columns, are refused", () => {
  const tape = new Tape(engine, new Arena(engine.heap));
  const normalise = (columns: number) => () =>
    tape.apply(layerNorm, { input: tape.matrix(1, columns), ...parameters, epsilon: 1e-5 });
  expect(normalise(3)).toThrow("scale is [1, 4], but the matrix to normalise has 3 columns");
  expect(normalise(0)).toThrow("a row without columns cannot be normalised");
});
