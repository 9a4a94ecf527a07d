import { getEventListeners, setMaxListeners } from "node:events";
import type { Example } from "@weft-nlp/core/encoders";
import type { Predict } from "@weft-nlp/core/inference";
import type { Prediction } from "@weft-nlp/core/metrics";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
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
  await batcher.predict(sentences(10, 10, 10, 10), how, soon());
  const others = Array.from({ length: 20 }, async () => batcher.predict(sentences(10), how, soon()));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { expectedWaitMs } = batcher;
  expect(expectedWaitMs).toBeGreaterThan(300);
  await expect(batcher.predict(sentences(10), how, soon(100))).rejects.toMatchObject({
    code: "OVERLOADED",
    retryMs: expect.closeTo(expectedWaitMs - 70, 3) as number,
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

test("under overload it keeps answering what it can in time", async () => {
  const { predict } = slowly(20);
  const batcher = new Batcher(predict, 1, { ...limits, queueSentences: 1000 });
  const times: number[] = [];
  const refused: string[] = [];
  const all: Promise<void>[] = [];
  // It can do two batches of four in 20 ms, and gets sixteen sentences in that time.
  for (let time = 0; time < 100; time++) {
    for (let k = 0; k < 8; k++) {
      const started = performance.now();
      const one = batcher.predict(sentences(10), how, soon(400)).then(
        () => void times.push(performance.now() - started),
        (error: unknown) => void refused.push((error as { code: string }).code),
      );
      all.push(one);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await Promise.all(all);
  expect(times.length).toBeGreaterThan(100);
  expect(times.length + refused.length).toBe(800);
  // Refused when they come, not after they have waited.
  expect(refused.filter((code) => code === "DEADLINE_PASSED").length).toBeLessThan(0.2 * refused.length + 20);
  expect(Math.max(...times)).toBeLessThan(1000);
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
