import { expect, test } from "vitest";
import { parseConfig, trainConfigSchema } from "./config.ts";

const min = { data: { train: "train.jsonl", dev: "dev.jsonl" }, model: { name: "rin" } };

test("everything but the data and the model's name has a default", () => {
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
      patience: 0,
      threshold: 0.5,
      select: "auto",
    },
  });
});

test.each(["adam", "adamw", "adadelta", "rmsprop", "sgd"])("%s has its own default rate", (name) => {
  const { optimizer } = parseConfig({ ...min, optimizer: { name } });
  expect(optimizer).toMatchObject({ name, rate: expect.any(Number) as number });
  expect(parseConfig({ ...min, optimizer }).optimizer).toEqual(optimizer);
});

test.each<[string, object]>([
  ["no model", { model: undefined }],
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
