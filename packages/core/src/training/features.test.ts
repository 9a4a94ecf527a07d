import { expect, test } from "vitest";
import { packModel } from "../inference/index.ts";
import { eightSentences, sentence, withLastRelations } from "../testing/example-sentences.ts";
import { openTinyEncoder } from "../testing/tiny-encoder.ts";
import { trainEvents } from "../testing/train-events.ts";
import { parseConfig } from "./config.ts";
import type { EndEvent, TrainEvent } from "./events.ts";
import { type ExecutorFactory, localExecutor } from "./executor.ts";
import type { FeatureGroup, FeatureStore, FeaturesEvent } from "./features.ts";
import { fingerprint } from "./fingerprint.ts";
import { train } from "./train.ts";
import type { TrainInput } from "./train-input.ts";

const encoder = await openTinyEncoder();
const long = sentence("long", Array.from({ length: 60 }, (_, k) => `word${k}`).join(" "));
const sentences = [...withLastRelations(eightSentences), long];

function input(encoderSettings: object = {}, more: Partial<TrainInput> & { model?: object } = {}): TrainInput {
  const { model, ...rest } = more;
  const inputs = { words: { size: 4 }, encoder: { name: "tiny", ...encoderSettings } };
  const config = parseConfig({
    data: { train: "train.jsonl", dev: "dev.jsonl" },
    model: model ?? { name: "rin", rounds: 1, inputs, hiddenSize: 3 },
    training: { epochs: 2, batch: 3, chunk: 2 },
  });
  return { config, train: sentences, dev: sentences.slice(0, 3), engine: { build: "baseline", encoders: [encoder] }, ...rest };
}

const weightsOf = (events: readonly TrainEvent[]): Uint8Array =>
  packModel((events.at(-1) as EndEvent).model)["model.safetensors"];
const lastFeatures = (events: readonly TrainEvent[]): FeaturesEvent | undefined =>
  events.findLast((event) => event.kind === "features");

/** Features in memory, of all groups. */
class MemoryStore implements FeatureStore {
  readonly kept = new Map<string, Uint16Array>();
  readonly groups: FeatureGroup[] = [];

  async read(group: FeatureGroup, all: readonly (readonly string[])[]): Promise<(Uint16Array | undefined)[]> {
    this.groups.push(group);
    return all.map((words) => this.kept.get(words.join(" ")));
  }

  async write(_: FeatureGroup, all: readonly (readonly string[])[], features: readonly Uint16Array[]): Promise<void> {
    for (const [k, words] of all.entries()) this.kept.set(words.join(" "), features[k] as Uint16Array);
  }
}

test("features are computed once, and give the same weights when kept, recomputed in every step, or resumed", async () => {
  let computed = 0;
  const counting: ExecutorFactory<EndEvent["model"]> = async (built) => {
    const local = await localExecutor(built);
    return {
      ...local,
      features: async (part, all) => {
        computed += all.length;
        return local.features(part, all);
      },
    };
  };
  const store = new MemoryStore();
  const first = await trainEvents(input({}, { executor: counting, features: { store } }));
  expect(computed).toBe(sentences.length);
  expect(lastFeatures(first)).toMatchObject({ done: 9, total: 9, kept: 0, left: 0 });
  const { layers, width } = encoder.shape;
  expect(store.groups[0]).toMatchObject({
    checksum: encoder.checksum,
    pieces: "mean",
    layers: "mix",
    size: (layers + 1) * width,
  });
  const again = await trainEvents(input({}, { executor: counting, features: { store } }));
  expect(computed).toBe(sentences.length);
  expect(lastFeatures(again)).toMatchObject({ kept: 9 });
  const without = await trainEvents(input({}, { features: { maxBytes: 0 } }));
  expect(lastFeatures(without)).toMatchObject({ done: 0, left: 9, bytes: 0 });
  for (const events of [again, without]) expect(weightsOf(events)).toEqual(weightsOf(first));
  let bytes: Uint8Array | undefined;
  for await (const event of train(input())) {
    if (event.kind !== "checkpoint") continue;
    bytes = event.bytes();
    break;
  }
  const resumed = await trainEvents(
    input({}, { resume: { bytes: bytes as Uint8Array, source: "checkpoint" }, features: { store } }),
  );
  expect(weightsOf(resumed)).toEqual(weightsOf(first));
});

test("what is read of the encoder changes the weights", async () => {
  const usual = weightsOf(await trainEvents(input()));
  for (const changed of [{ pieces: "first" }, { layers: "last" }, { dropout: 0.1 }]) {
    expect(weightsOf(await trainEvents(input(changed)))).not.toEqual(usual);
  }
});

test("each part of a pipeline reads its own encoder, and its events name the part", async () => {
  const part = (name: string) => ({ name, inputs: { words: { size: 4 }, encoder: { name: "tiny" } } });
  const model = { name: "pipeline", tagger: part("bilstm-tagger"), classifier: { ...part("pcnn"), filters: 4 } };
  const store = new MemoryStore();
  const events = await trainEvents(input({}, { model, features: { store } }));
  const seen = events.filter((event) => event.kind === "features");
  expect(seen.map(({ part: name, kept }) => [name, kept])).toEqual([
    ["tagger", 0],
    ["classifier", 9],
  ]);
});

test("the encoder's path does not belong to what a checkpoint fits, its checksum does", () => {
  const mark = (settings: object): string => fingerprint(input({ name: undefined, ...settings }).config, sentences, []);
  const checksum = "a".repeat(64);
  expect(mark({ path: "/one", checksum })).toBe(mark({ path: "/two", checksum }));
  expect(mark({ path: "/one", checksum })).not.toBe(mark({ path: "/one", checksum: "b".repeat(64) }));
});

test.each<[string, unknown, string]>([
  ["on", "on", "model.inputs.encoder"],
  ["nothing", {}, "expected either name or path of an encoder"],
  ["both", { name: "a", path: "b" }, "expected either name or path of an encoder"],
  ["a wrong checksum", { name: "a", checksum: "A" }, "expected text that matches"],
])("settings that give %s are refused", (_, settings, words) => {
  const data = { train: "a", dev: "b" };
  expect(() => parseConfig({ data, model: { name: "rin", inputs: { encoder: settings } } })).toThrow(words);
});
