import { getEventListeners, setMaxListeners } from "node:events";
import type { Example } from "@weft-nlp/core/encoders";
import type { Predict } from "@weft-nlp/core/inference";
import type { Prediction } from "@weft-nlp/core/metrics";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RequestError } from "../errors.ts";
import { Batcher, type BatchLimits } from "./batcher.ts";

// The clock jumps to the next timer when nothing else is left to do, so no machine is too slow for
// these tests.
beforeEach(
  () => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }).setTimerTickMode("nextTimerAsync"),
);
afterEach(() => void vi.useRealTimers());

/**
 * Stands in for a network: predicts the length of each sentence, at so many milliseconds a batch.
 */
function slowly(ms: number): { predict: Predict; batches: number[][]; free: () => void } {
  const batches: number[][] = [];
  const waiting: (() => void)[] = [];
  const predict: Predict = async (examples) => {
    batches.push(examples.map(({ length }) => length));
    await new Promise<void>((resolve) => {
      if (ms < Number.POSITIVE_INFINITY) setTimeout(resolve, ms);
      else waiting.push(resolve);
    });
    if (examples.some(({ length }) => length === 13)) throw new Error("a sentence that cannot be read");
    return examples.map(({ length }) => said(length));
  };
  return { predict, batches, free: () => waiting.splice(0).forEach((resolve) => resolve()) };
}

const said = (length: number): Prediction => ({ entities: [{ start: 0, end: length, type: "X" }], relations: [] });
const lengths = (found: readonly Prediction[]): number[] => found.map(({ entities }) => entities[0]?.end ?? 0);
const sentences = (...lengths: number[]): Example[] => lengths.map((length) => ({ length }));
const limits: BatchLimits = { queueSentences: 100, batchSentences: 4, batchWaitMs: 5 };
/** Batches until the pace is known. */
const warm = 5;
const how = { threshold: 0.5 };
const soon = (ms = 10_000): { deadline: number } => ({ deadline: performance.now() + ms });

test("every request gets the predictions of its own sentences, in their order", async () => {
  const { predict, batches } = slowly(1);
  const batcher = new Batcher(predict, 1, limits);
  const requests = Array.from({ length: 20 }, (_, index) =>
    Array.from({ length: 1 + (index % 6) }, (_, k) => 100 * (index + 1) + k),
  );
  const found = await Promise.all(requests.map(async (request) => batcher.predict(sentences(...request), how, soon())));
  expect(found.map(lengths)).toEqual(requests);
  expect(Math.max(...batches.map(({ length }) => length))).toBe(4);
  expect(batches.flat().toSorted((a, b) => a - b)).toEqual(requests.flat());
  expect(batcher.waiting).toBe(0);
  expect(await batcher.predict([], how, soon())).toEqual([]);
});

test("a lone sentence does not wait for others", async () => {
  const { predict } = slowly(0);
  const batcher = new Batcher(predict, 1, { ...limits, batchWaitMs: 60_000 });
  expect(await batcher.predict(sentences(3), how, soon())).toHaveLength(1);
});

test("waiting sentences are divided among the idle workers", async () => {
  const { predict, batches } = slowly(20);
  const batcher = new Batcher(predict, 3, { ...limits, batchSentences: 32, batchWaitMs: 60_000 });
  await Promise.all([1, 2, 3, 4, 5, 6, 7].map(async (k) => batcher.predict(sentences(k), how, soon())));
  expect(batches).toEqual([
    [1, 2, 3],
    [4, 5],
    [6, 7],
  ]);
});

test("requests that ask for different thresholds never share a batch", async () => {
  const seen: [number, number[]][] = [];
  const predict: Predict = async (examples, { threshold }) => {
    seen.push([threshold as number, examples.map(({ length }) => length)]);
    return examples.map(({ length }) => said(length));
  };
  const batcher = new Batcher(predict, 1, limits);
  await Promise.all([1, 2, 3, 4, 5, 6].map(async (k) => batcher.predict(sentences(k), { threshold: k % 2 }, soon())));
  for (const [threshold, batch] of seen) expect(new Set(batch.map((k) => k % 2))).toEqual(new Set([threshold]));
});

test("a long request and those behind it take turns", async () => {
  vi.useRealTimers();
  const { predict, batches } = slowly(1);
  const batcher = new Batcher(predict, 1, { ...limits, batchSentences: 16, batchWaitMs: 0 });
  await Promise.all([
    batcher.predict(sentences(...Array.from({ length: 64 }, () => 1)), how, soon()),
    batcher.predict(sentences(2, 2), how, soon()),
  ]);
  expect(batches[0]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 1, 1, 1, 1, 1, 1]);
});

test("one unreadable sentence does not fail the others in its batch", async () => {
  const { predict } = slowly(0);
  const batcher = new Batcher(predict, 1, limits);
  const outcomes = await Promise.allSettled([5, 13, 7].map(async (k) => batcher.predict(sentences(k), how, soon())));
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(lengths(await batcher.predict(sentences(8), how, soon()))).toEqual([8]);
});

test("a full queue refuses at once; a patient request waits for room; a request larger than the queue is accepted when the queue is empty", async () => {
  const { predict } = slowly(2);
  const batcher = new Batcher(predict, 1, { ...limits, queueSentences: 10 });
  const large = batcher.predict(sentences(...Array.from({ length: 40 }, () => 1)), how, soon());
  await expect(batcher.predict(sentences(2), how, soon())).rejects.toMatchObject({ code: "OVERLOADED" });
  const patient = batcher.predict(sentences(3), how, { ...soon(), patient: true });
  expect(await large).toHaveLength(40);
  expect(lengths(await patient)).toEqual([3]);
});

test("the limit of the queue counts the sentences that a request brings", async () => {
  const { predict } = slowly(2);
  const batcher = new Batcher(predict, 1, { ...limits, queueSentences: 10 });
  const room = (count: number) => () => batcher.checkRoom(count, soon().deadline);
  const first = batcher.predict(sentences(1, 1, 1, 1, 1, 1), how, soon());
  expect(batcher.waiting).toBe(6);
  expect(room(5)).toThrow("the queue is full: 6 of at most 10 sentences");
  expect(room(4)).not.toThrow();
  const second = batcher.predict(sentences(2, 2, 2, 2), how, soon());
  expect(room(1)).toThrow("the queue is full: 10 of at most 10 sentences");
  expect([lengths(await first), lengths(await second)]).toEqual([
    [1, 1, 1, 1, 1, 1],
    [2, 2, 2, 2],
  ]);
});

test("a request that would miss its deadline at the current pace is refused, counting the running batches", async () => {
  const { predict } = slowly(100);
  const batcher = new Batcher(predict, 1, { ...limits, batchWaitMs: 0 });
  for (let time = 0; time < warm; time++) await batcher.predict(sentences(10, 10, 10, 10), how, soon());
  const others = Array.from({ length: 20 }, async () => batcher.predict(sentences(10), how, soon()));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { expectedWaitMs } = batcher;
  // 20 sentences, of which 40 tokens take 100 ms.
  expect(expectedWaitMs).toBeCloseTo(500, 6);
  // Its own 25 ms with those before it would take more than a quarter of its time.
  await expect(batcher.predict(sentences(10), how, soon(400))).rejects.toMatchObject({
    code: "OVERLOADED",
    retryMs: expect.closeTo(expectedWaitMs + 25 - 100, 3) as number,
  });
  await expect(batcher.predict(sentences(10), how, soon(-1))).rejects.toMatchObject({ code: "DEADLINE_PASSED" });
  expect((await Promise.all(others)).length).toBe(20);
});

test("one slow sentence does not cause the requests behind it to be refused", async () => {
  const { predict } = slowly(150);
  const batcher = new Batcher(predict, 1, { ...limits, batchSentences: 400, queueSentences: 1000 });
  await batcher.predict(sentences(1), how, soon());
  const crowd = Array.from({ length: 300 }, async () => batcher.predict(sentences(10), how, soon(20_000)));
  expect((await Promise.all(crowd)).length).toBe(300);
});

test.each([
  ["of one kind", () => 8],
  ["short and long", (k: number) => (k % 16 === 0 ? 100 : 2)],
])(
  "at twice the load of texts %s: what is accepted is answered in half its time, the rest is refused at once",
  async (_, size) => {
    const { predict } = slowly(20);
    const batcher = new Batcher(predict, 1, { ...limits, queueSentences: 1000, batchSentences: 32 });
    const budgetMs = 2000;
    const answered: number[] = [];
    const refused: { ms: number; code: string }[] = [];
    const all: Promise<void>[] = [];
    // Two batches of 32 overlap, so it can do 64 sentences in 20 ms.
    let [given, asked] = [0, 0];
    for (let time = 0; time < 150; time++) {
      for (; asked < 128 * (time + 1); given++) {
        const examples = sentences(...Array.from({ length: size(given) }, (_, k) => 10 + (k % 3)));
        asked += examples.length;
        const started = performance.now();
        const one = batcher.predict(examples, how, soon(budgetMs)).then(
          () => void answered.push(performance.now() - started),
          (error: unknown) => void refused.push({ ms: performance.now() - started, code: (error as RequestError).code }),
        );
        all.push(one);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await Promise.all(all);
    expect(answered.length + refused.length).toBe(given);
    expect(answered.length).toBeGreaterThan(0.4 * given);
    const sorted = answered.toSorted((a, b) => a - b);
    expect(sorted[Math.floor(0.99 * sorted.length)]).toBeLessThan(budgetMs / 2);
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(["OVERLOADED"]));
    expect(Math.max(...refused.map(({ ms }) => ms))).toBeLessThan(1);
  },
);

test("a request counts with all its texts as soon as it is accepted, until it ends", async () => {
  const { predict } = slowly(100);
  const batcher = new Batcher(predict, 1, { ...limits, queueSentences: 10_000, batchSentences: 100 });
  const many = sentences(...Array.from({ length: 100 }, () => 30));
  for (let time = 0; time < warm; time++) await batcher.predict(many, how, soon());
  // 3,000 tokens take 100 ms, and a token is 5 units of text.
  const accepted = batcher.accept(5 * 60_000, performance.now() + 10_000);
  expect(batcher.expectedWaitMs).toBeCloseTo(2000, 3);
  expect(() => batcher.accept(5 * 30_000, performance.now() + 10_000)).toThrow(/about 2\.0 seconds of work come before/);
  expect(await batcher.predict(sentences(...Array.from({ length: 100 }, () => 30)), how, { ...soon(), accepted })).toHaveLength(
    100,
  );
  expect(batcher.expectedWaitMs).toBeCloseTo(1900, 3);
  batcher.release(accepted);
  expect(batcher.expectedWaitMs).toBe(0);
});

test("a request that takes most of its time alone is accepted while nothing else waits, and does not stop the others", async () => {
  const { predict } = slowly(100);
  const batcher = new Batcher(predict, 1, { ...limits, queueSentences: 10_000, batchSentences: 100 });
  const many = sentences(...Array.from({ length: 100 }, () => 30));
  for (let time = 0; time < warm; time++) await batcher.predict(many, how, soon());
  const large = Array.from({ length: 500 }, () => 30);
  let isDone = false;
  const first = batcher.predict(sentences(...large), how, soon(1200)).finally(() => (isDone = true));
  await expect(batcher.predict(sentences(...large), how, soon(1200))).rejects.toMatchObject({ code: "OVERLOADED" });
  expect(await batcher.predict(sentences(30, 30), how, soon(1200))).toHaveLength(2);
  expect(isDone).toBe(false);
  expect(await first).toHaveLength(500);
});

test("texts are estimated by those that came before", () => {
  const batcher = new Batcher(slowly(1).predict, 1, limits);
  for (let time = 0; time < 1000; time++) batcher.noteText(2000, 1000);
  const accepted = batcher.accept(600, performance.now() + 10_000);
  expect(accepted.left).toBeCloseTo(300, 0);
});

test("a request that is aborted or passes its deadline removes its sentences", async () => {
  const { predict, free } = slowly(Number.POSITIVE_INFINITY);
  const batcher = new Batcher(predict, 1, { ...limits, batchSentences: 1 });
  const first = batcher.predict(sentences(1), how, soon());
  const second = batcher.predict(sentences(1), how, soon());
  const controller = new AbortController();
  const leaving = batcher.predict(sentences(5, 6, 7), how, { ...soon(), signal: controller.signal });
  const late = batcher.predict(sentences(8), how, soon(20));
  await new Promise((resolve) => setImmediate(resolve));
  expect(batcher.waiting).toBeGreaterThan(2);
  controller.abort(new Error("gone"));
  await expect(leaving).rejects.toThrow("gone");
  await expect(late).rejects.toMatchObject({ code: "DEADLINE_PASSED" });
  const rest = batcher.predict(sentences(9), how, soon());
  await new Promise((resolve) => setImmediate(resolve));
  batcher.abandon(new Error("the end"));
  await expect(rest).rejects.toThrow("the end");
  free();
  expect(lengths([...(await first), ...(await second)])).toEqual([1, 1]);
  expect(batcher.waiting).toBe(0);
});

test("texts of a stream wait for room in order, and leave no listeners on its signal", async () => {
  vi.useRealTimers();
  const { predict } = slowly(0);
  const queueSentences = 4;
  let max = 0;
  const observed: Predict = async (examples, options) => {
    max = Math.max(max, batcher.waiting);
    return predict(examples, options);
  };
  const batcher = new Batcher(observed, 1, { ...limits, queueSentences });
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const options = { ...soon(), signal, patient: true };
  const texts = await Promise.all(Array.from({ length: 40 }, async () => batcher.predict(sentences(1, 2), how, options)));
  expect(texts.map(lengths)).toEqual(texts.map(() => [1, 2]));
  expect(max).toBeLessThanOrEqual(queueSentences);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});
