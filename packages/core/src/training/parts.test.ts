import { describe, expect, test } from "vitest";
import { type BuiltModel, Predictor, packModel, readWeights } from "../inference/index.ts";
import { eightSentences, withLastRelations } from "../testing/example-sentences.ts";
import { vectorsOf } from "../testing/example-vectors.ts";
import { trainEvents } from "../testing/train-events.ts";
import { parseConfig, trainConfigSchema } from "./config.ts";
import type { EndEvent, StartEvent, TrainEvent } from "./events.ts";
import { localExecutor } from "./executor.ts";
import { train } from "./train.ts";
import type { TrainInput } from "./train-input.ts";

const tagger = { name: "bilstm-tagger", inputs: { words: { size: 6 }, characters: { size: 4, filters: 3 } }, hiddenSize: 5 };
const classifier = { name: "pcnn", inputs: { words: { size: 6 }, tags: { size: 3 } }, positionSize: 3, positions: 5, filters: 6 };
const sentences = withLastRelations(eightSentences);

function input(settings: object = {}, more: Partial<TrainInput> = {}): TrainInput {
  const config = parseConfig({
    data: { train: "train.jsonl", dev: "dev.jsonl" },
    model: { name: "pipeline", tagger, classifier },
    optimizer: { rate: 0.01 },
    training: { epochs: 3, batch: 3, chunk: 2 },
    parts: { classifier: { training: { epochs: 2, batch: 4, chunk: 2, threshold: 0.4 } } },
    ...settings,
  });
  return { config, train: sentences, dev: sentences.slice(0, 4), engine: { build: "baseline" }, ...more };
}

const endOf = (events: readonly TrainEvent[]): EndEvent => events.at(-1) as EndEvent;
const filesOf = (events: readonly TrainEvent[]) => packModel(endOf(events).model);

describe("a pipeline", () => {
  test("trains the tagger first, each part with its own epochs and protocol, and counts steps across parts", async () => {
    const events = await trainEvents(input());
    const told = events.map((event) => `${event.kind}${"part" in event ? ` ${event.part}` : ""}`);
    const epochs = (part: string, steps: number, count: number): string[] =>
      Array.from({ length: count }, () => [
        ...Array.from({ length: steps }, () => `step ${part}`),
        `evaluation ${part}`,
        `checkpoint ${part}`,
      ]).flat();
    expect(told).toEqual([
      ...["start tagger", ...epochs("tagger", 3, 3), "part tagger"],
      ...["start classifier", ...epochs("classifier", 2, 2), "part classifier"],
      "end",
    ]);
    const steps = events.flatMap((event) => (event.kind === "step" ? [event.step] : []));
    expect(steps).toEqual(Array.from({ length: 13 }, (_, k) => k + 1));
    const starts = events.filter((event): event is StartEvent => event.kind === "start");
    expect(starts.map(({ steps: all, stepsDone }) => [stepsDone, all])).toEqual([
      [0, 9],
      [9, 13],
    ]);
    const chosen = events.flatMap((event) => (event.kind === "evaluation" ? [`${event.part} ${event.protocol}`] : []));
    expect(new Set(chosen)).toEqual(new Set(["tagger ner-strict", "classifier pairs"]));
    expect(endOf(events).model.description).toMatchObject({ name: "pipeline", threshold: 0.4 });
  });

  test("can be used before it is done: first its tagger, then the whole", async () => {
    let latest: ReturnType<typeof packModel> | undefined;
    for await (const event of train(input())) {
      if (event.kind === "evaluation") {
        const built = event.current();
        expect(built.definition.name).toBe(event.part === "tagger" ? "bilstm-tagger" : "pipeline");
        if (event.improved) latest = packModel(built);
      }
      if (event.kind === "end") expect(latest).toEqual(packModel(event.model));
    }
    expect(latest).toBeDefined();
  });

  test("holds the weights of each part's best epoch", async () => {
    const places: BuiltModel[] = [];
    const snapshots = new Map<string, ReturnType<typeof readWeights>>();
    let end: EndEvent | undefined;
    const executor: TrainInput["executor"] = (built) => {
      places.push(built);
      return localExecutor(built);
    };
    for await (const event of train(input({}, { executor }))) {
      const built = places.at(-1);
      if (event.kind === "evaluation" && event.improved && built !== undefined)
        snapshots.set(String(event.part), readWeights(built.store));
      if (event.kind === "end") end = event;
    }
    const found = readWeights((end as EndEvent).model.store);
    let count = 0;
    for (const [part, weights] of snapshots) {
      for (const [name, tensor] of weights) {
        expect(found.get(`pipeline/${part}/${name}`), name).toEqual(tensor);
        count++;
      }
    }
    expect(count).toBe(found.size);
  });

  test("resumes from any checkpoint, in either part, to the same bytes", async () => {
    const whole = await trainEvents(input({ model: { name: "pipeline", tagger, classifier, entities: "predicted-and-gold" } }));
    const again = (bytes: Uint8Array): TrainInput =>
      input(
        { model: { name: "pipeline", tagger, classifier, entities: "predicted-and-gold" } },
        { resume: { bytes, source: "c" } },
      );
    const checkpoints: Uint8Array[] = [];
    for await (const event of train(input({ model: { name: "pipeline", tagger, classifier, entities: "predicted-and-gold" } }))) {
      if (event.kind === "checkpoint") checkpoints.push(event.bytes());
    }
    expect(checkpoints).toHaveLength(5);
    for (const [index, bytes] of checkpoints.entries()) {
      const resumed = await trainEvents(again(bytes));
      expect(resumed.filter(({ kind }) => kind === "start")).toHaveLength(index < 3 ? 2 : 1);
      expect(filesOf(resumed)).toEqual(filesOf(whole));
      expect(endOf(resumed).bytes()).toEqual(endOf(whole).bytes());
    }
    const over = await trainEvents(again(endOf(whole).bytes()));
    expect(over.map(({ kind }) => kind)).toEqual(["start", "part", "end"]);
    expect(filesOf(over)).toEqual(filesOf(whole));
  });

  test("a checkpoint of other settings, of either part, or of a plain model is refused", async () => {
    const events: Uint8Array[] = [];
    for await (const event of train(input())) if (event.kind === "checkpoint") events.push(event.bytes());
    const resume = { bytes: events.at(-1) ?? new Uint8Array(0), source: "c" };
    const others = [
      input({ model: { name: "pipeline", tagger: { ...tagger, dropout: 0.1 }, classifier } }, { resume }),
      input({ model: { name: "pipeline", tagger, classifier: { ...classifier, filters: 7 } } }, { resume }),
      input({}, { resume, train: sentences.slice(1) }),
    ];
    const plain = await trainEvents(input({ model: tagger, parts: undefined }));
    others.push(input({}, { resume: { bytes: endOf(plain).bytes(), source: "c" } }));
    for (const other of others) await expect(train(other).next()).rejects.toMatchObject({ code: "CHECKPOINT_MISMATCH" });
  });

  test("starts from the weights of another pipeline", async () => {
    const { model } = endOf(await trainEvents(input()));
    const init = { lexicon: model.description.lexicon, weights: readWeights(model.store), source: "m" };
    const still = { name: "sgd", rate: 1e-12 };
    const next = endOf(await trainEvents(input({ optimizer: still, training: { epochs: 1 }, parts: undefined }, { init })));
    const examples = sentences.map((sentence) => model.encoder.encode(sentence));
    const options = { threshold: 0.4 };
    expect(new Predictor(next.model).predict(examples, options)).toEqual(new Predictor(model).predict(examples, options));
  });

  test("a classifier that also learns from predicted entities gets more sentences", async () => {
    const starts = async (entities: string): Promise<number[]> =>
      (await trainEvents(input({ model: { name: "pipeline", tagger, classifier, entities } }))).flatMap((event) =>
        event.kind === "start" ? [event.train] : [],
      );
    expect(await starts("gold")).toEqual([8, 8]);
    const [first, second] = await starts("predicted-and-gold");
    expect(first).toBe(8);
    // After three epochs the tagger still errs somewhere.
    expect(second).toBeGreaterThan(8);
    expect(second).toBeLessThanOrEqual(16);
  });
});

test("word vectors that do not fit a part's table are refused, and the hint names the part", async () => {
  const vectors = vectorsOf(["Oslo"], 6);
  const wide = { name: "pipeline", tagger, classifier: { ...classifier, inputs: { words: { size: 9 } } } };
  await expect(trainEvents(input({ model: wide }, { vectors }))).rejects.toMatchObject({
    code: "VECTORS_INVALID",
    hint: "set model.classifier.inputs.words.size to 6",
  });
});

test("both parts know every word of the vectors, of which they share one copy", async () => {
  const vectors = vectorsOf(["Oslo", "Reykjavik"], 6);
  const both = { name: "pipeline", tagger, classifier };
  const width = { inputs: { words: { size: 6 } } };
  const sized = { ...both, tagger: { ...tagger, ...width }, classifier: { ...classifier, ...width } };
  const { model } = endOf(await trainEvents(input({ model: sized }, { vectors })));
  const { words } = model.description.lexicon;
  expect(words.vectors).toBe(vectors);
  const tables = model.store.layout.filter(({ name }) => name.endsWith("/word/weight"));
  expect(tables.map(({ rows }) => rows)).toEqual([words.size, words.size]);
  expect(words.indexOf("Reykjavik")).toBeGreaterThanOrEqual(words.size);
});

test("sections for parts of a model without parts, or one protocol for all parts, are refused", async () => {
  const first = (settings: object): Promise<unknown> => train(input(settings)).next();
  await expect(first({ model: tagger })).rejects.toMatchObject({ code: "SETTING_INVALID", at: { path: "parts" } });
  await expect(first({ training: { select: "strict" } })).rejects.toMatchObject({ at: { path: "training.select" } });
});

test("a pipeline defaults to a tagger and a classifier of given pairs, which cannot be swapped", () => {
  const data = { train: "a", dev: "b" };
  const { model } = parseConfig({ data, model: { name: "pipeline" } });
  expect(model).toMatchObject({
    tagger: { name: "bilstm-tagger" },
    classifier: { name: "bio-mtl", windows: [4, 5, 6, 7, 8, 9, 10] },
  });
  for (const wrong of [
    { tagger: { name: "pcnn" } },
    { classifier: { name: "rin" } },
    { tagger: { name: "pipeline" } },
    { tagger: { name: "rin", filters: 3 } },
  ]) {
    expect(trainConfigSchema().safeParse({ data, model: { name: "pipeline", ...wrong } }).success).toBe(false);
  }
});
