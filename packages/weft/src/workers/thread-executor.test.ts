import { type BuiltModel, buildLexicon, buildModel, type Executor, lexiconSettings, models, type Sentence } from "@weft/core";
import { Random } from "@weft/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { threadExecutor } from "./thread-executor.ts";

const words = ["Ada", "joined", "Acme", "in", "Oslo", "today"];
const random = Random.of(4711);
const sentences: Sentence[] = Array.from({ length: 40 }, (_, index) => {
  const tokens = Array.from({ length: 1 + random.integer(9) }, () => words[random.integer(words.length)] ?? "");
  const entities = [{ start: 0, end: 1, type: "T" }, ...(tokens.length > 2 ? [{ start: 2, end: tokens.length, type: "U" }] : [])];
  const relations = entities.length > 1 ? [{ head: 0, tail: 1, type: "r" }] : [];
  return { id: `${index}`, tokens, entities, relations };
});

let built: BuiltModel;
const executors: Executor[] = [];
beforeAll(async () => {
  const settings = models.rin.settings.parse({ rounds: 2, wordSize: 6, hiddenSize: 5, inputDropout: 0.3, wordDropout: 0.2 });
  const lexicon = buildLexicon(sentences, lexiconSettings.parse({}));
  built = buildModel({ name: "rin", settings, lexicon, threshold: 0.5 }, { build: "baseline", shared: true });
  for (const threads of [1, 2, 3]) executors.push(await threadExecutor(built, threads));
});
afterAll(async () => void (await Promise.all(executors.map((executor) => executor.close()))));

test("predictions come in the order of the sentences, the same from any number of threads", async () => {
  const examples = sentences.map((sentence) => built.encoder.encode(sentence));
  const [local, ...others] = await Promise.all(executors.map((executor) => executor.predict(examples, { threshold: 0.3 })));
  expect(local?.map(({ tags }) => tags?.length)).toEqual(sentences.map(({ tokens }) => tokens.length));
  for (const other of others) expect(other).toEqual(local);
  expect(await executors[1]?.predict([], { threshold: 0.3 })).toEqual([]);
});

test("gradients are the same bits from any number of threads, and come in the order of the chunks", async () => {
  const { engine, store } = built;
  engine.refreshTransposed(store);
  const found = [];
  for (const [step, executor] of executors.entries()) {
    const tasks = Array.from({ length: 8 }, (_, k) => ({
      step,
      dense: engine.heap.allocate(store.denseSize * 4),
      examples: sentences.slice(5 * k, 5 * k + 5).map((sentence) => built.encoder.encode(sentence)),
      factor: 1 / 40,
      batch: { sentences: 40, tokens: sentences.reduce((sum, { tokens }) => sum + tokens.length, 0) },
      objective: { name: "likelihood" } as const,
      epoch: 1,
      seed: 100 + k,
    }));
    const results = await executor.gradients(tasks);
    expect(results.map(({ dense }) => dense)).toEqual(tasks.map(({ dense }) => dense));
    found.push(
      results.map(({ losses, dense, tables }) => ({
        losses,
        dense: engine.heap.floats(dense, store.denseSize).slice(),
        tables: tables.map(({ parameter, ids, at }) => ({
          name: parameter.name,
          ids,
          rows: engine.heap.floats(at, ids.length * parameter.stride).slice(),
        })),
      })),
    );
  }
  expect(found[0]?.some(({ dense }) => dense.some((value) => value !== 0))).toBe(true);
  expect(found[1]).toEqual(found[0]);
  expect(found[2]).toEqual(found[0]);
});

test("what goes wrong in a thread goes wrong where it was asked for", async () => {
  const broken = { length: 3 };
  for (const executor of executors) {
    await expect(executor.predict([broken], { threshold: 0.5 })).rejects.toThrow("undefined");
  }
  const example = built.encoder.encode(sentences[0] as Sentence);
  for (const executor of executors) expect((await executor.predict([example], { threshold: 0.5 })).length).toBe(1);
});

test("a thread that dies is an error for every job after it, never a wait without end", async () => {
  const { description } = built;
  const broken: BuiltModel = {
    ...built,
    description: { ...description, lexicon: { ...description.lexicon, scheme: "none" as never } },
  };
  const executor = await threadExecutor(broken, 2);
  const example = built.encoder.encode(sentences[0] as Sentence);
  for (let time = 0; time < 2; time++) {
    await expect(executor.predict([example], { threshold: 0.5 })).rejects.toThrow("expected bio, bioes or bilou");
  }
  await executor.close();
});
