import { Arena, Engine, type Matrix, normal, ParameterStore, Tape } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { floatsToHalves, halvesToFloats } from "../../archive/index.ts";
import { layerMix } from "./layer-mix.ts";

const [words, layers, width] = [3, 4, 5];
const sizes = [1, 2];

function setting() {
  const engine = Engine.create({ build: "plain" });
  const store = new ParameterStore(engine.heap, { seed: 4 });
  const mix = store.add("mix", 1, layers, normal(1));
  const scale = store.add("scale", 1, 1, normal(1));
  const features = sizes.map((count, s) => {
    const halves = new Uint16Array(count * layers * width);
    floatsToHalves(
      Float32Array.from(halves, (_, k) => Math.sin(1 + k * 0.37 + s)),
      halves,
    );
    return halves;
  });
  return { engine, store, mix, scale, features };
}

test("the sum has the weights of a softmax, times the scale", () => {
  const { engine, store, mix, scale, features } = setting();
  const tape = new Tape(engine, new Arena(engine.heap));
  const output = tape.apply(layerMix, { features, layers, width, mix, scale });
  const powers = [...store.read(mix)].map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  const [factor = 0] = store.read(scale);
  const rows = features.flatMap((each) => [...halvesToFloats(each)]);
  const expected = Array.from({ length: words * width }, (_, k) => {
    const [word, column] = [Math.floor(k / width), k % width];
    return powers.reduce(
      (total, power, l) => total + ((factor * power) / sum) * (rows[(word * layers + l) * width + column] ?? 0),
      0,
    );
  });
  expect([output.rows, output.columns]).toEqual([words, width]);
  for (const [k, value] of tape.read(output).entries()) expect(value).toBeCloseTo(expected[k] ?? 0, 6);
});

test("a single layer has a scale alone", () => {
  const { engine, store, scale, features } = setting();
  const tape = new Tape(engine, new Arena(engine.heap));
  const output = tape.apply(layerMix, { features, layers: 1, width, mix: undefined, scale });
  const [factor = 0] = store.read(scale);
  const rows = features.flatMap((each) => [...halvesToFloats(each)]);
  expect(output.rows).toBe(words * layers);
  for (const [k, value] of tape.read(output).entries()) expect(value).toBeCloseTo(factor * (rows[k] ?? 0), 6);
});

test("gradients are the slopes of the sum", () => {
  const { engine, store, mix, scale, features } = setting();
  const factors = Float32Array.from({ length: words * width }, (_, k) => Math.cos(k));
  const loss = (tape: Tape, output: Matrix): number =>
    tape.read(output).reduce((total, value, k) => total + value * (factors[k] ?? 0), 0);
  const dense = engine.heap.allocate(store.denseSize * 4);
  engine.heap.clear(dense, store.denseSize * 4);
  const tape = new Tape(engine, new Arena(engine.heap), { gradients: { dense }, training: true });
  const output = tape.apply(layerMix, { features, layers, width, mix, scale });
  for (let k = 0; k < factors.length; k++) {
    engine.heap.f32[output.grad / 4 + Math.floor(k / width) * output.stride + (k % width)] = factors[k] ?? 0;
  }
  tape.backward();
  const lossNow = (): number => {
    const plain = new Tape(engine, new Arena(engine.heap));
    return loss(plain, plain.apply(layerMix, { features, layers, width, mix, scale }));
  };
  for (const parameter of [mix, scale]) {
    const values = store.read(parameter);
    for (const [k, value] of values.entries()) {
      const at = (shift: number): number => {
        store.write(
          parameter,
          values.map((each, j) => (j === k ? value + shift : each)),
        );
        return lossNow();
      };
      const slope = (at(1e-2) - at(-1e-2)) / 2e-2;
      store.write(parameter, values);
      expect(engine.heap.f32[tape.gradientOf(parameter) / 4 + k]).toBeCloseTo(slope, 3);
    }
  }
});
