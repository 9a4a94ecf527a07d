// Each fixture was printed by bench/peers/pairs_fixture.py: the same equations, written
// independently in PyTorch and computed in float64, one pair at a time, with the offsets inside the
// convolution's input.
import { readdirSync, readFileSync } from "node:fs";
import { Arena, Engine, ParameterStore, Random, Tape, updateRunning } from "@weft-nlp/tensor";
import { describe, expect, test } from "vitest";
import type { PairExample } from "../../heads/given-pairs/pair-example.ts";
import { singleTask } from "../../heads/given-pairs/single-task.ts";
import { Scope } from "../../nn/index.ts";
import { expectClose, gradientOf, type StoredArray, type StoredArrays, storedArray } from "../../testing/pytorch-fixture.ts";
import { type StepFixture, wholeStep } from "../../testing/whole-step.ts";
import { Labels, type Lexicon, Vocabulary } from "../../vocabulary/index.ts";
import { BioMtlNetwork } from "../bio-mtl/bio-mtl-network.ts";
import { type BioMtlSettings, bioMtlSettings } from "../bio-mtl/bio-mtl-settings.ts";
import { EattBigruNetwork } from "../eatt-bigru/eatt-bigru-network.ts";
import { eattBigruSettings } from "../eatt-bigru/eatt-bigru-settings.ts";
import { PcnnNetwork } from "../pcnn/pcnn-network.ts";
import { pcnnSettings } from "../pcnn/pcnn-settings.ts";
import { PairModel, type PairNetwork } from "./pair-model.ts";

type Sizes = Readonly<
  Record<"words" | "tags" | "relations" | "wordSize" | "tagSize" | "positionSize" | "positions", number> &
    Record<"filters" | "hidden" | "gru" | "attention", number>
>;

interface Fixture {
  readonly settings: {
    readonly model: "bio-mtl" | "pcnn" | "eatt-bigru";
    readonly sizes: Sizes;
    readonly [setting: string]: unknown;
  };
  readonly sentences: readonly {
    words: number[];
    tags: number[];
    entities: [number, number][];
    pairs: [number, number, number][];
  }[];
  readonly parameters: StoredArrays;
  readonly gradients: StoredArrays;
  /** Running statistics after the step, where there are any. */
  readonly running?: StoredArrays;
  readonly outputs: { readonly classes: readonly number[][]; readonly identity: readonly number[][] | null };
  readonly loss: number;
}

const folder = new URL("./fixtures/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".json"));

test("the fixtures cover all three systems with and without tags, every loss, and the released code as a whole", () => {
  const wanted = [
    "bio-mtl",
    "bio-mtl-tag",
    "bio-cross-entropy",
    "bio-both",
    "bio-released",
    "pcnn",
    "pcnn-tag",
    "eatt-bigru",
    "eatt-bigru-tag",
  ];
  expect(names).toEqual(expect.arrayContaining(wanted.map((name) => `${name}.json`)));
});

describe.each(names)("%s", (name) => {
  const fixture = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Fixture;
  const examples = fixture.sentences.map(exampleOf);

  test("loss and every gradient agree with PyTorch", () => {
    const engine = Engine.create();
    const store = new ParameterStore(engine.heap, { seed: 1 });
    const { model } = build(fixture, store);
    for (const parameter of store.layout) store.write(parameter, plainForm(parameter.name, fixture.parameters));
    engine.refreshTransposed(store);
    const dense = engine.heap.allocate(store.denseSize * 4);
    const tape = new Tape(engine, new Arena(engine.heap), { gradients: { dense }, training: true });
    const losses = model.loss(tape, examples, { factor: 1 / examples.length, random: Random.of(1) });
    tape.backward();
    const loss = Object.values(losses).reduce((sum, value) => sum + value, 0) / examples.length;
    expect(Math.abs(loss - fixture.loss) / fixture.loss).toBeLessThan(1e-5);
    for (const parameter of store.layout) {
      if (parameter.kind === "running") continue;
      const found = gradientOf(parameter, store, tape, dense);
      expectClose(found, plainForm(parameter.name, fixture.gradients), parameter.name);
    }
    updateRunning(store, tape.statistics);
    const running = store.layout.filter(({ kind }) => kind === "running");
    expect(running.map((parameter) => parameter.name).sort()).toEqual(Object.keys(fixture.running ?? {}).sort());
    for (const parameter of running) {
      expectClose(store.read(parameter), plainForm(parameter.name, fixture.running ?? {}), parameter.name);
    }
  });

  test("scores of classes and of identification agree with PyTorch", () => {
    const engine = Engine.create();
    const store = new ParameterStore(engine.heap, { seed: 1 });
    const { model, network } = build(fixture, store);
    for (const parameter of store.layout) store.write(parameter, plainForm(parameter.name, fixture.parameters));
    const tape = new Tape(engine, new Arena(engine.heap));
    const { classes, identity } = network.forward(tape, model.pack(examples, undefined));
    expectClose(tape.read(classes), fixture.outputs.classes.flat(), "classes");
    expect(identity === undefined).toBe(fixture.outputs.identity === null);
    if (identity !== undefined) expectClose(tape.read(identity), fixture.outputs.identity?.flat() ?? [], "identity");
  });
});

test("a whole training step of bio-mtl agrees with PyTorch", async () => {
  const text = readFileSync(new URL("./fixtures/step/bio-mtl.json", import.meta.url), "utf8");
  const fixture = JSON.parse(text) as StepFixture<Fixture["settings"], Fixture["sentences"][number]>;
  const { settings, training } = fixture;
  const { word, input, spatial, pooled, hidden } = training.dropout;
  const drops = { wordDropout: word, inputDropout: input, spatialDropout: spatial, pooledDropout: pooled, dropout: hidden };
  const { losses, gradNorm, moved } = await wholeStep(fixture, {
    model: { name: "bio-mtl", ...bioSettingsOf(settings), ...drops },
    lexicon: lexiconOfSizes(settings.sizes),
    examples: fixture.sentences.map(exampleOf),
    load: (store) => {
      for (const parameter of store.layout) store.write(parameter, plainForm(parameter.name, fixture.parameters));
    },
  });
  const loss = Object.values(losses).reduce((sum, value) => sum + value, 0);
  expect(Math.abs(loss / (fixture.losses["total"] ?? 0) - 1)).toBeLessThan(1e-5);
  expect(Math.abs(gradNorm / fixture.gradNorm - 1)).toBeLessThan(1e-5);
  for (const { name, by } of moved) expectClose(by, plainForm(name, fixture.moved), name);
});

function exampleOf({ words, tags, entities, pairs }: Fixture["sentences"][number]): PairExample {
  return {
    length: words.length,
    inputs: {
      words: { ids: Int32Array.from(words), unknown: new Int32Array(words.length) },
      tags: { ids: Int32Array.from(tags) },
    },
    entities: entities.map(([start, end]) => ({ start, end, type: null })),
    pairs: Int32Array.from(pairs.flat()),
  };
}

function bioSettingsOf({ model: _model, sizes, tag, ...rest }: Fixture["settings"]): BioMtlSettings {
  const { wordSize, tagSize, positionSize, positions, filters, hidden } = sizes;
  const inputs = { words: { size: wordSize }, tags: tag === false ? "off" : { size: tagSize } };
  return bioMtlSettings.parse({ ...rest, inputs, positionSize, positions, filters, hiddenSize: hidden, dropout: 0 });
}

function build({ settings }: Fixture, store: ParameterStore): { model: PairModel; network: PairNetwork } {
  const { sizes, model: name, tag } = settings;
  const lexicon = lexiconOfSizes(sizes);
  const { wordSize, tagSize, positionSize, positions, filters } = sizes;
  const inputs = { words: { size: wordSize }, tags: tag === false ? "off" : { size: tagSize } };
  const shared = { inputs, positionSize, positions };
  const scope = new Scope(store, name);
  if (name === "pcnn") {
    const own = pcnnSettings.parse({ ...shared, filters, filterWidth: 3, dropout: 0 });
    const network = new PcnnNetwork(own, lexicon, scope);
    return { network, model: new PairModel(own, lexicon, singleTask, network) };
  }
  if (name === "eatt-bigru") {
    const own = eattBigruSettings.parse({ ...shared, hiddenSize: sizes.gru, attentionSize: sizes.attention, dropout: 0 });
    const network = new EattBigruNetwork(own, lexicon, scope);
    return { network, model: new PairModel(own, lexicon, singleTask, network) };
  }
  const own = bioSettingsOf(settings);
  const { alpha, beta, gamma, loss, positiveMargin, negativeMargin, theta } = own;
  const weights = { identificationWeight: alpha, classificationWeight: beta };
  const network = new BioMtlNetwork(own, lexicon, scope);
  const objective = { loss, ...weights, positiveMargin, negativeMargin, scale: gamma, theta };
  return { network, model: new PairModel(own, lexicon, objective, network) };
}

function lexiconOfSizes({ words, relations }: Sizes): Lexicon {
  const made = (count: number): string[] => Array.from({ length: count }, (_, i) => `x${i}`);
  return {
    words: Vocabulary.build(made(words - 1)),
    pos: undefined,
    typed: true,
    scheme: "bio",
    tags: Labels.inOrder(["O", "B-X", "I-X", "B-Y", "I-Y"]),
    relations: Labels.inOrder(made(relations)),
  };
}

/**
 * PyTorch keeps layers as [outputs, inputs] and filters as [filters, columns, width], both with the
 * offsets' columns last.
 */
function plainForm(name: string, stored: Fixture["parameters"]): number[] {
  const get = (key: string): StoredArray => storedArray(stored, key);
  if (/^[^/]+\/(word|tag|position)\/weight$/.test(name) || name.endsWith("bias") || name.includes("-norm/")) {
    return [...get(name).data];
  }
  const filters = /^(.*\/convolution(?:\/width-\d+)?)\/(?:(tag|first|second)\/)?weight$/.exec(name);
  const system = name.split("/")[0];
  const sizeOf = (table: string): number => stored[`${system}/${table}/weight`]?.shape[1] ?? 0;
  const gates = /^(.*\/encoder\/\w+)\/(input|first|second)\/weight$/.exec(name);
  if (gates !== null) {
    const { shape, data } = get(`${gates[1]}/input/weight`);
    const [outputs = 0, inputs = 0] = shape;
    const [words, position] = [sizeOf("word") + sizeOf("tag"), sizeOf("position")];
    const part = ["input", "first", "second"].indexOf(gates[2] as string);
    const from = [0, words, words + position][part] as number;
    const rows = part === 0 ? words : position;
    return Array.from(
      { length: rows * outputs },
      (_, k) => data[(k % outputs) * inputs + from + Math.floor(k / outputs)] as number,
    );
  }
  if (filters === null) {
    const { shape, data } = get(name);
    const [outputs = 0, inputs = 0] = shape;
    return Array.from({ length: inputs * outputs }, (_, k) => data[(k % outputs) * inputs + Math.floor(k / outputs)] as number);
  }
  const { shape, data } = get(`${filters[1]}/weight`);
  const [count = 0, columns = 0, width = 0] = shape;
  const sizes = [sizeOf("word"), sizeOf("tag"), sizeOf("position"), sizeOf("position")];
  const part = ["tag", "first", "second"].indexOf(filters[2] ?? "") + 1;
  const from = sizes.slice(0, part).reduce((sum, size) => sum + size, 0);
  const rows = sizes[part] as number;
  return Array.from({ length: rows * width * count }, (_, k) => {
    const [d, rest] = [Math.floor(k / (width * count)), k % (width * count)];
    const [tap, filter] = [Math.floor(rest / count), rest % count];
    return data[(filter * columns + from + d) * width + tap] as number;
  });
}
