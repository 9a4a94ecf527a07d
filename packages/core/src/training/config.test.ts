import { expect, test } from "vitest";
import { parseConfig, trainConfigSchema } from "./config.ts";

const min = { data: { train: "train.jsonl", dev: "dev.jsonl" }, model: { name: "rin" } };

test("everything but the data has a default", () => {
  expect(parseConfig(min)).toMatchObject({
    seed: 1,
    data: { train: "train.jsonl", dev: "dev.jsonl" },
    vocabulary: { minCount: 1, foldCase: false, foldNumbers: false, unknown: "single", scheme: "bioes" },
    model: {
      name: "rin",
      rounds: 4,
      inputs: { words: { size: 100 }, characters: false, pos: { size: 10, when: "tagged" } },
      hiddenSize: 50,
      inputDropout: 0.1,
      wordDropout: 0,
      cell: "gru",
      ablation: "none",
      untied: false,
      pool: "row",
      pairBias: true,
      diagonal: true,
      anchor: "last",
    },
    optimizer: { name: "adam", rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    training: {
      epochs: 100,
      batch: 50,
      chunk: 5,
      shuffle: true,
      maxNorm: 5,
      tables: "lazy",
      schedule: { name: "constant", warmup: 0, final: 0 },
      evaluateEvery: 1,
      patience: 20,
      threshold: 0.5,
      select: "auto",
    },
  });
});

test("a model may be given by its name alone, and has a default", () => {
  const { data } = min;
  expect(parseConfig({ data, model: "rin" })).toEqual(parseConfig({ data, model: { name: "rin" } }));
  const usual = parseConfig({ data, model: { name: "joint-nn" } });
  expect(parseConfig({ data })).toEqual(usual);
  expect(parseConfig({ data, model: { hiddenSize: 32 } }).model).toEqual({ ...usual.model, hiddenSize: 32 });
});

test.each<[string, unknown, object]>([
  ["a misspelt model", "rim", { path: "model", hint: "did you mean rin?" }],
  ["a misspelt name", { name: "rim" }, { path: "model.name", hint: "did you mean rin?" }],
  ["a misspelt setting", { name: "rin", roundz: 3 }, { path: "model.roundz", hint: "did you mean rounds?" }],
  ["a misspelt setting of the default model", { hiddenSiz: 3 }, { path: "model.hiddenSiz", hint: "did you mean hiddenSize?" }],
])("%s gets its place and the nearest name", (_, model, { path, hint }: { path?: string; hint?: string }) => {
  expect(() => parseConfig({ ...min, model })).toThrow(expect.objectContaining({ at: { path }, hint }) as Error);
});

test("a list of models to choose from holds names only", () => {
  expect(() => parseConfig({ ...min, model: 3 })).toThrow(
    /expected one of rin, joint-nn, bilstm-tagger, [a-z, -]* or a map of settings, found 3 \(/,
  );
});

test.each(["adam", "adamw", "adadelta", "rmsprop", "sgd"])("%s has its own default rate", (name) => {
  const { optimizer } = parseConfig({ ...min, optimizer: { name } });
  expect(optimizer).toMatchObject({ name, rate: expect.any(Number) as number });
  expect(parseConfig({ ...min, optimizer }).optimizer).toEqual(optimizer);
});

test.each<[string, object]>([
  ["a model that does not exist, by its name alone", { model: "rim" }],
  ["an empty model", { model: null }],
  ["a model that does not exist", { model: { name: "rim" } }],
  ["a setting that does not exist", { model: { name: "rin", round: 3 } }],
  ["half a round", { model: { name: "rin", rounds: 0.5 } }],
  ["dropout of everything", { model: { name: "rin", inputDropout: 1 } }],
  ["a rate of nothing", { optimizer: { name: "sgd", rate: 0 } }],
  ["a rate without a limit", { optimizer: { name: "sgd", rate: Number.POSITIVE_INFINITY } }],
  ["momentum that sgd does not have", { optimizer: { name: "sgd", momentum: 0.9 } }],
  ["a group without a name", { training: { groups: [{ parameters: "", rate: 1 }] } }],
  ["a group with a negative rate", { training: { groups: [{ parameters: "rin/", rate: -1 }] } }],
  ["no epoch", { training: { epochs: 0 } }],
  ["an empty batch", { training: { batch: 0 } }],
  ["a protocol that does not exist", { training: { select: "strickt" } }],
  ["a negative seed", { seed: -1 }],
])("%s is refused", (_, change) => {
  expect(trainConfigSchema().safeParse({ ...min, ...change }).success).toBe(false);
});
