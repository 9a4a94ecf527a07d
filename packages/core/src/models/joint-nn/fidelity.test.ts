// Each fixture was printed by bench/peers/joint_fixture.py: the same equations, written
// independently in PyTorch and computed in float64.
import { readdirSync, readFileSync } from "node:fs";
import { Arena, Engine, operations, ParameterStore, Random, Tape } from "@weft-nlp/tensor";
import { describe, expect, test } from "vitest";
import { candidatePairs, distinctSpans, goldLabels, labelCount } from "../../heads/span-pairs/candidate-pairs.ts";
import { SpanPairsHead } from "../../heads/span-pairs/span-pairs-head.ts";
import { readSpans } from "../../heads/spans/read-spans.ts";
import { spanTypes } from "../../heads/spans/span-types.ts";
import { Scope } from "../../nn/index.ts";
import { migrateSettings } from "../../settings/moved-settings.ts";
import { expectClose, gradientOf, type StoredArray, type StoredArrays, storedArray } from "../../testing/pytorch-fixture.ts";
import { type StepFixture, wholeStep } from "../../testing/whole-step.ts";
import { Labels, type Lexicon, Vocabulary } from "../../vocabulary/index.ts";
import { TaggingNetwork } from "../tagging-network.ts";
import { JointNn } from "./index.ts";
import { jointNnSettings } from "./joint-nn-settings.ts";
import type { JointExample } from "./joint-reader.ts";

interface FixtureSettings extends Readonly<Record<string, unknown>> {
  readonly words: number;
  readonly relations: number;
  readonly alphabet: string;
  readonly tags: readonly string[];
  readonly characters: boolean;
  readonly spans?: { readonly longest: number; readonly nested: boolean };
}

type Pair = readonly [number, number];

interface Fixture {
  readonly settings: FixtureSettings;
  readonly sentences: readonly {
    readonly words: number[];
    readonly tokens: string[];
    readonly tags: number[];
    readonly entities: readonly [start: number, end: number, type: string][];
    readonly relations: readonly [head: number, tail: number, type: number][];
  }[];
  readonly parameters: StoredArrays;
  readonly gradients: StoredArrays;
  readonly outputs: readonly {
    readonly tags: number[];
    readonly spans: readonly Pair[];
    readonly pairs: readonly (readonly [Pair, Pair])[];
    readonly labels: number[];
    readonly types?: number[];
    /** Of the tags of words, or of the labels of spans. */
    readonly tagProbabilities: number[][];
    readonly labelProbabilities: number[][];
  }[];
  readonly entityLoss: number;
  readonly relationLoss: number;
}

const folder = new URL("./fixtures/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".json"));

test("the fixtures cover the settings in which paper and code differ", () => {
  const covered = [
    "base",
    "gold-tags",
    "crf",
    "constrained",
    "duplicated-left",
    "ordered",
    "predicted-only",
    "sentence-means",
    "spans",
  ];
  expect(names).toEqual(expect.arrayContaining(covered.map((name) => `${name}.json`)));
});

describe.each(names)("%s", (name) => {
  const fixture = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Fixture;
  const { settings: sizes, sentences } = fixture;
  const settings = jointNnSettings.parse({ ...settingsOf(sizes), dropout: 0 });
  const lexicon = lexiconOfSizes(sizes);
  const examples = sentences.map((sentence) => exampleOf(sentence, sizes));

  test("losses and every gradient agree with PyTorch", () => {
    const engine = Engine.create();
    const store = new ParameterStore(engine.heap, { seed: 1 });
    const model = new JointNn(settings, lexicon, new Scope(store, "joint-nn"));
    load(store, fixture.parameters);
    engine.refreshTransposed(store);
    const dense = engine.heap.allocate(store.denseSize * 4);
    const tape = new Tape(engine, new Arena(engine.heap), { gradients: { dense }, training: true });
    const losses = model.loss(tape, examples, { factor: 1 / examples.length, random: Random.of(1) });
    tape.backward();
    expect((losses["entity"] ?? 0) / examples.length).toBeCloseTo(fixture.entityLoss, 5);
    expect((losses["relation"] ?? 0) / examples.length).toBeCloseTo(fixture.relationLoss, 5);

    for (const parameter of store.layout) {
      const expected = plainForm(parameter.name, parameter.rows, parameter.columns, fixture.gradients);
      expectClose(gradientOf(parameter, store, tape, dense), expected, parameter.name);
    }
  });

  test("tags, candidates and the probabilities of their labels agree with PyTorch", () => {
    const engine = Engine.create();
    const store = new ParameterStore(engine.heap, { seed: 1 });
    const scope = new Scope(store, "joint-nn");
    const entity = new TaggingNetwork(settings, lexicon, scope);
    const labels = labelCount(lexicon.relations.size, settings.pairs);
    const types = sizes.spans?.nested === true ? spanTypes(lexicon).length : 0;
    const relation = new SpanPairsHead(settings, lexicon.tags.size, labels, entity.width, scope, types);
    load(store, fixture.parameters);
    const tape = new Tape(engine, new Arena(engine.heap));
    const batch = entity.encoder.pack(examples, undefined);
    const { states, entities } = entity.forward(tape, batch);
    const tags = tape.read(tape.apply(operations.softmax, entities.scores));
    expectClose(
      tags,
      fixture.outputs.flatMap(({ tagProbabilities }) => tagProbabilities.flat()),
      "tags",
    );

    const readings = fixture.outputs.map((output, sentence) => {
      const spans = distinctSpans(output.spans.map(([start, end]) => ({ start, end })));
      const placeOf = ([start, end]: Pair): number => spans.findIndex((span) => span.start === start && span.end === end);
      const pairs = output.pairs.map(([first, second]) => [placeOf(first), placeOf(second)] as const);
      expect(pairs.map((pair) => pair.join())).toEqual(
        candidatePairs(spans, settings.pairs, types > 0 ? "all" : "apart").map((pair) => pair.join()),
      );
      const reading = {
        ...{ sentence, tags: Int32Array.from(output.tags), spans, pairs },
        types: output.types && Int32Array.from(output.types),
      };
      expect([...goldLabels(reading, examples[sentence] as JointExample, settings.pairs)]).toEqual(output.labels);
      return reading;
    });
    const scores = relation.forward(tape, states, batch.offsets, readings, undefined);
    const probabilities = tape.read(tape.apply(operations.softmax, scores));
    expectClose(
      probabilities,
      fixture.outputs.flatMap(({ labelProbabilities }) => labelProbabilities.flat()),
      "labels",
    );
  });
});

test("a whole step of minimum risk training agrees with PyTorch", async () => {
  const text = readFileSync(new URL("./fixtures/step/joint-nn.json", import.meta.url), "utf8");
  type Settings = FixtureSettings & { readonly mrt: object };
  const fixture = JSON.parse(text) as StepFixture<Settings, Fixture["sentences"][number]>;
  const { mrt, ...sizes } = fixture.settings;
  const { joint: dropout, word: wordDropout } = fixture.training.dropout;
  const { losses, gradNorm, moved } = await wholeStep(fixture, {
    model: { name: "joint-nn", ...settingsOf(sizes), dropout, wordDropout },
    objective: { name: "mrt", ...mrt },
    lexicon: lexiconOfSizes(sizes),
    examples: fixture.sentences.map((sentence) => exampleOf(sentence, sizes)),
    load: (store) => load(store, fixture.parameters),
  });
  expect(losses).toEqual(
    Object.fromEntries(Object.entries(fixture.losses).map(([name, value]) => [name, expect.closeTo(value, 5)])),
  );
  expect(Math.abs(gradNorm / fixture.gradNorm - 1)).toBeLessThan(1e-5);
  for (const { name, rows, columns, by } of moved) expectClose(by, plainForm(name, rows, columns, fixture.moved), name);
});

/** The fixtures have the settings of before inputs had sections of their own. */
function settingsOf(sizes: FixtureSettings): Readonly<Record<string, unknown>> {
  const { words: _words, relations: _relations, alphabet: _alphabet, tags: _tags, characters: _characters, ...own } = sizes;
  const { name: _name, ...migrated } = migrateSettings({ name: "joint-nn", ...own });
  return migrated;
}

function exampleOf(
  { words, tokens, tags, entities, relations }: Fixture["sentences"][number],
  sizes: FixtureSettings,
): JointExample {
  const gold = entities.map(([start, end, type]) => ({ start, end, type }));
  const { longest } = sizes.spans ?? {};
  const sentence = { id: "f", tokens, entities: gold, relations: [] };
  const lexicon = lexiconOfSizes(sizes);
  return {
    length: words.length,
    inputs: { words: { ids: Int32Array.from(words), unknown: new Int32Array(words.length) }, characters: { tokens } },
    tags: Int32Array.from(tags),
    labels: longest === undefined ? Int32Array.from(tags) : readSpans(sentence, lexicon, longest, []).labels,
    spans: Int32Array.from(entities.flatMap(([start, end]) => [start, end])),
    relations: Int32Array.from(relations.flat()),
    gold: {
      entities: gold,
      relations: relations.map(([head, tail, type]) => ({ head, tail, type: lexicon.relations.nameOf(type) })),
    },
  };
}

function lexiconOfSizes({ words, relations, alphabet, tags, characters }: FixtureSettings): Lexicon {
  const made = (count: number): string[] => Array.from({ length: count }, (_, i) => `x${i}`);
  return {
    words: Vocabulary.build(made(words - 1)),
    pos: undefined,
    characters: characters ? Vocabulary.build(alphabet) : undefined,
    typed: true,
    scheme: "bilou",
    tags: Labels.inOrder(tags),
    relations: Labels.inOrder(made(relations)),
  };
}

function load(store: ParameterStore, parameters: Fixture["parameters"]): void {
  for (const parameter of store.layout) {
    store.write(parameter, plainForm(parameter.name, parameter.rows, parameter.columns, parameters));
  }
}

/**
 * PyTorch keeps weights as [outputs, inputs] and filters as [filters, columns, taps]; this finds
 * the cells of one of our parameters.
 */
function plainForm(name: string, rows: number, columns: number, stored: Fixture["parameters"]): number[] {
  const get = (key: string): StoredArray => storedArray(stored, key);
  const cells = (value: (row: number, column: number) => number | undefined): number[] =>
    Array.from({ length: rows * columns }, (_, k) => value(Math.floor(k / columns), k % columns) ?? Number.NaN);
  const part = ({ shape, data }: StoredArray, from: number): number[] => {
    const [, inputs = 0] = shape;
    return cells((row, column) => data[column * inputs + from + row]);
  };
  const filter = /^(.*\/width-\d)\/(label\/)?weight$/.exec(name);
  if (filter !== null) {
    const { shape, data } = get(`${filter[1]}/weight`);
    const [filters = 0, inputs = 0, taps = 0] = shape;
    const from = filter[2] === undefined ? 0 : inputs - rows;
    return cells((row, column) => data[((column % filters) * inputs + from + row) * taps + Math.floor(column / filters)]);
  }
  // The parts of a span's hidden layer, and what is read of entities that may overlap.
  if (/^joint-nn\/span\/hidden\/|\/(first-type|second-type|overlap)\//.test(name) && !name.endsWith("bias")) {
    return part(get(name), 0);
  }
  const hidden = /^(.*\/hidden)\/(first|second|middle|left|right|distance)\/weight$/.exec(name);
  if (hidden !== null) {
    const whole = get(`${hidden[1]}/weight`);
    const [pooled, state] = [6, 10];
    const from = { first: 0, second: pooled, middle: 2 * pooled, left: 3 * pooled, right: 3 * pooled + state };
    return part(whole, (from as Record<string, number>)[hidden[2] ?? ""] ?? 3 * pooled + 2 * state);
  }
  if (/\/(word|character)\/weight$|\/chain\/|bias$/.test(name)) return [...get(name).data];
  return part(get(name), 0);
}
