import { setImmediate as nextTurn } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import type { Sentence } from "@weft-nlp/core";
import { type BuiltModel, buildModel, predictionChunks } from "@weft-nlp/core/inference";
import { models } from "@weft-nlp/core/models";
import type { Executor } from "@weft-nlp/core/training";
import { buildLexicon, lexiconSettings } from "@weft-nlp/core/vocabulary";
import { Random } from "@weft-nlp/tensor";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { watchThreads } from "../testing/watch-threads.ts";
import { type ThreadExecutor, type ThreadOptions, threadExecutor } from "./thread-executor.ts";
import { maxDeathsInARow } from "./worker-pool.ts";

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
  const settings = models.get("rin").settings.parse({
    rounds: 2,
    inputs: { words: { size: 6 } },
    hiddenSize: 5,
    inputDropout: 0.3,
    wordDropout: 0.2,
  });
  const lexicon = buildLexicon(sentences, lexiconSettings.parse({}));
  built = buildModel({ name: "rin", settings, lexicon, threshold: 0.5 }, { build: "baseline", shared: true });
  for (const threads of [1, 2, 3]) executors.push(await threadExecutor(built, threads));
});
const watch = watchThreads();
afterAll(() => watch.stop());
afterEach(() => void (watch.onStart = () => undefined));
afterAll(async () => void (await Promise.all(executors.map((executor) => executor.close()))));

test("predictions come in the order of the sentences, the same with any number of threads", async () => {
  const examples = sentences.map((sentence) => built.encoder.encode(sentence));
  const [local, ...others] = await Promise.all(executors.map((executor) => executor.predict(examples, { threshold: 0.3 })));
  expect(local?.map(({ tags }) => tags?.length)).toEqual(sentences.map(({ tokens }) => tokens.length));
  for (const other of others) expect(other).toEqual(local);
  expect(await executors[1]?.predict([], { threshold: 0.3 })).toEqual([]);
});

test("gradients have the same bits with any number of threads, and come in the order of the chunks", async () => {
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

test("an error in a thread rejects the call that caused it", async () => {
  const broken = { length: 3 };
  for (const executor of executors) {
    await expect(executor.predict([broken], { threshold: 0.5 })).rejects.toThrow("undefined");
  }
  const example = built.encoder.encode(sentences[0] as Sentence);
  for (const executor of executors) expect((await executor.predict([example], { threshold: 0.5 })).length).toBe(1);
});

const kill = (thread: Worker): void => void thread.terminate();

/** An executor and the threads it started. */
async function started(count: number, options: ThreadOptions = {}): Promise<[executor: ThreadExecutor, threads: Worker[]]> {
  const before = watch.started.length;
  const executor = await threadExecutor(built, count, { background: true, ...options });
  await nextTurn();
  return [executor, watch.started.slice(before)];
}

test("on demand, a few sentences start no thread, and more start no more threads than chunks", async () => {
  const before = watch.started.length;
  const executor = await threadExecutor(built, 9, { onDemand: true });
  const examples = sentences.map((sentence) => built.encoder.encode(sentence));
  const few = examples.slice(0, 8);
  expect(await executor.predict(few, { threshold: 0.3 })).toEqual(await executors[0]?.predict(few, { threshold: 0.3 }));
  expect(watch.started.length).toBe(before);
  const many = Array.from({ length: 6 }, () => examples).flat();
  expect(await executor.predict(many, { threshold: 0.3 })).toEqual(await executors[0]?.predict(many, { threshold: 0.3 }));
  expect(watch.started.length - before).toBe(Math.min(9, predictionChunks(many, 9).length));
  await executor.close();
});

test("a thread that cannot start fails every job instead of hanging, and is not restarted endlessly", async () => {
  const { description } = built;
  const broken: BuiltModel = {
    ...built,
    description: { ...description, lexicon: { ...description.lexicon, scheme: "none" as never } },
  };
  const before = watch.started.length;
  const executor = await threadExecutor(broken, 2);
  const example = built.encoder.encode(sentences[0] as Sentence);
  await expect(executor.predict([example], { threshold: 0.5 })).rejects.toThrow("expected bio, bioes or bilou");
  await expect.poll(() => executor.failure).toMatchObject({ code: "WORKERS_BROKEN" });
  await expect(executor.predict([example], { threshold: 0.5 })).rejects.toThrow("expected bio, bioes or bilou");
  await executor.close();
  expect(watch.started.length - before).toBeLessThanOrEqual(maxDeathsInARow + 2);
});

test("the predictions of a thread that ends move to another one, and callers do not notice", async () => {
  const examples = sentences.map((sentence) => built.encoder.encode(sentence));
  const expected = await executors[0]?.predict(examples, { threshold: 0.3 });
  const deaths: unknown[] = [];
  const [executor, victims] = await started(2, { onDeath: (cause) => deaths.push(cause) });
  expect(await executor.predict(examples, { threshold: 0.3 })).toEqual(expected);
  for (const victim of victims) {
    const found = executor.predict(examples, { threshold: 0.3 });
    kill(victim);
    expect(await found).toEqual(expected);
  }
  await expect.poll(() => deaths.length).toBe(2);
  expect(executor.failure).toBeUndefined();
  expect(await executor.predict(examples, { threshold: 0.3 })).toEqual(expected);
  await executor.close();
});

test("a thread works in the memory that the one before it left", async () => {
  const examples = sentences.map((sentence) => built.encoder.encode(sentence));
  const deaths: unknown[] = [];
  const [executor] = await started(1, { onDeath: (cause) => deaths.push(cause) });
  const { heap } = built.engine;
  const expected = await executor.predict(examples, { threshold: 0.3 });
  const end = heap.allocate(0);
  for (let time = 1; time <= 4; time++) {
    kill(watch.started.at(-1) as Worker);
    await expect.poll(() => deaths.length).toBe(time);
    expect(await executor.predict(examples, { threshold: 0.3 })).toEqual(expected);
    expect(heap.allocate(0)).toBe(end);
  }
  await executor.close();
});

test("a prediction that ends two threads fails, those behind it do not, and the next one is answered", async () => {
  let left = 2;
  watch.onStart = (thread) => void (left-- > 0 && kill(thread));
  const executor = await threadExecutor(built, 1, { background: true });
  const [first, second] = sentences.map((sentence) => [built.encoder.encode(sentence)]) as [never, never];
  const outcomes = await Promise.allSettled([first, second].map(async (some) => executor.predict(some, { threshold: 0.5 })));
  expect(outcomes).toMatchObject([{ status: "rejected", reason: { code: "WORKER_LOST" } }, { status: "fulfilled" }]);
  expect((await executor.predict(first, { threshold: 0.5 })).length).toBe(1);
  await executor.close();
});

test("a gradient whose thread ended is an error and is not computed again", async () => {
  const { engine, store } = built;
  const tasks = (step: number) =>
    Array.from({ length: 8 }, (_, k) => ({
      step,
      dense: engine.heap.allocate(store.denseSize * 4),
      examples: sentences.slice(5 * k, 5 * k + 5).map((sentence) => built.encoder.encode(sentence)),
      factor: 1 / 40,
      batch: { sentences: 40, tokens: 200 },
      objective: { name: "likelihood" } as const,
      epoch: 1,
      seed: 100 + k,
    }));
  const [executor, [victim]] = await started(1);
  const lost = tasks(10);
  for (const { dense } of lost) engine.heap.floats(dense, store.denseSize).fill(7);
  const step = executor.gradients(lost);
  kill(victim as Worker);
  await expect(step).rejects.toMatchObject({ code: "WORKER_LOST" });
  // The first two belonged to the thread; whatever their result, no other thread touched them.
  await executor.predict([built.encoder.encode(sentences[0] as Sentence)], { threshold: 0.5 });
  expect(engine.heap.floats(lost[0]?.dense ?? 0, store.denseSize).every((value) => value === 7)).toBe(true);
  const [again, alone] = [tasks(11), tasks(11)];
  await executor.gradients(again);
  await executors[0]?.gradients(alone);
  for (const [k, { dense }] of again.entries()) {
    const own = engine.heap.floats(dense, store.denseSize).slice();
    expect(own).toEqual(engine.heap.floats(alone[k]?.dense ?? 0, store.denseSize).slice());
  }
  await executor.close();
});

test("threads that keep ending are not restarted endlessly; their jobs and later ones are refused", async () => {
  const deaths: unknown[] = [];
  watch.onStart = kill;
  const executor = await threadExecutor(built, 3, { onDeath: (cause) => deaths.push(cause) });
  const example = built.encoder.encode(sentences[0] as Sentence);
  await expect(executor.predict([example], { threshold: 0.5 })).rejects.toMatchObject({ code: expect.stringMatching(/^WORKER/) });
  await expect.poll(() => executor.failure).toMatchObject({ code: "WORKERS_BROKEN" });
  const before = watch.started.length;
  await expect(executor.predict([example], { threshold: 0.5 })).rejects.toMatchObject({ code: "WORKERS_BROKEN" });
  await expect.poll(() => deaths.length).toBe(maxDeathsInARow + 2);
  expect(watch.started.length).toBe(before);
  await executor.close();
});

test("jobs that wait when the threads are ended, and later ones, fail instead of hanging", async () => {
  const [executor] = await started(2);
  const examples = sentences.map((sentence) => built.encoder.encode(sentence));
  const under = executor.predict(examples, { threshold: 0.5 });
  await Promise.all([expect(under).rejects.toMatchObject({ code: "WORKER_LOST" }), executor.close()]);
  await expect(executor.predict(examples, { threshold: 0.5 })).rejects.toMatchObject({ code: "WORKER_LOST" });
});
