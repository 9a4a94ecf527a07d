// Each fixture was written by bench/peers/transformer_fixture.py: the models of Hugging Face's
// transformers, computed in float64, one sentence at a time.
import { readdirSync, readFileSync } from "node:fs";
import { Arena, checkedKernels, Engine, type KernelBuild, ParameterStore, Tape } from "@weft-nlp/tensor";
import { describe, expect, test } from "vitest";
import { readSafetensors } from "../archive/index.ts";
import {
  readTransformerShape,
  readTransformerWeights,
  TransformerNetwork,
  type TransformerShape,
} from "../encoders/transformer/index.ts";
import { transformerParameters } from "../encoders/transformer/transformer-parameters.ts";
import { Scope } from "../nn/index.ts";

interface Expected {
  readonly sentences: readonly (readonly number[])[];
  /** Factors of the last layer's cells in the sum whose gradient was taken. */
  readonly functional: readonly number[];
  readonly stages: readonly (readonly number[])[];
}

const folder = new URL("../encoders/transformer/fixtures/", import.meta.url);
const names = readdirSync(folder);

const bytesOf = (name: string, file: string): Uint8Array => readFileSync(new URL(`${name}/${file}`, folder));
const jsonOf = (name: string, file: string): unknown => JSON.parse(new TextDecoder().decode(bytesOf(name, file)));

/** Compares transformers with those of PyTorch: their states, and the gradients of one. */
export function describeTransformers(builds: readonly KernelBuild[]): void {
  test("the fixtures cover every kind of network", () => {
    expect(names).toEqual(["bert", "distilbert", "electra", "roberta"]);
  });

  describe.each(names)("%s", (name) => {
    const expected = jsonOf(name, "expected.json") as Expected;
    const shape = readTransformerShape(jsonOf(name, "config.json"), { source: "config.json" });
    const { tensors } = readSafetensors(bytesOf(name, "model.safetensors"), "model.safetensors");
    const { pieces, offsets } = packed(expected.sentences);

    test.each(builds)("the states of every layer agree with PyTorch, %s kernels", (build) => {
      const { engine, network } = built(build);
      const tape = new Tape(engine, new Arena(engine.heap));
      for (const [stage, matrix] of network.forward(tape, pieces, offsets).entries()) {
        expect(difference(tape.read(matrix), expected.stages[stage] ?? []), `stage ${stage}`).toBeLessThan(1e-5);
      }
    });

    test.each(builds)("a sentence has the same bits alone, and layer by layer, %s kernels", (build) => {
      const { engine, network } = built(build);
      const tape = new Tape(engine, new Arena(engine.heap));
      const [last, embedded] = network.forward(tape, pieces, offsets, { layers: [2, 0] }).map((matrix) => tape.read(matrix));
      for (const [s, sentence] of expected.sentences.entries()) {
        const alone = network.forward(tape, Int32Array.from(sentence), Int32Array.of(0, sentence.length));
        const [from, to] = [(offsets[s] ?? 0) * shape.width, (offsets[s + 1] ?? 0) * shape.width];
        expect(tape.read(alone[0] as never)).toEqual(embedded?.slice(from, to));
        expect(tape.read(alone[2] as never)).toEqual(last?.slice(from, to));
      }
    });

    function built(build: KernelBuild) {
      const engine = Engine.create({ build, wrap: checkedKernels });
      const store = new ParameterStore(engine.heap, { seed: null });
      const network = new TransformerNetwork(shape, new Scope(store, "encoder"));
      network.load(
        store,
        readTransformerWeights(shape, (key) => tensors.get(key), { source: "model.safetensors" }),
      );
      return { engine, store, network };
    }
  });

  describe.each(builds)("gradients, %s kernels", (build) => {
    const expected = jsonOf("bert", "expected.json") as Expected;
    const shape = readTransformerShape(jsonOf("bert", "config.json"), { source: "config.json" });
    const { tensors } = readSafetensors(bytesOf("bert", "model.safetensors"), "model.safetensors");
    const { tensors: slopes } = readSafetensors(bytesOf("bert", "gradients.safetensors"), "gradients.safetensors");
    const { pieces, offsets } = packed(expected.sentences);

    test("those of every weight agree with PyTorch", () => {
      const found = gradients(0, 0);
      let largest = 0;
      for (const { path, values } of readTransformerWeights(shape, (key) => slopes.get(key), { source: "gradients" })) {
        const scale = values.reduce((top, value) => Math.max(top, Math.abs(value)), 1);
        largest = Math.max(largest, difference(found.get(path) ?? new Float32Array(0), values) / scale);
      }
      expect(found.size).toBe(transformerParameters(shape).length);
      expect(largest).toBeLessThan(1e-5);
    });

    test("layers above a frozen part have the same gradients, and the part has none", () => {
      const [all, some] = [gradients(0, 0), gradients(2, 0)];
      expect([...some.keys()].every((path) => path.startsWith("layer-2/"))).toBe(true);
      expect(some.size).toBe(16);
      for (const [path, values] of some) expect(difference(values, all.get(path) ?? []), path).toBeLessThan(1e-4);
      expect(gradients(3, 0).size).toBe(0);
    });

    test("dropout changes the states of what is trained, by the seed of the tape", () => {
      const states = [
        [0, 1],
        [0, 1],
        [0, 2],
        [2, 1],
      ].map(([frozen = 0, seed = 0]) => run(frozen, 0.3, seed).states);
      expect(states[1]).toEqual(states[0]);
      expect(states[2]?.map((values, stage) => values.every((value, k) => value === states[0]?.[stage]?.[k]))).toEqual([
        false,
        false,
        false,
      ]);
      const still = run(0, 0).states;
      expect(states[3]?.map((values, stage) => difference(values, still[stage] ?? []) === 0)).toEqual([true, true, false]);
    });

    function run(frozen: number, rate: number, seed = 0) {
      const engine = Engine.create({ build, wrap: checkedKernels });
      const store = new ParameterStore(engine.heap, { seed: null });
      const network = new TransformerNetwork(shape, new Scope(store), { frozen });
      network.load(
        store,
        readTransformerWeights(shape, (key) => tensors.get(key), { source: "model.safetensors" }),
      );
      engine.refreshTransposed(store);
      const dense = engine.heap.allocate(Math.max(1, store.denseSize) * 4);
      const tape = new Tape(engine, new Arena(engine.heap), { gradients: { dense }, training: true, seed });
      const matrices = network.forward(tape, pieces, offsets, { rate });
      return { store, tape, matrices, states: matrices.map((matrix) => tape.read(matrix)) };
    }

    /** By path; without those that are frozen. */
    function gradients(frozen: number, rate: number): Map<string, Float32Array> {
      const { store, tape, matrices } = run(frozen, rate);
      const top = matrices.at(-1);
      if (top !== undefined && top.grad !== 0) tape.heap.f32.set(expected.functional, top.grad / 4);
      tape.backward();
      const found = new Map<string, Float32Array>();
      for (const { name, kind, rows, columns, stride, slice } of store.layout) {
        if (kind !== "dense") continue;
        const read = { rows, columns, stride, at: tape.gradientOf({ slice } as never), grad: 0 };
        found.set(name, tape.read(read));
      }
      for (const { parameter, ids, at } of tape.rowGradients) {
        const { columns, rows, name } = parameter;
        const sum = found.get(name) ?? new Float32Array(rows * columns);
        const own = tape.heap.floats(at, ids.length * parameter.stride);
        for (const [k, id] of ids.entries()) {
          for (let j = 0; j < columns; j++)
            sum[id * columns + j] = (sum[id * columns + j] ?? 0) + (own[k * parameter.stride + j] ?? 0);
        }
        found.set(name, sum);
      }
      return found;
    }
  });
}

function packed(sentences: readonly (readonly number[])[]) {
  const offsets = new Int32Array(sentences.length + 1);
  for (const [s, { length }] of sentences.entries()) offsets[s + 1] = (offsets[s] ?? 0) + length;
  return { pieces: Int32Array.from(sentences.flat()), offsets };
}

/** The largest one between two cells; not a number if their numbers differ. */
function difference(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length) return Number.NaN;
  let worst = 0;
  for (let k = 0; k < x.length; k++) worst = Math.max(worst, Math.abs((x[k] ?? Number.NaN) - (y[k] ?? Number.NaN)));
  return worst;
}
