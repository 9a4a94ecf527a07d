import { beforeAll, expect, test } from "vitest";
import { type Document, inReadingUnits, type Sentence, sentencesOf } from "../schema/index.ts";
import { documentFromText } from "../text/index.ts";
import { type EndEvent, parseConfig, train } from "../training/index.ts";
import type { BuiltModel } from "./built-model.ts";
import { extract } from "./extract.ts";
import { packModel, unpackModel } from "./model-files.ts";

const people = ["Ada", "Bob", "Carol", "Dan"];
const cities = ["Oslo", "Rome", "Paris", "Lima"];
/** Documents whose only relation joins two sentences. */
const documents = people.map((person, k): Document => {
  const city = cities[k] ?? "";
  const read = documentFromText(person, `${person} works here. The office is in ${city}. It rains.`);
  const entity = (word: string, type: string): Document["entities"][number] => {
    const start = read.tokens.findIndex(({ text }) => text === word);
    return { start, end: start + 1, type };
  };
  const entities = [entity(person, "PER"), entity(city, "LOC")];
  return { ...read, entities, relations: [{ head: 0, tail: 1, type: "lives_in" }] };
});

const reading = { unit: "document", tokens: 32 } as const;

async function learn(sentences: readonly Sentence[], more: object): Promise<BuiltModel> {
  const config = parseConfig({
    data: { train: "train", dev: "dev" },
    model: { name: "rin", rounds: 1, inputs: { words: { size: 8 } }, hiddenSize: 8 },
    optimizer: { rate: 0.02 },
    training: { epochs: 80, batch: 4, evaluateEvery: 4 },
    ...more,
  });
  let end: EndEvent | undefined;
  for await (const event of train({ config, train: sentences, dev: sentences, engine: { build: "baseline" } })) {
    if (event.kind === "end") end = event;
  }
  if (end === undefined) throw new Error("training ended without an end event");
  return end.model;
}

async function found(model: BuiltModel, options: object = {}): Promise<Document[]> {
  const all: Document[] = [];
  for await (const document of extract(model, documents, options)) all.push(document);
  return all;
}

let model: BuiltModel;
beforeAll(async () => {
  model = await learn(
    documents.flatMap((document) => sentencesOf(inReadingUnits(document, reading)).sentences),
    { reading },
  );
});

test("a model that reads documents finds relations between their sentences", async () => {
  expect(model.description.reading).toEqual(reading);
  const all = await found(model);
  for (const [k, { relations, entities, sentences }] of all.entries()) {
    expect(relations.map(({ head, tail, type }) => ({ head, tail, type }))).toEqual(documents[k]?.relations);
    expect(entities.map(({ start, end, type }) => ({ start, end, type }))).toEqual(documents[k]?.entities);
    expect(sentences).toEqual(documents[k]?.sentences);
  }
});

test("the model's files say what it reads", async () => {
  const files = packModel(model);
  const loaded = unpackModel(files, "m", { build: "baseline" });
  expect(packModel(loaded)).toEqual(files);
  expect(await found(loaded)).toEqual(await found(model));
});

test("a unit longer than the window is read in windows", async () => {
  const long: { tokens: number; windows: number; sentence: number }[] = [];
  await found(model, { window: 6, onLongSentence: (each: (typeof long)[number]) => long.push(each) });
  expect(long.map(({ sentence, tokens }) => [sentence, tokens])).toEqual(documents.map(({ tokens }) => [0, tokens.length]));
});

test("a model that reads sentences still reads every sentence alone", async () => {
  const cut = documents.flatMap((document) => sentencesOf(document).sentences);
  expect(cut.flatMap(({ relations }) => relations)).toEqual([]);
  const alone = await learn(cut, {});
  expect(alone.description.reading).toBeUndefined();
  expect(JSON.parse(new TextDecoder().decode(packModel(alone)["config.json"]))).not.toHaveProperty("reading");
  expect((await found(alone)).flatMap(({ relations }) => relations)).toEqual([]);
});
