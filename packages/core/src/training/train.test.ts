import { kernelMark } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../archive/index.ts";
import { DataError, TrainingError } from "../errors.ts";
import { type BuiltModel, packModel, readWeights } from "../inference/index.ts";
import type { Sentence } from "../schema/index.ts";
import { eightSentences, sentence } from "../testing/example-sentences.ts";
import { vectorsOf } from "../testing/example-vectors.ts";
import { trainEvents } from "../testing/train-events.ts";
import { buildLexicon, lexiconSettings } from "../vocabulary/index.ts";
import { parseConfig } from "./config.ts";
import type { EndEvent, StartEvent, TrainEvent } from "./events.ts";
import { type ExecutorFactory, localExecutor } from "./executor.ts";
import { train } from "./train.ts";
import type { TrainInput } from "./train-input.ts";

const model = { name: "rin", rounds: 1, inputs: { words: { size: 4 } }, hiddenSize: 3, inputDropout: 0.2 };

function input(training: object = {}, more: Partial<TrainInput> & { settings?: object } = {}): TrainInput {
  const { settings, ...rest } = more;
  const config = parseConfig({
    data: { train: "train.jsonl", dev: "dev.jsonl" },
    model,
    training: { epochs: 2, batch: 3, chunk: 2, ...training },
    ...settings,
  });
  return { config, train: eightSentences, dev: eightSentences.slice(0, 3), engine: { build: "baseline" }, ...rest };
}

const kinds = (events: readonly TrainEvent[]): string => events.map(({ kind }) => kind).join(" ");
const endOf = (events: readonly TrainEvent[]): EndEvent => events.at(-1) as EndEvent;
const weightsOf = (events: readonly TrainEvent[]): Uint8Array => packModel(endOf(events).model)["model.safetensors"];

/** An executor that lets a test see, or spoil, the model under training. */
const watching =
  (see: (built: BuiltModel) => void): ExecutorFactory<BuiltModel> =>
  (built) => {
    see(built);
    return localExecutor(built);
  };

test("events come in order: start, then steps, evaluation and checkpoint of each epoch, then end", async () => {
  const events = await trainEvents(input({ evaluateEvery: 2, epochs: 3 }));
  const epoch = "step step step";
  expect(kinds(events)).toBe(`start ${epoch} checkpoint ${epoch} evaluation checkpoint ${epoch} evaluation checkpoint end`);
  expect(events[0]).toMatchObject({
    train: 8,
    dev: 3,
    relations: 4,
    tags: 13,
    steps: 9,
    stepsDone: 0,
    omissions: [],
    devOmissions: [],
  });
  const steps = events.filter((event) => event.kind === "step");
  expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(steps.map(({ sentences }) => sentences)).toEqual([3, 3, 2, 3, 3, 2, 3, 3, 2]);
  for (const { loss, losses, gradNorm } of steps) {
    expect(loss).toBeCloseTo(Object.values(losses).reduce((sum, value) => sum + value, 0));
    expect(gradNorm).toBeGreaterThan(0);
  }
  expect(endOf(events)).toMatchObject({ reason: "epochs", epoch: 3, step: 9 });
});

test("a group of parameters has its own rate, and one that names none is refused", async () => {
  const settings = { optimizer: { name: "adamw", rate: 0.01 } };
  const still = { parameters: "rin/word/", rate: 1e-30, decay: 0 };
  const wordsAfter = async (groups: object[]) => {
    const { store } = endOf(await trainEvents(input({ groups }, { settings }))).model;
    return readWeights(store).get("rin/word/weight")?.values;
  };
  const [first, moved, kept] = await Promise.all([
    wordsAfter([{ parameters: "rin/", rate: 1e-30, decay: 0 }]),
    wordsAfter([{ parameters: "rin/pair/", rate: 0.1 }]),
    wordsAfter([still, { parameters: "rin/", rate: 0.1 }]),
  ]);
  expect(kept).toEqual(first);
  expect(moved).not.toEqual(first);
  const wrong = trainEvents(input({ groups: [still, { parameters: "encoder/", rate: 1e-5 }] }));
  await expect(wrong).rejects.toMatchObject({ code: "SETTING_INVALID", at: { path: "training.groups[1].parameters" } });
  await expect(wrong).rejects.toThrow("no parameter begins with encoder/");
});

test("training stops when the score has not improved for a while, and the last of equal epochs is kept", async () => {
  // A rate so small that nothing changes: no later epoch is better than the first.
  const trained = endOf(
    await trainEvents(input({ epochs: 30, select: "ner-strict" }, { settings: { optimizer: { rate: 0.05 } } })),
  ).model;
  const init = { lexicon: trained.description.lexicon, weights: readWeights(trained.store), source: "m" };
  const settings = { optimizer: { name: "sgd", rate: 1e-12 } };
  const events = await trainEvents(input({ epochs: 50, patience: 3, select: "ner-strict" }, { settings, init }));
  expect(events.filter(({ kind }) => kind === "evaluation")).toHaveLength(4);
  expect(endOf(events)).toMatchObject({ reason: "patience", epoch: 4, best: { epoch: 4 } });
  const first = await trainEvents(input({ epochs: 50, patience: 3, select: "ner-strict", ties: "first" }, { settings, init }));
  expect(endOf(first)).toMatchObject({ reason: "patience", epoch: 4, best: { epoch: 1 } });
  // As long as no relation is right, nothing stops the training.
  const none = await trainEvents(input({ epochs: 9, patience: 3 }, { settings }));
  expect(endOf(none)).toMatchObject({ reason: "epochs", epoch: 9, best: { score: 0 } });
});

test("when no epoch has a relation right, the best is the one that finds entities best", async () => {
  const dev = eightSentences.map((item) => ({ ...item, relations: [] }));
  const events = await trainEvents(input({ epochs: 24 }, { dev, settings: { optimizer: { name: "adam", rate: 0.05 } } }));
  const evaluations = events.filter((event) => event.kind === "evaluation");
  expect(new Set(evaluations.map(({ score }) => score))).toEqual(new Set([0]));
  const found = evaluations.map(({ entities = -1 }) => entities);
  expect(evaluations.map(({ report }) => report.protocols["ner-strict"]?.micro.f1)).toEqual(found);
  expect(new Set(found).size).toBeGreaterThan(1);
  expect(endOf(events).best).toEqual({
    epoch: found.lastIndexOf(Math.max(...found)) + 1,
    score: 0,
    entities: Math.max(...found),
  });
});

test("an evaluation gives access to the model of its epoch", async () => {
  let latest: Uint8Array | undefined;
  for await (const event of train(input({ epochs: 4 }))) {
    if (event.kind === "evaluation" && event.improved) latest = packModel(event.current())["model.safetensors"];
    if (event.kind === "end") expect(latest).toEqual(packModel(event.model)["model.safetensors"]);
  }
});

test("the model at the end has the weights of its best epoch, not those of the last", async () => {
  const snapshots: ReturnType<typeof readWeights>[] = [];
  let built: BuiltModel | undefined;
  let best = 0;
  let end: EndEvent | undefined;
  // The weights hardly move, so that no later epoch beats the first.
  const settings = { optimizer: { name: "adam", rate: 1e-5 } };
  for await (const event of train(
    input({ epochs: 4, select: "ner-strict", ties: "first" }, { settings, executor: watching((it) => (built = it)) }),
  )) {
    if (event.kind === "checkpoint" && built !== undefined) snapshots.push(readWeights(built.store));
    if (event.kind === "evaluation" && event.improved) best = event.epoch;
    if (event.kind === "end") end = event;
  }
  expect([best, end?.best?.epoch, end?.epoch]).toEqual([1, 1, 4]);
  expect(snapshots[3]).not.toEqual(snapshots[0]);
  expect(end && readWeights(end.model.store)).toEqual(snapshots[0]);
});

test("resuming any checkpoint gives the bytes of the uninterrupted training", async () => {
  const schedule = { epochs: 4, evaluateEvery: 2, schedule: { name: "cosine", warmup: 0.2 } };
  const whole = await trainEvents(input(schedule));
  const checkpoints: Uint8Array[] = [];
  for await (const event of train(input(schedule))) if (event.kind === "checkpoint") checkpoints.push(event.bytes());
  for (const [index, bytes] of checkpoints.entries()) {
    const resumed = await trainEvents(input(schedule, { resume: { bytes, source: "c" } }));
    expect(resumed[0]).toMatchObject({ kind: "start", stepsDone: 3 * (index + 1) });
    expect(weightsOf(resumed)).toEqual(weightsOf(whole));
    expect(endOf(resumed).bytes()).toEqual(endOf(whole).bytes());
  }
  const over = await trainEvents(input(schedule, { resume: { bytes: endOf(whole).bytes(), source: "c" } }));
  expect(kinds(over)).toBe("start end");
  expect(weightsOf(over)).toEqual(weightsOf(whole));
});

test("resuming with other kernels is reported, and later checkpoints name the new ones", async () => {
  const resumedFrom = async (bytes: Uint8Array | undefined, build: "baseline" | "plain"): Promise<TrainEvent[]> =>
    trainEvents(input({}, { engine: { build }, resume: { bytes: bytes ?? new Uint8Array(0), source: "c" } }));
  const told = ([start]: readonly TrainEvent[]): string | undefined => (start as StartEvent).otherKernels;
  const events = await trainEvents(input());
  expect(told(events)).toBeUndefined();
  const first = events.find((event) => event.kind === "checkpoint")?.bytes();
  expect(told(await resumedFrom(first, "baseline"))).toBeUndefined();
  const moved = await resumedFrom(first, "plain");
  expect(told(moved)).toBe(kernelMark("baseline"));
  expect(told(moved)).toMatch(/^baseline [0-9a-f]{64}$/);
  // Nothing was left to train here: the weights are still those of the kernels before.
  const over = await resumedFrom(endOf(events).bytes(), "plain");
  expect(told(await resumedFrom(endOf(over).bytes(), "baseline"))).toBeUndefined();
  expect(told(await resumedFrom(endOf(moved).bytes(), "plain"))).toBeUndefined();
  expect(told(await resumedFrom(endOf(moved).bytes(), "baseline"))).toBe("plain");
});

test("a checkpoint without the name of its kernels can be resumed, and that is reported", async () => {
  const bytes = endOf(await trainEvents(input())).bytes();
  const { tensors, metadata } = readSafetensors(bytes, "c");
  const { kernels: _, ...progress } = JSON.parse(metadata["progress"] ?? "{}") as Record<string, unknown>;
  const before = writeSafetensors({ tensors, metadata: { ...metadata, progress: JSON.stringify(progress) } });
  const [start] = await trainEvents(input({}, { resume: { bytes: before, source: "c" } }));
  expect(start).toMatchObject({ kind: "start", otherKernels: "unknown" });
});

test("a checkpoint of another training is refused at once", async () => {
  const first = (await trainEvents(input())).find((event) => event.kind === "checkpoint");
  const resume = { bytes: first?.bytes() ?? new Uint8Array(0), source: "c" };
  for (const other of [input({ epochs: 3 }, { resume }), input({}, { resume, train: eightSentences.slice(1) })]) {
    await expect(train(other).next()).rejects.toMatchObject({ code: "CHECKPOINT_MISMATCH" });
  }
});

test("a weight that is not a number ends the training, and the checkpoint before it is sound", async () => {
  let built: BuiltModel | undefined;
  let sound: Uint8Array | undefined;
  const spoiled = async (): Promise<void> => {
    for await (const event of train(input({}, { executor: watching((it) => (built = it)) }))) {
      if (event.kind !== "checkpoint" || built === undefined) continue;
      sound = event.bytes();
      const tag = built.store.get("rin/tag/bias");
      built.store.write(tag, built.store.read(tag).fill(Number.NaN, 0, 1));
    }
  };
  const error = await spoiled().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TrainingError);
  expect(error).toMatchObject({
    code: "TRAINING_DIVERGED",
    message: expect.stringContaining("in epoch 2, step 4, the loss is NaN") as string,
    hint: expect.stringContaining("optimizer.rate") as string,
  });
  const resumed = await trainEvents(input({}, { resume: { bytes: sound ?? new Uint8Array(0), source: "c" } }));
  expect(weightsOf(resumed)).toEqual(weightsOf(await trainEvents(input())));
});

test("an extreme learning rate ends in an error or in finite weights", async () => {
  const settings = { optimizer: { name: "sgd", rate: 1e38 } };
  await expect(trainEvents(input({ epochs: 20, maxNorm: 1e30 }, { settings }))).rejects.toMatchObject({
    code: "TRAINING_DIVERGED",
  });
});

test("a signal stops training between two steps, and the executor is closed", async () => {
  const controller = new AbortController();
  let closed = false;
  const executor: ExecutorFactory<BuiltModel> = async (built) => ({
    ...(await localExecutor(built)),
    close: async () => void (closed = true),
  });
  const events: TrainEvent[] = [];
  const stopped = (async () => {
    for await (const event of train(input({}, { signal: controller.signal, executor }))) {
      events.push(event);
      if (event.kind === "step" && event.step === 2) controller.abort();
    }
  })();
  await expect(stopped).rejects.toMatchObject({ code: "CANCELLED" });
  expect(kinds(events)).toBe("start step step");
  expect(closed).toBe(true);
  await expect(train(input({}, { signal: AbortSignal.abort() })).next()).resolves.toMatchObject({ value: { kind: "start" } });
});

test("leaving the loop over events stops the training", async () => {
  let closed = false;
  const executor: ExecutorFactory<BuiltModel> = async (built) => ({
    ...(await localExecutor(built)),
    close: async () => void (closed = true),
  });
  for await (const event of train(input({}, { executor }))) if (event.kind === "step") break;
  expect(closed).toBe(true);
});

const known = ["Oslo", "acme", "Reykjavik"];

/** The built model when training begins. */
async function begun(given: TrainInput): Promise<{ start: StartEvent; built: BuiltModel }> {
  let built: BuiltModel | undefined;
  for await (const event of train({ ...given, executor: watching((it) => (built = it)) })) {
    if (event.kind === "start" && built !== undefined) return { start: event, built };
  }
  throw new Error("no start");
}

test("a word of train starts from its vector, and every other row from the spread of the vectors", async () => {
  const vectors = vectorsOf(known, 4);
  const { start, built } = await begun(input({}, { vectors }));
  const { words } = built.description.lexicon;
  const table = built.store.read(built.store.get("rin/word/weight"));
  const rowOf = (row: number): number[] => [...table.subarray(4 * row, 4 * row + 4)];
  for (const [word, form] of [
    ["Oslo", "Oslo"],
    ["Acme", "acme"],
  ] as const) {
    const row = new Float32Array(4);
    vectors.read(vectors.find(form), row);
    expect(words.indexOf(word)).toBeLessThan(words.size);
    expect(rowOf(words.indexOf(word))).toEqual([...row]);
  }
  const drawn = Array.from({ length: words.size }, (_, row) => row)
    .filter((row) => row !== words.indexOf("Oslo") && row !== words.indexOf("Acme"))
    .flatMap(rowOf);
  const deviation = Math.sqrt(drawn.reduce((sum, value) => sum + value * value, 0) / drawn.length);
  expect(deviation / vectors.deviation).toBeGreaterThan(0.7);
  expect(deviation / vectors.deviation).toBeLessThan(1.4);
  expect(words.indexOf("Reykjavik")).toBeGreaterThanOrEqual(words.size);
  expect((await begun(input())).start.vectors).toBeUndefined();
  const { train: counted, ...rest } = start.vectors ?? {};
  expect(rest).toMatchObject({ name: "test", count: 3, dimension: 4 });
  const tokens = input().train.flatMap((sentence) => sentence.tokens);
  const count = (word: string): number => tokens.filter((token) => token === word).length;
  expect(counted).toEqual({ words: tokens.length, exact: count("Oslo"), lowerCased: count("Acme"), digitsFolded: 0 });
});

test("rows that only the vectors know are in no checkpoint, and the vectors of a checkpoint must be the same", async () => {
  const given = input({ epochs: 1 }, { vectors: vectorsOf(known, 4) });
  const events = await trainEvents(given);
  const bytes = endOf(events).bytes();
  const more = await trainEvents(input({ epochs: 1 }, { vectors: vectorsOf([...known, ...numbered(500)], 4) }));
  expect(endOf(more).bytes().length).toBe(bytes.length);
  const resume = { bytes, source: "c" };
  expect(weightsOf(await trainEvents({ ...given, resume }))).toEqual(weightsOf(events));
  for (const vectors of [undefined, vectorsOf(["Oslo"], 4)]) {
    await expect(train({ ...given, vectors, resume }).next()).rejects.toMatchObject({ code: "CHECKPOINT_MISMATCH" });
  }
});

test("training does not move a row that only the vectors know", async () => {
  const { model: trained } = endOf(await trainEvents(input({ epochs: 2 }, { vectors: vectorsOf(known, 4) })));
  const vectors = trained.description.lexicon.words.vectors;
  expect(vectors?.bytes()).toEqual(vectorsOf(known, 4).bytes());
});

test("a model to start from keeps its own vectors", async () => {
  const { model: first } = endOf(await trainEvents(input({ epochs: 1 }, { vectors: vectorsOf(known, 4) })));
  const init = { lexicon: first.description.lexicon, weights: readWeights(first.store), source: "m" };
  const { start, built } = await begun(input({}, { init, vectors: vectorsOf(["Oslo"], 9) }));
  expect(start.vectors).toMatchObject({ count: 3, dimension: 4 });
  expect(readWeights(built.store)).toEqual(readWeights(first.store));
});

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, k) => `word-${k}`);
}

test("word vectors of another width are refused with a hint at the right setting", async () => {
  const error = await train(input({}, { vectors: vectorsOf(["Oslo"], 7) }))
    .next()
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DataError);
  expect(error).toMatchObject({ code: "VECTORS_INVALID", hint: "set model.inputs.words.size to 7" });
});

test("word vectors for a model that reads no words are refused", async () => {
  const bare = { ...model, inputs: { words: "off", wordShape: "on" } };
  await expect(train(input({}, { settings: { model: bare }, vectors: vectorsOf(["Oslo"], 4) })).next()).rejects.toMatchObject({
    code: "SETTING_INVALID",
    at: { path: "vectors" },
  });
});

test("a model to start from must know the inputs that are read", async () => {
  const lexicon = buildLexicon(eightSentences, lexiconSettings.parse({}), {});
  const start = endOf(await trainEvents(input({ epochs: 1 }, { lexicon })));
  const init = { lexicon, weights: readWeights(start.model.store), source: "m" };
  const reading = (inputs: object): Promise<unknown> =>
    train(input({}, { settings: { model: { ...model, inputs: { ...model.inputs, ...inputs } } }, init })).next();
  await expect(reading({ characters: "on" })).rejects.toMatchObject({
    code: "SETTING_INVALID",
    at: { path: "model.inputs.characters" },
  });
  await expect(reading({ pos: { when: "always" } })).rejects.toMatchObject({ at: { path: "model.inputs.pos" } });
});

const empty: Sentence = { id: "e", tokens: [], entities: [], relations: [] };

test.each<[string, Partial<TrainInput>, string]>([
  ["nothing to train on", { train: [] }, "train.jsonl data.train: the file holds no sentences"],
  ["sentences without a word", { train: [empty, empty] }, "train.jsonl data.train"],
  ["nothing to choose the best epoch on", { dev: [] }, "dev.jsonl data.dev"],
])("%s is refused", async (_, change, message) => {
  const error = await train(input({}, change))
    .next()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "CORPUS_EMPTY", message: expect.stringContaining(message) as string });
});

test("annotation that the model cannot hold is reported for train and dev, and training continues", async () => {
  const overlapping = {
    ...sentence("o", "[New York|LOC]"),
    entities: [
      { start: 0, end: 2, type: "LOC" },
      { start: 0, end: 1, type: "LOC" },
    ],
  };
  const foreign = sentence("f", "[Zeus|GOD] rules [Rome|LOC]", "0 rules 1");
  const events = await trainEvents(input({}, { train: [...eightSentences, overlapping], dev: [foreign] }));
  const start = events[0] as StartEvent;
  expect(start.omissions.map(({ source, path }) => `${source} ${path}`)).toEqual(["o entities[1]"]);
  expect(start.devOmissions.map(({ source, path }) => `${source} ${path}`)).toEqual(["f tokens[0]", "f relations[0]"]);
  const scores = events.filter((event) => event.kind === "evaluation").map(({ report }) => report.protocols.strict?.micro);
  for (const score of scores) expect(score).toMatchObject({ gold: 1, f1: 0 });
});

test.each<[string, Sentence[]]>([
  ["no relation at all", eightSentences.map((item) => ({ ...item, relations: [] }))],
  ["no entity at all", eightSentences.map((item) => ({ ...item, entities: [], relations: [] }))],
  ["an empty sentence among others", [...eightSentences, empty]],
  ["one word", [sentence("w", "[Oslo|LOC]")]],
])("data with %s is trained on", async (_, sentences) => {
  const events = await trainEvents(input({ select: "ner-strict" }, { train: sentences, dev: sentences }));
  for (const event of events) if (event.kind === "step") expect(Number.isFinite(event.loss)).toBe(true);
  expect(endOf(events).best).toBeDefined();
});
