import { Arena, Engine, ParameterStore, Tape } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { Scope } from "../../nn/index.ts";
import { parameterCount, readTransformerShape, readTransformerWeights, type TensorReader, TransformerNetwork } from "./index.ts";
import { transformerParameters } from "./transformer-parameters.ts";

const at = { source: "model.safetensors" };
const config = {
  model_type: "bert",
  hidden_size: 8,
  intermediate_size: 12,
  max_position_embeddings: 6,
  num_attention_heads: 2,
  num_hidden_layers: 1,
  vocab_size: 5,
};
const shape = readTransformerShape(config, { source: "config.json" });

/** A file whose n-th number of every array is n. */
function fileOf(rename: (name: string) => string = (name) => name) {
  const tensors = new Map(
    transformerParameters(shape).map(({ names, form, rows, columns }) => {
      const size = form === "row" ? [columns] : form === "matrix" ? [columns, rows] : [rows, columns];
      const values = Float32Array.from({ length: rows * columns }, (_, n) => n);
      return [rename(names[0] ?? ""), { shape: size, values }];
    }),
  );
  return { tensors, read: ((name) => tensors.get(name)) satisfies TensorReader };
}

const weightsOf = (read: TensorReader) => [...readTransformerWeights(shape, read, at)];

test("matrices are turned, tables and rows are not", () => {
  const weights = new Map(weightsOf(fileOf().read).map((weight) => [weight.path, weight]));
  expect([...weights.keys()]).toEqual(transformerParameters(shape).map(({ path }) => path));
  const inner = weights.get("layer-1/inner/weight");
  expect([inner?.rows, inner?.columns]).toEqual([8, 12]);
  // Row r, column c of ours is row c, column r of the file.
  expect(inner?.values[2 * 12 + 5]).toBe(5 * 8 + 2);
  expect(weights.get("embedding/words/weight")?.values[2 * 8 + 5]).toBe(2 * 8 + 5);
  expect(weights.get("layer-1/inner/bias")?.values[5]).toBe(5);
  expect([...weights.values()].reduce((sum, { values }) => sum + values.length, 0)).toBe(parameterCount(shape));
});

test("names with the prefix of a larger model, and those of old files, are understood", () => {
  const plain = weightsOf(fileOf().read);
  expect(weightsOf(fileOf((name) => `bert.${name}`).read)).toEqual(plain);
  const old = (name: string): string =>
    name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
  expect(weightsOf(fileOf(old).read)).toEqual(plain);
  expect(weightsOf(fileOf((name) => `bert.${old(name)}`).read)).toEqual(plain);
});

test("a file that lacks an array, or has another or a broken one, is refused", () => {
  const change = (name: string, tensor?: { shape: number[]; values: Float32Array }) => () => {
    const { tensors, read } = fileOf();
    if (tensor === undefined) tensors.delete(name);
    else tensors.set(name, tensor);
    return weightsOf(read);
  };
  const key = "encoder.layer.0.attention.self.key.weight";
  expect(change(key)).toThrow(`model.safetensors ${key}: the file lacks this array; config.json wants it as [8, 8]`);
  expect(change(key, { shape: [64], values: new Float32Array(64) })).toThrow(
    "the array is [64], but config.json wants it as [8, 8]",
  );
  const broken = new Float32Array(64).fill(Number.NaN);
  expect(change(key, { shape: [8, 8], values: broken })).toThrow("the array holds something that is not a finite number");
  expect(() => weightsOf(() => undefined)).toThrow("the file does not hold a bert model");
});

test("impossible pieces, sentences and layers are refused", () => {
  const engine = Engine.create({ build: "baseline" });
  const network = new TransformerNetwork(shape, new Scope(new ParameterStore(engine.heap, { seed: 1 })));
  const tape = new Tape(engine, new Arena(engine.heap));
  const run = (pieces: number[], offsets: number[], layers?: number[]) => () =>
    network.forward(tape, Int32Array.from(pieces), Int32Array.from(offsets), layers === undefined ? {} : { layers });
  expect(run([4, 5], [0, 2])).toThrow("piece 5 is not in the table of 5");
  expect(run([-1], [0, 1])).toThrow("piece -1 is not in the table of 5");
  expect(run(new Array<number>(7).fill(1), [0, 7])).toThrow("a sentence has 7 pieces, but the transformer reads at most 6");
  expect(run([1, 2], [0, 1])).toThrow("the sentences end at piece 1, but there are 2");
  expect(run([1], [0, 1], [2])).toThrow("expected layers from 0 to 1, got 2");
  expect(run([], [0])().map(({ rows, columns }) => [rows, columns])).toEqual([
    [0, 8],
    [0, 8],
  ]);
  expect(run([1], [0, 1], [])()).toEqual([]);
});

test("new weights are drawn from the seed", () => {
  const engine = Engine.create({ build: "baseline" });
  const store = new ParameterStore(engine.heap, { seed: 1 });
  new TransformerNetwork(shape, new Scope(store, "encoder"), { frozen: 1 });
  const values = store.read(store.get("encoder/layer-1/inner/weight"));
  expect(Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length)).toBeCloseTo(0.02, 2);
  expect(store.read(store.get("encoder/layer-1/output-norm/scale"))).toEqual(new Float32Array(8).fill(1));
  expect(store.layout.filter(({ kind }) => kind === "fixed").map(({ name }) => name)).toEqual(
    transformerParameters(shape)
      .filter(({ path }) => path.startsWith("embedding/"))
      .map(({ path }) => `encoder/${path}`),
  );
});
