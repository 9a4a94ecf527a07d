import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineInput, numbersOf, type PartNetwork, SentenceReader, tablePart } from "../encoders/index.ts";
import { detectFormats, documentFromWords, type InputFormat, inputFormats, outputFormats, readLines } from "../formats/index.ts";
import { evaluate, joinKey, matchRelations, protocols, spanKey } from "../metrics/index.ts";
import { models } from "../models/index.ts";
import { defineObjective, objectives } from "../objectives/index.ts";
import { eightSentences } from "../testing/example-sentences.ts";
import { parseConfig, train, trainConfigSchema } from "../training/index.ts";
import { registry } from "./index.ts";

const data = { train: "a.jsonl", dev: "b.jsonl" };
/** The values that the JSON Schema of the configuration offers, as text. */
const offered = (): string => JSON.stringify(z.toJSONSchema(trainConfigSchema(), { io: "input", unrepresentable: "any" }));

/** One of our models under another name. */
const ownModel = { ...models.get("bilstm-tagger"), name: "own-tagger" };
const ownInput = defineInput<{ readonly size: number }>({
  name: "firstWord",
  summary: "whether the word begins the sentence",
  settings: ({ size = 2 }) => z.strictObject({ size: z.int().min(1).default(size) }),
  reader:
    () =>
    ({ tokens }) => ({ ids: Int32Array.from(tokens, (_, index) => (index === 0 ? 1 : 0)) }),
  build: ({ size }, { scope, initial }): PartNetwork =>
    tablePart("first-word", scope.child("first-word").table("weight", 2, size, initial)),
});
/** The likelihood, whose gradient grows to its full size in the first epochs. */
const ownObjective = defineObjective({
  name: "own-slow-start",
  settings: z.strictObject({ epochs: z.int().min(1).default(5) }),
  bind: (model, { epochs }) => ({
    loss: (tape, examples, { epoch = 1, ...options }) =>
      model.loss(tape, examples, { ...options, epoch, factor: options.factor * Math.min(1, epoch / epochs) }),
  }),
});
const ownProtocol = {
  name: "own-any-type",
  unit: "relations",
  directed: true,
  words: "A relation is right when both argument spans are right; its type is not looked at.",
  match: matchRelations(({ head, tail }) => joinKey(spanKey(head), spanKey(tail))),
} as const;
const ownFormat: InputFormat = {
  ...{ name: "own-words", title: "Words in lines", extensions: [".own"], holds: inputFormats.get("conll").holds },
  recognises: (beginning) => beginning.startsWith("#own"),
  async *read(chunks, { source } = {}) {
    for await (const { text, number } of readLines(chunks, source)) {
      if (text.startsWith("#")) continue;
      yield { kind: "document", document: documentFromWords(`${number}`, [text.split(" ")]), at: { source, line: number } };
    }
  },
};

describe("what is registered is a choice like ours", () => {
  const before = offered();
  beforeAll(() => {
    registry.model(ownModel);
    registry.input(ownInput);
    registry.objective(ownObjective);
    registry.protocol(ownProtocol);
    registry.format(ownFormat);
  });

  test("a model, in the configuration and in a pipeline", () => {
    expect(before).not.toContain("own-tagger");
    expect(offered()).toContain("own-tagger");
    expect(parseConfig({ data, model: { name: "own-tagger" } }).model).toMatchObject({ name: "own-tagger", hiddenSize: 64 });
    const pipeline = parseConfig({ data, model: { name: "pipeline", tagger: { name: "own-tagger" } } });
    expect(pipeline.model["tagger"]).toMatchObject({ name: "own-tagger" });
  });

  test("an input, of every model, with its columns beside those of others", async () => {
    expect(parseConfig({ data, model: { name: "rin" } }).model["inputs"]).toMatchObject({ firstWord: false });
    const { model } = parseConfig({ data, model: { name: "rin", inputs: { firstWord: "on" } } });
    expect(model["inputs"]).toMatchObject({ words: { size: 100 }, firstWord: { size: 2 } });
    const end = await trained({ model: { name: "own-tagger", hiddenSize: 4, inputs: { words: { size: 4 }, firstWord: "on" } } });
    expect(end.model.store.layout.map(({ name }) => name)).toContain("bilstm-tagger/first-word/weight");
    const reader = new SentenceReader({ firstWord: { size: 2 } }, end.model.description.lexicon);
    const { firstWord = {} } = reader.read({ id: "1", tokens: ["a", "b"], entities: [], relations: [] }).inputs;
    expect([...numbersOf(firstWord, "ids")]).toEqual([1, 0]);
  });

  test("an objective, with its own settings", async () => {
    expect(parseConfig({ data, model: { name: "rin" }, objective: { name: "own-slow-start" } }).objective).toEqual({
      name: "own-slow-start",
      epochs: 5,
    });
    const model = { name: "own-tagger", hiddenSize: 4, inputs: { words: { size: 4 } } };
    const weights = async (objective: object): Promise<unknown> => {
      const { store } = (await trained({ model, objective })).model;
      return store.layout.map((parameter) => [...store.read(parameter)]);
    };
    expect(await weights({ name: "own-slow-start", epochs: 1 })).toEqual(await weights({ name: "likelihood" }));
    expect(await weights({ name: "own-slow-start", epochs: 50 })).not.toEqual(await weights({ name: "likelihood" }));
  });

  test("a protocol, for scores and for the choice of the epoch", () => {
    const { training } = parseConfig({ data, model: { name: "rin" }, training: { select: "own-any-type" } });
    expect(training.select).toBe("own-any-type");
    const predicted = eightSentences.map((sentence) => ({
      ...sentence,
      relations: sentence.relations.map((relation) => ({ ...relation, type: "other" })),
    }));
    const { protocols: scores } = evaluate(eightSentences, predicted, { protocols: ["own-any-type", "boundaries"] });
    expect(scores["own-any-type"]?.micro.f1).toBe(1);
    expect(scores["boundaries"]?.micro.f1).toBe(0);
  });

  test("a format, detected and read; one that only reads is not offered for writing", () => {
    expect(detectFormats("a.own", "#own\nAda\n").map(({ name }) => name)).toEqual(["own-words"]);
    expect(inputFormats.names).toContain("own-words");
    expect(outputFormats.names).not.toContain("own-words");
  });

  test("registering again changes nothing, and another thing of the same name is refused", () => {
    const sizes = [models, objectives, protocols, inputFormats].map(({ size }) => size);
    expect(registry.model(ownModel)).toBe(ownModel);
    registry.format(ownFormat);
    const refused = (kind: string, name: string): object => ({
      code: "SETTING_INVALID",
      summary: `a ${kind} called ${name} is already registered`,
    });
    const failure = (register: () => unknown): unknown => {
      try {
        return register();
      } catch (error) {
        return error;
      }
    };
    expect(failure(() => registry.model({ ...ownModel, name: "rin" }))).toMatchObject(refused("model", "rin"));
    expect(failure(() => registry.objective({ ...ownObjective, name: "mrt" }))).toMatchObject(refused("objective", "mrt"));
    expect(failure(() => registry.protocol({ ...ownProtocol }))).toMatchObject(refused("protocol", "own-any-type"));
    expect(failure(() => registry.input({ ...ownInput, name: "words" }))).toMatchObject(refused("input", "words"));
    expect(failure(() => registry.format({ ...ownFormat, name: "brat" }))).toMatchObject(refused("format", "brat"));
    expect([models, objectives, protocols, inputFormats].map(({ size }) => size)).toEqual(sizes);
  });
});

async function trained(settings: object) {
  const config = parseConfig({ data, training: { epochs: 2, batch: 4 }, ...settings });
  for await (const event of train({ config, train: eightSentences, dev: eightSentences, engine: { build: "baseline" } })) {
    if (event.kind === "end") return event;
  }
  throw new Error("training ended without saying so");
}
