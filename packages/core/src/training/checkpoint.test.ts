import { Optimizer } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { readSafetensors, type SafetensorsFile, type StoredTensor, writeSafetensors } from "../archive/index.ts";
import { ArchiveError } from "../errors.ts";
import { buildModel, readWeights } from "../inference/index.ts";
import { rinSettings } from "../models/rin/rin-settings.ts";
import { eightSentences } from "../testing/example-sentences.ts";
import { buildLexicon, lexiconSettings } from "../vocabulary/index.ts";
import { type Progress, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";

const progress: Progress = { epoch: 3, step: 12, best: { epoch: 2, score: 0.25 }, stale: 1, fingerprint: "f", kernels: "plain" };

function place(seed: number, rule: "adam" | "sgd" = "adam") {
  const { engine, store } = buildModel(
    {
      name: "rin",
      settings: rinSettings.parse({ rounds: 1, inputs: { words: { size: 3 } }, hiddenSize: 2 }),
      lexicon: buildLexicon(eightSentences, lexiconSettings.parse({})),
      threshold: 0.5,
    },
    { build: "baseline", seed },
  );
  const optimizer = new Optimizer(engine, store, { name: rule, rate: 0.1 });
  const dense = engine.heap.allocate(store.denseSize * 4);
  engine.heap.floats(dense, store.denseSize).fill(0.5);
  for (let step = 0; step < seed; step++) optimizer.update({ dense, tables: [] });
  return { store, optimizer, fingerprint: "f" };
}

function saved(change: Partial<Progress> = {}, rule: "adam" | "sgd" = "adam"): Uint8Array {
  const { store, optimizer } = place(2, rule);
  const done = { ...progress, ...change };
  return writeCheckpoint({
    store,
    optimizer,
    best: done.best === undefined ? undefined : readWeights(place(4).store),
    progress: done,
  });
}

/** A checkpoint with changes to its tensors or metadata. */
function tampered(change: (file: { tensors: Map<string, StoredTensor>; metadata: Record<string, string> }) => void): Uint8Array {
  const { tensors, metadata }: SafetensorsFile = readSafetensors(saved(), "c");
  const file = { tensors: new Map(tensors), metadata: { ...metadata } };
  change(file);
  return writeSafetensors(file);
}

function refusal(bytes: Uint8Array, into: Parameters<typeof readCheckpoint>[2] = place(1)): ArchiveError {
  try {
    readCheckpoint(bytes, "c.safetensors", into);
  } catch (error) {
    if (error instanceof ArchiveError) return error;
    throw error;
  }
  throw new Error("the checkpoint was taken");
}

test.each(["adam", "sgd"] as const)("weights, running means of %s, the best epoch and the progress come back", (rule) => {
  const bytes = saved({}, rule);
  const into = place(1, rule);
  const found = readCheckpoint(bytes, "c", into);
  expect(found.progress).toEqual(progress);
  expect(found.best).toEqual(readWeights(place(4).store));
  expect(readWeights(into.store)).toEqual(readWeights(place(2, rule).store));
  expect(into.optimizer.saveState()).toEqual(place(2, rule).optimizer.saveState());
  expect(writeCheckpoint({ ...into, ...found })).toEqual(bytes);
});

test("before the first evaluation there is no best epoch", () => {
  expect(readCheckpoint(saved({ best: undefined }), "c", place(1))).toEqual({
    progress: { ...progress, best: undefined },
    best: undefined,
  });
});

test("a checkpoint without the name of its kernels is read", () => {
  expect(readCheckpoint(saved({ kernels: undefined }), "c", place(1)).progress).toEqual({ ...progress, kernels: undefined });
});

test("another training's checkpoint is refused", () => {
  const into = place(1);
  const before = readWeights(into.store);
  expect(refusal(saved(), { ...into, fingerprint: "g" })).toMatchObject({
    code: "CHECKPOINT_MISMATCH",
    at: { source: "c.safetensors" },
    hint: expect.stringContaining("start a new run") as string,
  });
  expect(readWeights(into.store)).toEqual(before);
});

test("a truncated checkpoint is refused", () => {
  const bytes = saved();
  for (const length of [0, 7, 8, 100, 2000, bytes.length - 1])
    expect(refusal(bytes.subarray(0, length)).code).toBe("ARCHIVE_INVALID");
});

test.each<[string, Uint8Array, string]>([
  [
    "a model instead of a checkpoint",
    writeSafetensors({ tensors: readWeights(place(1).store), metadata: { format: "weft-model" } }),
    "holds no training progress",
  ],
  [
    "progress that is no JSON",
    tampered(({ metadata }) => (metadata["progress"] = '{"epoch":NaN}')),
    "progress in the file cannot be read",
  ],
  [
    "progress without its fields",
    tampered(({ metadata }) => (metadata["progress"] = '{"epoch":3}')),
    "progress in the file cannot be read",
  ],
  [
    "half an epoch",
    tampered(({ metadata }) => (metadata["progress"] = JSON.stringify({ ...progress, epoch: 0.5 }))),
    "cannot be read",
  ],
  ["progress that is null", tampered(({ metadata }) => (metadata["progress"] = "null")), "cannot be read"],
  ["NaN updates", tampered(({ metadata }) => (metadata["updates"] = "NaN")), "number of updates"],
  ["no updates", tampered(({ metadata }) => delete metadata["updates"]), "number of updates"],
  ["a missing weight", tampered(({ tensors }) => tensors.delete("weights/rin/tag/bias")), "lacks this parameter"],
  [
    "a weight of another shape",
    tampered(({ tensors }) => tensors.set("weights/rin/tag/bias", { shape: [1, 1], values: Float32Array.of(1) })),
    "the parameter is 1 × 1",
  ],
  ["a missing running mean", tampered(({ tensors }) => tensors.delete("mean-1/rin/tag/bias")), "running means do not fit"],
  [
    "no running means at all",
    tampered(({ tensors }) =>
      [...tensors.keys()].filter((name) => name.startsWith("mean")).forEach((name) => tensors.delete(name)),
    ),
    "running means do not fit",
  ],
  [
    "a best epoch without weights",
    tampered(({ tensors }) =>
      [...tensors.keys()].filter((name) => name.startsWith("best")).forEach((name) => tensors.delete(name)),
    ),
    "best epoch do not fit",
  ],
  ["running means of another rule", saved({}, "sgd"), "running means do not fit"],
])("%s is refused", (_, bytes, message) => {
  const error = refusal(bytes);
  expect(error.code).toBe("ARCHIVE_INVALID");
  expect(error.message).toContain(message);
});
