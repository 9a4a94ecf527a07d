// Each fixture was printed by bench/peers/rin_fixture.py: the same equations, written independently
// in PyTorch and computed in float64.
import { readdirSync, readFileSync } from "node:fs";
import { Arena, Engine, operations, ParameterStore, pairProbabilities, Random, Tape } from "@weft-nlp/tensor";
import { describe, expect, test } from "vitest";
import { Scope } from "../../nn/index.ts";
import { expectClose, gradientOf, type StoredArray, type StoredArrays, storedArray } from "../../testing/pytorch-fixture.ts";
import { type StepFixture, wholeStep } from "../../testing/whole-step.ts";
import { Labels, type Lexicon, Vocabulary } from "../../vocabulary/index.ts";
import { Rin } from "./index.ts";
import { RinNetwork } from "./rin-network.ts";
import type { RinExample } from "./rin-reader.ts";
import { type RinSettings, rinSettings } from "./rin-settings.ts";

interface Fixture {
  readonly settings: {
    words: number;
    pos: number;
    wordDim: number;
    posDim: number;
    hidden: number;
    tags: number;
    relations: number;
    rounds: number;
    cell: "gru" | "paper";
    ablation: "none" | "no-er" | "no-rc";
    pool: "row" | "both";
    diagonal: boolean;
    untied: boolean;
    pairBias: boolean;
  };
  readonly sentences: readonly { words: number[]; pos: number[]; tags: number[]; cells: [number, number, number][] }[];
  readonly parameters: StoredArrays;
  readonly gradients: StoredArrays;
  readonly outputs: { tagProbabilities: number[][][]; pairProbabilities: number[][][][] };
  readonly loss: number;
}

const folder = new URL("./fixtures/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".json"));

test("the fixtures cover both cells at 0, 1 and 4 rounds", () => {
  expect(names).toEqual(
    expect.arrayContaining(["gru-0", "gru-1", "gru-4", "paper-0", "paper-1", "paper-4"].map((n) => `${n}.json`)),
  );
});

describe.each(names)("%s", (name) => {
  const fixture = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Fixture;
  const { settings: sizes, sentences } = fixture;
  const settings = settingsOf(sizes);
  const lexicon = lexiconOfSizes(sizes);
  const examples = sentences.map(exampleOf);

  test("loss and every gradient agree with PyTorch", () => {
    const engine = Engine.create();
    const store = new ParameterStore(engine.heap, { seed: 1 });
    const model = new Rin(settings, lexicon, new Scope(store, "rin"));
    load(store, fixture.parameters);
    engine.refreshTransposed(store);
    const dense = engine.heap.allocate(store.denseSize * 4);
    const tape = new Tape(engine, new Arena(engine.heap), { gradients: { dense }, training: true });
    const losses = model.loss(tape, examples, { factor: 1 / examples.length, random: Random.of(1) });
    tape.backward();
    const loss = Object.values(losses).reduce((sum, value) => sum + value, 0) / examples.length;
    expect(Math.abs(loss - fixture.loss) / fixture.loss).toBeLessThan(1e-5);

    for (const parameter of store.layout) {
      const expected = plainForm(parameter.name, parameter.rows, parameter.columns, fixture.gradients);
      expectClose(gradientOf(parameter, store, tape, dense), expected, parameter.name);
    }
  });

  test("tag and pair probabilities agree with PyTorch", () => {
    const engine = Engine.create();
    const store = new ParameterStore(engine.heap, { seed: 1 });
    const network = new RinNetwork(settings, lexicon, new Scope(store, "rin"));
    load(store, fixture.parameters);
    const tape = new Tape(engine, new Arena(engine.heap));
    const { tagScores, pairs } = network.forward(tape, network.encoder.pack(examples, undefined));
    const tags = tape.read(tape.apply(operations.softmax, tagScores));
    expectClose(tags, fixture.outputs.tagProbabilities.flat(2), "tags");
    for (const [s, expected] of fixture.outputs.pairProbabilities.entries()) {
      const found = pairProbabilities(tape, pairs, s);
      const n = examples[s]?.length ?? 0;
      const kept = expected.flat(2);
      if (!settings.diagonal)
        for (let i = 0; i < n; i++) kept.fill(0, (i * n + i) * sizes.relations, (i * n + i + 1) * sizes.relations);
      expectClose(found, kept, `pairs of sentence ${s}`);
    }
  });
});

test("a whole training step agrees with PyTorch", async () => {
  const text = readFileSync(new URL("./fixtures/step/rin.json", import.meta.url), "utf8");
  const fixture = JSON.parse(text) as StepFixture<Fixture["settings"], Fixture["sentences"][number]>;
  const { settings: sizes, training } = fixture;
  const { losses, gradNorm, moved } = await wholeStep(fixture, {
    model: { name: "rin", ...settingsOf(sizes), inputDropout: training.dropout.input, wordDropout: training.dropout.word },
    lexicon: lexiconOfSizes(sizes),
    examples: fixture.sentences.map(exampleOf),
    load: (store) => load(store, fixture.parameters),
  });
  const loss = Object.values(losses).reduce((sum, value) => sum + value, 0);
  expect(Math.abs(loss / (fixture.losses["total"] ?? 0) - 1)).toBeLessThan(1e-5);
  expect(Math.abs(gradNorm / fixture.gradNorm - 1)).toBeLessThan(1e-5);
  for (const { name, rows, columns, by } of moved) expectClose(by, plainForm(name, rows, columns, fixture.moved), name);
});

function settingsOf(sizes: Fixture["settings"]): RinSettings {
  return rinSettings.parse({
    rounds: sizes.rounds,
    inputs: { words: { size: sizes.wordDim }, pos: { size: sizes.posDim } },
    hiddenSize: sizes.hidden,
    inputDropout: 0,
    cell: sizes.cell,
    ablation: sizes.ablation,
    pool: sizes.pool,
    diagonal: sizes.diagonal,
    untied: sizes.untied,
    pairBias: sizes.pairBias,
  });
}

function exampleOf({ words, pos, tags, cells }: Fixture["sentences"][number]): RinExample {
  return {
    length: words.length,
    inputs: {
      words: { ids: Int32Array.from(words), unknown: new Int32Array(words.length) },
      pos: { ids: Int32Array.from(pos) },
    },
    tags: Int32Array.from(tags),
    cells: Int32Array.from([...cells].sort((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2]).flat()),
    gold: { entities: [], relations: [] },
  };
}

function lexiconOfSizes(sizes: Fixture["settings"]): Lexicon {
  const made = (count: number): string[] => Array.from({ length: count }, (_, i) => `x${i}`);
  return {
    words: Vocabulary.build(made(sizes.words - 1)),
    pos: Vocabulary.build(made(sizes.pos - 1)),
    typed: false,
    scheme: "bioes",
    tags: Labels.inOrder(["O", "B", "I", "E", "S"].slice(0, sizes.tags)),
    relations: Labels.inOrder(made(sizes.relations)),
  };
}

function load(store: ParameterStore, parameters: Fixture["parameters"]): void {
  for (const { name, rows, columns, ...rest } of store.layout) {
    store.write({ name, rows, columns, ...rest }, plainForm(name, rows, columns, parameters));
  }
}

/**
 * PyTorch keeps weights as [outputs, inputs] and some of ours as one; this finds the cells of one
 * of ours, [inputs, outputs].
 */
function plainForm(name: string, rows: number, columns: number, stored: Fixture["parameters"]): number[] {
  const get = (key: string): StoredArray => storedArray(stored, key);
  const part = ({ shape, data }: StoredArray, from: number, count: number): number[] => {
    const [outputs = 0, inputs = 0] = shape;
    return Array.from(
      { length: count * outputs },
      (_, k) => data[(k % outputs) * inputs + from + Math.floor(k / outputs)] ?? Number.NaN,
    );
  };
  if (/(word|pos)\/weight$/.test(name) || name.endsWith("bias")) return [...get(name).data];
  const pair = /^(.*)\/pair\/(first|second)\/weight$/.exec(name);
  if (pair !== null) return part(get(`${pair[1]}/pair/weight`), pair[2] === "first" ? 0 : rows, rows);
  const gates = /^(.*-cell)\/(gates|fresh)-(hidden|input)\/weight$/.exec(name);
  if (gates !== null) {
    const keys = gates[2] === "fresh" ? ["fresh"] : ["update", "reset"];
    const blocks = keys.map((key) => {
      const matrix = get(`${gates[1]}/${key}/weight`);
      const from = gates[3] === "hidden" ? 0 : (matrix.shape[1] ?? 0) - rows;
      return part(matrix, from, rows);
    });
    const width = columns / blocks.length;
    return Array.from({ length: rows * columns }, (_, k) => {
      const column = k % columns;
      const row = Math.floor(k / columns);
      return blocks[Math.floor(column / width)]?.[row * width + (column % width)] ?? Number.NaN;
    });
  }
  return part(get(name), 0, rows);
}
