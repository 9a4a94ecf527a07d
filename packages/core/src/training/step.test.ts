// What one training step computes, for every model and objective of the catalogues.
import { Arena, Optimizer, Random, Tape } from "@weft-nlp/tensor";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../errors.ts";
import { type BuiltModel, buildModel } from "../inference/index.ts";
import type { Losses, Model, Output } from "../models/index.ts";
import { objectiveFor, objectives } from "../objectives/index.ts";
import type { Sentence } from "../schema/index.ts";
import { eightSentences, withLastRelations } from "../testing/example-sentences.ts";
import { maskedModel, noisyModels, Repeated, trainingLosses } from "../testing/noisy-models.ts";
import { buildLexicon } from "../vocabulary/index.ts";
import { parseConfig } from "./config.ts";
import { localExecutor } from "./executor.ts";
import { Stepper } from "./stepper.ts";

const sentences = withLastRelations(eightSentences);
const names = Object.keys(noisyModels);

interface Wanted {
  readonly settings?: object;
  readonly seed?: number;
  readonly rate?: number;
  readonly training?: object;
  readonly objective?: object;
  /** Of the whole training; defaults to 10. */
  readonly steps?: number;
  readonly batch?: readonly Sentence[];
}

/** Makes single steps of a small model, each from the weights that the one before left. */
async function stepping(name: string, wanted: Wanted = {}) {
  const { settings = {}, seed = 1, rate = 1, training = {}, objective = { name: "likelihood" }, steps = 10 } = wanted;
  const { batch = sentences } = wanted;
  const config = parseConfig({
    ...{ seed, data: { train: "-", dev: "-" }, model: { name, ...noisyModels[name]?.quiet, ...settings }, objective },
    training: { batch: batch.length, chunk: 3, maxNorm: 1e6, ...training },
  });
  const { name: _name, ...own } = config.model;
  const lexicon = buildLexicon(sentences, config.vocabulary);
  const built = buildModel({ name, settings: own, lexicon, threshold: 0.5 }, { build: "baseline", seed: 3 });
  const examples = batch.map((sentence) => built.encoder.encode(sentence));
  const chunks: Losses[] = [];
  const local = await localExecutor(built);
  const executor = {
    ...local,
    gradients: async (tasks: Parameters<typeof local.gradients>[0]) => {
      const results = await local.gradients(tasks);
      chunks.push(...results.map(({ losses }) => losses));
      return results;
    },
  };
  const optimizer = new Optimizer(built.engine, built.store, { name: "sgd", rate });
  const stepper = new Stepper(built, optimizer, executor, config, steps);
  return {
    built,
    /** @returns the losses of the batch and of its chunks, and what the weights moved by */
    async step(step = 0, epoch = 1, measured = false) {
      const before = weightsOf(built);
      chunks.length = 0;
      const { losses, gradNorm, riskRatio } = await stepper.step(examples, epoch, step, measured);
      const after = weightsOf(built);
      const moved = new Map(
        [...before].map(([key, values]) => [key, values.map((value, k) => (after.get(key)?.[k] ?? 0) - value)]),
      );
      return { losses, gradNorm, riskRatio, chunks: [...chunks], moved };
    },
  };
}

function weightsOf({ store }: BuiltModel): Map<string, Float32Array> {
  return new Map(store.layout.map((parameter) => [parameter.name, store.read(parameter)]));
}

type Cells = ReadonlyMap<string, Float32Array>;

/** Expects the same cells, within the rounding of each parameter's largest. */
function expectSame(found: Cells, wanted: Cells, factor = 1): void {
  for (const [name, values] of wanted) {
    const scale = values.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
    const own = found.get(name) ?? new Float32Array(0);
    const worst = values.reduce((top, value, k) => Math.max(top, Math.abs((own[k] ?? Number.NaN) - factor * value)), 0);
    expect(worst, name).toBeLessThanOrEqual(factor * 1e-4 * scale + 1e-6);
  }
}

function near(losses: Losses): Losses {
  return Object.fromEntries(Object.entries(losses).map(([name, value]) => [name, expect.closeTo(value, 4) as number]));
}

describe.each(names)("a step of %s", (name) => {
  const noise = noisyModels[name]?.noise ?? {};

  test("moves the weights alike, however the batch is cut into chunks", async () => {
    const [whole, cut] = [await stepping(name, { training: { chunk: 8 } }), await stepping(name, { training: { chunk: 1 } })];
    const [one, eight] = [await whole.step(), await cut.step()];
    expect([one.chunks.length, eight.chunks.length]).toEqual([1, 8]);
    expect(eight.losses).toEqual(near(one.losses));
    for (const [loss, value] of Object.entries(one.losses)) expect(one.chunks[0]?.[loss], loss).toBeCloseTo(8 * value, 4);
    expectSame(eight.moved, one.moved);
  });

  test.each([
    ["masks", noise],
    ["words dropped", { wordDropout: 0.5 }],
  ])("has %s of its own, and of the training's seed", async (_, settings) => {
    const lossesOf = async (step: number, seed: number, own: object = settings) =>
      (await (await stepping(name, { settings: own, seed })).step(step)).losses;
    const first = await lossesOf(0, 1);
    expect(await lossesOf(0, 1)).toEqual(first);
    expect(await lossesOf(1, 1)).not.toEqual(first);
    expect(await lossesOf(0, 2)).not.toEqual(first);
    expect(await lossesOf(1, 2, {})).toEqual(await lossesOf(0, 1, {}));
  });

  test("has masks of its own in every chunk", async () => {
    const twice = [sentences[1], sentences[1]] as Sentence[];
    const chunksOf = async (settings: object) =>
      (await (await stepping(name, { settings, batch: twice, training: { chunk: 1 } })).step()).chunks;
    const [one, other] = await chunksOf(noise);
    expect(one).not.toEqual(other);
    const [same, again] = await chunksOf({});
    expect(same).toEqual(again);
  });
});

test("a step moves the weights by the share of the rate that its schedule says, and no further than maxNorm allows", async () => {
  const schedule = { name: "linear", warmup: 0.5 };
  const full = await (await stepping("rin", { rate: 0.5 })).step();
  for (const [step, share] of [
    [1, 0.4],
    [6, 0.8],
  ] as const) {
    const { moved } = await (await stepping("rin", { rate: 0.5, training: { schedule } })).step(step);
    expectSame(moved, full.moved, share);
  }
  const maxNorm = full.gradNorm / 3;
  const clipped = await (await stepping("rin", { rate: 0.5, training: { maxNorm } })).step();
  expect(clipped.gradNorm).toBeCloseTo(full.gradNorm, 4);
  expectSame(clipped.moved, full.moved, 1 / 3);
});

test("means over a batch count the words and sentences of the batch, not of a chunk", async () => {
  const stepWith = async (chunk: number) =>
    (await stepping("joint-nn", { settings: { means: "batch" }, training: { chunk } })).step();
  const [whole, cut] = [await stepWith(8), await stepWith(1)];
  expect(cut.losses["entity"]).toBeCloseTo(whole.losses["entity"] ?? 0, 5);
  // Only the loss of entities reaches these.
  const ofTags = ({ moved }: { moved: Cells }): Cells => new Map([...moved].filter(([key]) => key.startsWith("joint-nn/tag/")));
  expect(ofTags(whole).size).toBe(2);
  expectSame(ofTags(cut), ofTags(whole));
});

describe.each(names.filter((name) => maskedModel(name, {}, sentences).model.outputs !== undefined))(
  "the gradient of the risk of %s",
  (name) => {
    const norm = (cells: Cells): number => Math.hypot(...[...cells.values()].flatMap((values) => [...values]));

    test("is measured against that of the local losses", async () => {
      const own = await (await stepping(name)).step(0, 1, true);
      expect(own.riskRatio).toBeUndefined();
      for (const settings of [{ alpha: 1 }, { alpha: 1, mu: 0.5, learnedLoss: true }]) {
        const both = await (await stepping(name, { objective: { name: "mrt", ...settings } })).step(0, 1, true);
        // A step of length 1 against the gradient moves the weights by it.
        const risk = new Map(
          [...both.moved].map(([key, by]) => [key, by.map((value, k) => value - (own.moved.get(key)?.[k] ?? 0))]),
        );
        const ratio = norm(risk) / norm(own.moved);
        expect(ratio).toBeGreaterThan(0.001);
        expect(Math.abs((both.riskRatio ?? 0) / ratio - 1)).toBeLessThan(0.01);
      }
    });

    test("is measured without any effect on the step", async () => {
      const settings = noisyModels[name]?.noise ?? {};
      const wanted = { settings: { ...settings, wordDropout: 0.3 }, objective: { name: "mrt", alpha: 0.1 } };
      const [quiet, measured] = [await stepping(name, wanted), await stepping(name, wanted)];
      for (const step of [0, 1]) {
        const [one, other] = [await quiet.step(step), await measured.step(step, 1, true)];
        expect(one.riskRatio).toBeUndefined();
        expect(other.riskRatio).toBeGreaterThan(0);
        expect(other.moved).toEqual(one.moved);
        expect([other.losses, other.gradNorm]).toEqual([one.losses, one.gradNorm]);
      }
    });
  },
);

describe("scheduled sampling", () => {
  const losses = (tagsRead: string, epoch: number, random: Repeated, on: readonly Sentence[] = sentences): Losses =>
    trainingLosses(maskedModel("joint-nn", { tagsRead }, sentences), on, { epoch, random });
  const any = new Repeated(0.5);
  const [gold, predicted] = [losses("gold", 1, any), losses("predicted", 1, any)];

  test("reads a gold tag with the probability k / (k + e^(epoch / k))", () => {
    expect(gold).not.toEqual(predicted);
    // k = 1: 0.269 in the first epoch, 0.119 in the second.
    expect(losses("scheduled", 1, new Repeated(0.26))).toEqual(gold);
    expect(losses("scheduled", 1, new Repeated(0.28))).toEqual(predicted);
    expect(losses("scheduled", 2, new Repeated(0.11))).toEqual(gold);
    expect(losses("scheduled", 2, new Repeated(0.13))).toEqual(predicted);
  });

  test("draws for each word", () => {
    const one = [sentences[0] as Sentence];
    const both = [losses("gold", 1, any, one), losses("predicted", 1, any, one)];
    expect(both).not.toContainEqual(losses("scheduled", 1, new Repeated(0, 0.9999), one));
  });

  test("follows the epoch of the training", async () => {
    const relationAt = async (epoch: number, settings: object) =>
      (await (await stepping("joint-nn", { settings })).step(0, epoch)).losses["relation"];
    const byTags = (tagsRead: string) => relationAt(1, { tagsRead });
    expect(await byTags("gold")).not.toBe(await byTags("predicted"));
    expect(await relationAt(40, { tagsRead: "scheduled" })).toBe(await byTags("predicted"));
    expect(await relationAt(1, { tagsRead: "scheduled", samplingDecay: 1e6 })).toBe(await byTags("gold"));
  });
});

/** Settings with which an objective counts as much as the local losses. */
const strong: Readonly<Record<string, object>> = { mrt: { alpha: 1 } };

function binds(settings: { readonly name: string }, name: string): boolean {
  try {
    objectiveFor(settings, maskedModel(name, {}, sentences).model);
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

describe.each(objectives.names)("the objective %s", (objective) => {
  const settings = { ...(objectives.get(objective).settings.parse(strong[objective] ?? {}) as object), name: objective };

  test.each(names.filter((name) => binds(settings, name)))(
    "scales the whole gradient of %s by the factor of its batch",
    (name) => {
      const { engine, store, encoder, model } = maskedModel(name, {}, sentences);
      const examples = sentences.map((sentence) => encoder.encode(sentence));
      engine.refreshTransposed(store);
      const gradient = (factor: number): Cells => {
        const arena = new Arena(engine.heap, 2 ** 16);
        const dense = engine.heap.allocate(store.denseSize * 4);
        engine.heap.clear(dense, store.denseSize * 4);
        const tape = new Tape(engine, arena, { gradients: { dense }, training: true });
        objectiveFor(settings, model).loss(tape, examples, { factor, random: Random.of(5) });
        tape.backward();
        const parameters = store.layout.filter(({ kind }) => kind === "dense");
        return new Map(
          parameters.map((parameter) => [parameter.name, store.read({ ...parameter, at: dense + parameter.slice * 4 })]),
        );
      };
      expectSame(gradient(1 / 8), gradient(1), 1 / 8);
    },
  );
});

test.each(names.filter((name) => maskedModel(name, {}, sentences).model.outputs !== undefined))(
  "minimum risk training draws the outputs of %s without dropout, and scores them with it",
  (name) => {
    const { engine, model, encoder } = maskedModel(name, noisyModels[name]?.noise ?? {}, sentences);
    const examples = sentences.map((sentence) => encoder.encode(sentence));
    const pass = (seed: number) => {
      let outputs: Output[][] = [];
      let entities: readonly Float64Array[] = [];
      // The model itself, listened to.
      const heard: Model = {
        loss: (...call) => model.loss(...call),
        predict: (...call) => model.predict(...call),
        outputs: model.outputs && {
          goldOf: model.outputs.goldOf.bind(model.outputs),
          sample: (...call) => {
            outputs = model.outputs?.sample(...call) ?? [];
            return outputs;
          },
          logProb: (...call) => {
            const scores = model.outputs?.logProb(...call);
            if (scores === undefined) throw new Error("the model cannot score outputs");
            ({ entities } = scores);
            return scores;
          },
        },
      };
      const tape = new Tape(engine, new Arena(engine.heap, 2 ** 16), { training: true, seed });
      const objective = objectiveFor({ ...(objectives.get("mrt").settings.parse({}) as object), name: "mrt" }, heard);
      const losses = objective.loss(tape, examples, { factor: 1, random: Random.of(5) });
      return { predictions: outputs.map((set) => set.map(({ prediction }) => prediction)), entities, losses };
    };
    const [one, other] = [pass(1), pass(2)];
    expect(one.predictions.flat().length).toBeGreaterThan(sentences.length);
    expect(one.predictions).toEqual(other.predictions);
    expect(one.entities).not.toEqual(other.entities);
    expect(one.losses["risk"]).not.toBe(other.losses["risk"]);
  },
);
