import { expect, test } from "vitest";
import { halvesToFloats } from "../archive/index.ts";
import {
  type BuiltModel,
  buildModel,
  openContainedEncoders,
  Predictor,
  packModel,
  readWeights,
  unpackModel,
} from "../inference/index.ts";
import { eightSentences, sentence, withLastRelations } from "../testing/example-sentences.ts";
import { openTinyEncoder } from "../testing/tiny-encoder.ts";
import { buildLexicon } from "../vocabulary/index.ts";
import { parseConfig } from "./config.ts";
import type { EndEvent, TrainEvent } from "./events.ts";
import { train } from "./train.ts";
import type { TrainInput } from "./train-input.ts";

const encoder = await openTinyEncoder();
const long = sentence("long", Array.from({ length: 60 }, (_, k) => `word${k}`).join(" "));
const sentences = [...withLastRelations(eightSentences), long];
const engine = { build: "baseline", encoders: [encoder] } as const;

type Sections = Readonly<Record<string, object>>;

function configOf(tuning: unknown, { model, encoder: own, ...rest }: Sections = {}) {
  const inputs = { words: "off", characters: "off", encoder: { name: "tiny", layers: "last", train: tuning, ...own } };
  return parseConfig({
    data: { train: "train.jsonl", dev: "dev.jsonl" },
    model: { name: "joint-nn", context: "none", spanFilters: 3, mlpSize: 4, inputs, ...model },
    optimizer: { name: "adamw", rate: 0.01 },
    training: { epochs: 2, batch: 3, chunk: 2, tables: "dense" },
    ...rest,
  });
}

const inputOf = (tuning: unknown, sections: Sections = {}, more: Partial<TrainInput> = {}): TrainInput => ({
  ...{ config: configOf(tuning, sections), train: sentences, dev: sentences.slice(0, 3), engine },
  ...more,
});

async function eventsOf(input: TrainInput): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of train(input)) events.push(event);
  return events;
}

const trained = async (input: TrainInput): Promise<BuiltModel> => ((await eventsOf(input)).at(-1) as EndEvent).model;

function untrained(input: TrainInput): BuiltModel {
  const { name, ...settings } = input.config.model;
  const lexicon = buildLexicon(sentences, input.config.vocabulary);
  return buildModel({ name, settings, lexicon, threshold: 0.5 }, { ...engine, seed: input.config.seed });
}

/** Values of the parameters whose names hold a word, by name. */
const valuesOf = ({ store }: BuiltModel, part: string): Map<string, Float32Array> =>
  new Map(store.layout.filter(({ name }) => name.includes(part)).map((each) => [each.name, store.read(each)]));

test("a training moves the encoder, but not the pieces that no sentence has, even if tables are dense", async () => {
  const input = inputOf("on");
  const before = valuesOf(untrained(input), "/transformer/");
  const after = valuesOf(await trained(input), "/transformer/");
  expect([...after.keys()]).toEqual([...before.keys()]);
  expect(after.size).toBeGreaterThan(30);
  for (const [name, values] of after) expect(values, name).not.toEqual(before.get(name));
  const name = "joint-nn/pretrained/transformer/embedding/words/weight";
  const [old, moved] = [before.get(name), after.get(name)] as [Float32Array, Float32Array];
  const { width, vocabulary } = encoder.shape;
  const { before: first, after: last } = encoder.pieces;
  const pieces = sentences.flatMap(({ tokens }) => tokens.flatMap((token) => [...encoder.pieces.of(token)]));
  const used = new Set([...first, ...last, ...pieces]);
  expect(used.size).toBeLessThan(vocabulary);
  for (let row = 0; row < vocabulary; row++) {
    const [start, end] = [row * width, (row + 1) * width];
    const same = old.subarray(start, end).every((value, k) => value === moved[start + k]);
    expect(same, `row ${row}`).toBe(!used.has(row));
  }
});

test("an encoder starts from its own weights: it reads what the same encoder reads without training", () => {
  const [own, apart] = [untrained(inputOf("on")), untrained(inputOf("off"))];
  const weights = valuesOf(own, "/transformer/embedding/words/weight").values().next().value;
  expect(weights).toEqual(encoder.weights("embeddings.word_embeddings.weight")?.values);
  // The same head over the same states, but for the 16 bits of features.
  own.store.write(own.store.get("joint-nn/tag/bias"), apart.store.read(apart.store.get("joint-nn/tag/bias")));
  const confidences = (built: BuiltModel): number[] => {
    const examples = sentences.map((each) => built.encoder.encode(each));
    const found = new Predictor(built).predict(examples, { threshold: 0.01 });
    return found.flatMap(({ entities }) => entities.map(({ confidence = -1 }) => confidence));
  };
  expect(confidences(own).length).toBeGreaterThan(3);
  expect(confidences(own)).toEqual(confidences(apart).map((value) => expect.closeTo(value, 2)));
  expect(halvesToFloats(apart.frozen.featuresOf("encoder", [["Ada"]])[0] ?? new Uint16Array(0))).toHaveLength(8);
});

test("layers below the first to train keep their weights, and take no gradient", async () => {
  const input = inputOf({ freezeBelow: 2 });
  const before = untrained(input);
  const [old, after] = [before, await trained(input)].map((built) => valuesOf(built, "/transformer/"));
  for (const [name, values] of after ?? []) {
    if (name.includes("/layer-2/")) expect(values, name).not.toEqual(old?.get(name));
    else expect(values, name).toEqual(old?.get(name));
  }
  expect(before.store.denseSize).toBeLessThan(untrained(inputOf("on")).store.denseSize);
  await expect(trained(inputOf({ freezeBelow: 3 }))).rejects.toMatchObject({
    code: "SETTING_INVALID",
    at: { path: "model.inputs.encoder.train.freezeBelow" },
  });
});

test("the encoder has a rate of its own, unless a group of the configuration names it", async () => {
  const one = { training: { epochs: 1, batch: 9, maxNorm: 1e6 }, optimizer: { name: "sgd", rate: 0.5 } };
  const moves = async (rate: number, groups?: object[]) => {
    const input = inputOf({ rate }, { ...one, training: { ...one.training, ...(groups && { groups }) } });
    const [before, after] = [untrained(input), await trained(input)];
    const moved = (name: string): number =>
      (after.store.read(after.store.get(name))[0] ?? 0) - (before.store.read(before.store.get(name))[0] ?? 0);
    return ["joint-nn/pretrained/transformer/layer-2/outer/weight", "joint-nn/tag/bias"].map(moved) as [number, number];
  };
  const [slow, fast] = [await moves(0.01), await moves(0.02)];
  expect(fast[0] / slow[0]).toBeCloseTo(2, 2);
  expect(fast[1]).toBe(slow[1]);
  const group = { parameters: "joint-nn/pretrained/transformer/layer-", rate: 0.02 };
  expect(await moves(0.01, [group])).toEqual(fast);
});

test("a resumed training gives the same bytes", async () => {
  const whole = packModel(await trained(inputOf("on")));
  let bytes: Uint8Array | undefined;
  for await (const event of train(inputOf("on"))) {
    if (event.kind !== "checkpoint") continue;
    bytes = event.bytes();
    break;
  }
  const resume = { bytes: bytes as Uint8Array, source: "checkpoint" };
  expect(packModel(await trained(inputOf("on", {}, { resume })))).toEqual(whole);
});

test.each(["last", "mix"])("a model with all of its encoder, %s, needs nothing but its files", async (layers) => {
  const events = await eventsOf(inputOf("on", { encoder: { layers, checksum: encoder.checksum } }));
  expect(events.some(({ kind }) => kind === "features")).toBe(false);
  const { model } = events.at(-1) as EndEvent;
  const files = packModel(model);
  const encoders = await openContainedEncoders(files, "m");
  const loaded = unpackModel(files, "m", { build: "baseline", encoders });
  const predictions = (built: BuiltModel) =>
    new Predictor(built).predict(
      sentences.map((each) => built.encoder.encode(each)),
      { threshold: 0.1 },
    );
  expect(predictions(loaded)).toEqual(predictions(model));
  expect(packModel(loaded)).toEqual(files);
  const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const opened = (file: Uint8Array | undefined) => openContainedEncoders({ ...files, "encoder.json": file }, "m");
  await expect(opened(undefined)).rejects.toThrow("m/encoder.json: the file is missing");
  await expect(opened(text({ encoders: [] }))).rejects.toThrow("lacks the encoder tiny");
  await expect(opened(text({ encoders: [{ name: "tiny" }] }))).rejects.toThrow("does not hold the names");
  await expect(opened(files["encoder.json"]?.slice(0, -9))).rejects.toMatchObject({ code: "ARCHIVE_INVALID" });
});

test("minimum risk training goes on from there", async () => {
  const start = await trained(inputOf("on", { encoder: { checksum: encoder.checksum } }));
  const weights = new Map(
    start.store.layout.map((each) => [each.name, { shape: [each.rows, each.columns], values: start.store.read(each) }]),
  );
  const init = { lexicon: start.description.lexicon, weights, source: "m" };
  const events = await eventsOf(inputOf("on", { objective: { name: "mrt", samples: 3 } }, { init }));
  const steps = events.filter((event) => event.kind === "step");
  expect(steps.length).toBe(6);
  for (const { losses } of steps) expect(Object.keys(losses)).toContain("risk");
  const after = valuesOf((events.at(-1) as EndEvent).model, "/transformer/layer-");
  for (const [name, values] of after) expect(values, name).not.toEqual(weights.get(name)?.values);
});

test("a model that read the encoder as it was goes on with the encoder trained", async () => {
  const reads = { layers: "mix", checksum: encoder.checksum };
  const start = await trained(inputOf("off", { encoder: reads }));
  const weights = readWeights(start.store);
  const init = { lexicon: start.description.lexicon, weights, source: "m" };
  const input = inputOf({ rate: 1e-9 }, { encoder: reads, optimizer: { name: "adamw", rate: 1e-9 } }, { init });
  const own = valuesOf(untrained(input), "/transformer/");
  const after = (await trained(input)).store;
  for (const item of after.layout) {
    const before = weights.get(item.name)?.values ?? own.get(item.name) ?? [];
    expect(Math.max(...after.read(item).map((value, k) => Math.abs(value - (before[k] ?? Number.NaN)))), item.name).toBeLessThan(
      1e-5,
    );
  }
  weights.set([...own.keys()][0] as string, { shape: [1, 1], values: new Float32Array(1) });
  await expect(trained(input)).rejects.toMatchObject({ code: "ARCHIVE_INVALID" });
});
