import { Writable } from "node:stream";
import type { Worker } from "node:worker_threads";
import type { Extraction } from "@weft-nlp/api";
import { pino } from "pino";
import { afterAll, afterEach, expect, test } from "vitest";
import { watchThreads } from "../../packages/node/src/testing/watch-threads.ts";
import { extract, modelFolder, send, sentence, startServer } from "./test-server.ts";

const watch = watchThreads();
afterEach(() => void (watch.onStart = () => undefined));
afterAll(() => watch.stop());

const token = { authorization: "Bearer t" };
const restarts = async (url: string): Promise<number> => {
  const { text } = await send(`${url}/metrics`, { headers: token });
  return Number(/^weft_worker_restarts_total\{model="m"\} (\d+)$/m.exec(text)?.[1]);
};

test("requests are answered while worker threads end", async () => {
  const { url } = await startServer({ threads: 2, models: [{ name: "m", folder: modelFolder }], tokens: ["t"] });
  expect(await restarts(url)).toBe(0);
  const { json } = await extract(url, { text: sentence }, token);
  const expected = (json as Extraction).relations.map(({ type }) => type);
  let stop = false;
  const statuses: number[] = [];
  const clients = Promise.all(
    Array.from({ length: 6 }, async () => {
      while (!stop) {
        const answer = await extract(url, { text: `${sentence} `.repeat(20) }, token);
        statuses.push(answer.status);
        if (answer.status === 200) expect((answer.json as Extraction).relations).toHaveLength(20 * expected.length);
        else expect(answer.json).toMatchObject({ error: { code: "WORKER_LOST" } });
      }
    }),
  );
  for (let time = 1; time <= 4; time++) {
    const before = statuses.length;
    await expect.poll(() => statuses.length, { interval: 5 }).toBeGreaterThan(before + 3);
    await [...watch.alive][0]?.terminate();
    await expect.poll(async () => restarts(url)).toBe(time);
  }
  stop = true;
  await clients;
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(12);
  expect(await extract(url, { text: sentence }, token)).toMatchObject({ status: 200 });
  expect((await send(`${url}/readyz`)).status).toBe(200);
});

test("a model whose threads keep ending is not ready and reports why, until it is reloaded", async () => {
  const { url } = await startServer({
    models: [{ name: "m", folder: modelFolder }],
    tokens: ["t"],
    limits: { retryFirstMs: 100_000 },
  });
  expect((await send(`${url}/readyz`)).status).toBe(200);
  const [thread] = [...watch.alive].slice(-1);
  watch.onStart = (next) => void next.terminate();
  await thread?.terminate();
  await expect.poll(async () => (await send(`${url}/readyz`)).status).toBe(503);
  expect((await send(`${url}/readyz`)).json).toMatchObject({
    error: { code: "WORKERS_BROKEN", message: expect.stringContaining("the model m does not answer") },
  });
  const refused = await extract(url, { text: sentence }, token);
  expect(refused).toMatchObject({ status: 503, json: { error: { code: "WORKERS_BROKEN" } } });
  // Retry-After points past the retry of the model, 100 seconds after it broke.
  for (const { headers } of [refused, await send(`${url}/readyz`)]) {
    expect(Number(headers["retry-after"])).toBeGreaterThan(1);
    expect(Number(headers["retry-after"])).toBeLessThanOrEqual(100);
  }
  expect((await send(`${url}/healthz`)).status).toBe(200);
  watch.onStart = () => undefined;
  expect((await send(`${url}/v1/models/m/reload`, { method: "POST", headers: token })).status).toBe(200);
  expect((await send(`${url}/readyz`)).status).toBe(200);
  expect((await extract(url, { text: sentence }, token)).status).toBe(200);
});

test("a model whose threads keep ending is retried after growing pauses until its threads work", async () => {
  const lines: { msg: string; pauseMs?: number }[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as { msg: string });
      done();
    },
  });
  const pauses = (): number[] => lines.flatMap(({ pauseMs }) => (pauseMs === undefined ? [] : [pauseMs]));
  const { url } = await startServer({
    threads: 2,
    models: [{ name: "m", folder: modelFolder }],
    tokens: ["t"],
    limits: { retryFirstMs: 5, retryLongestMs: 20 },
    logger: pino({ level: "info" }, sink),
  });
  const kill = (next: Worker): void => void next.terminate();
  const ready = async (): Promise<number> => (await send(`${url}/readyz`)).status;
  const metrics = async (): Promise<string> => (await send(`${url}/metrics`, { headers: token })).text;
  for (const times of [1, 2]) {
    lines.length = 0;
    watch.onStart = kill;
    [...watch.alive].slice(-2).forEach(kill);
    await expect.poll(() => pauses().slice(0, 5)).toEqual([5, 10, 20, 20, 20]);
    expect(await ready()).toBe(503);
    expect(await metrics()).toMatch(/^weft_model_broken\{model="m"\} 1$/m);
    watch.onStart = () => undefined;
    await expect.poll(ready).toBe(200);
    expect((await extract(url, { text: sentence }, token)).status).toBe(200);
    const text = await metrics();
    expect(text).toMatch(/^weft_model_broken\{model="m"\} 0$/m);
    expect(text).toMatch(new RegExp(`^weft_worker_retries_total\\{model="m",outcome="ready"\\} ${times}$`, "m"));
    expect(Number(/retries_total\{model="m",outcome="broken"\} (\d+)$/m.exec(text)?.[1])).toBeGreaterThanOrEqual(4 * times);
    expect(lines.some(({ msg }) => msg === "a model answers again")).toBe(true);
  }
});
