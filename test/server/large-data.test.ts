import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { watchThreads } from "../../packages/node/src/testing/watch-threads.ts";
import { type Answer, extract, type RunningServer, send, sentence, startServer } from "./test-server.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-large-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const watch = watchThreads();
const ended = (): number => watch.started.length - watch.alive.size;
let running: RunningServer;
beforeAll(async () => {
  writeFileSync(join(folder, "large.jsonl"), lines(30_000));
  writeFileSync(join(folder, "small.jsonl"), lines(20));
  running = await startServer({ data: [join(folder, "large.jsonl"), join(folder, "small.jsonl")] });
});
afterAll(() => watch.stop());

/** Sentences of twenty distinct tokens with three entities and a relation. */
function lines(count: number): string {
  const words = ["Ada", "met", "Bo", "of", "Acme", "in", "Oslo", "and", "left", "early"];
  let text = "";
  for (let index = 0; index < count; index++) {
    const tokens = Array.from({ length: 20 }, (_, k) => `${words[(index * 7 + k * k) % 10]}${(index + k) % 997}`);
    const entities = [2, 8, 14].map((start) => ({ start, end: start + 2, type: `T${(index + start) % 5}` }));
    text += `${JSON.stringify({ id: `s${index}`, tokens, entities, relations: [{ head: 0, tail: 1, type: "near" }] })}\n`;
  }
  return text;
}

const get = async (path: string): Promise<Answer> => send(`${running.url}/v1/data/${path}`);

test.each([["problems"], ["statistics"]])(
  "while the %s of a large file are computed, the server answers other requests",
  async (what) => {
    let done = false;
    const checked = get(`large.jsonl/${what}`).finally(() => (done = true));
    let answered = 0;
    while (!done) {
      expect((await send(`${running.url}/healthz`)).status).toBe(200);
      expect((await extract(running.url, { text: sentence })).status).toBe(200);
      answered++;
    }
    expect((await checked).status).toBe(200);
    // A server that checked in its main thread would answer once, near the end.
    expect(answered).toBeGreaterThan(5);
  },
);

test("equal requests share one result", async () => {
  const before = watch.started.length;
  const answers = await Promise.all(Array.from({ length: 6 }, async () => get("small.jsonl/problems")));
  for (const { status, text } of answers) expect([status, text]).toEqual([200, answers[0]?.text]);
  expect(watch.started.length - before).toBeLessThanOrEqual(1);
});

test("work without waiting clients is cancelled, and the next request is answered", async () => {
  const { url } = await startServer({ data: [join(folder, "large.jsonl"), join(folder, "small.jsonl")] });
  const [begun, before] = [watch.started.length, ended()];
  const leave = request(`${url}/v1/data/large.jsonl/problems`);
  leave.on("error", () => undefined).end();
  // A new thread is started for it.
  await expect.poll(() => watch.started.length, { interval: 1 }).toBeGreaterThan(begun);
  leave.destroy();
  await expect.poll(() => ended()).toBeGreaterThan(before);
  expect(await send(`${url}/v1/data/small.jsonl/problems`)).toMatchObject({
    status: 200,
    json: { files: [{ sentences: 20 }] },
  });
  expect((await send(`${url}/metrics`)).text).toMatch(/route="\/v1\/data\/:name\/problems",method="GET",status="499"\} 1/);
});

test("while a very large correction project is created, extended and reopened, the server answers other requests", async () => {
  const options = { data: [join(folder, "large.jsonl")], corrections: join(folder, "corrections") };
  const { url } = await startServer(options);
  const headers = { "content-type": "application/json" };
  const post = async (path: string, value: object): Promise<Answer> =>
    send(`${url}/v1/corrections${path}`, { headers, body: JSON.stringify(value) });
  /** The answer, and the number of other requests answered meanwhile. */
  const beside = async (server: string, work: Promise<Answer>): Promise<[answer: Answer, answered: number]> => {
    let done = false;
    const answer = work.finally(() => (done = true));
    let answered = 0;
    while (!done) {
      expect((await send(`${server}/healthz`)).status).toBe(200);
      answered++;
    }
    return [await answer, answered];
  };
  const [made, whileMade] = await beside(url, post("", { name: "large", data: "large.jsonl" }));
  expect(made).toMatchObject({ status: 201, json: { sentences: 30_000, revision: 0 } });
  expect(whileMade).toBeGreaterThan(20);
  expect((await post("", { name: "small", texts: ["Ada met Bo."], model: null })).status).toBe(201);
  const [added, whileAdded] = await beside(url, post("/small/sentences", { data: "large.jsonl", model: null }));
  expect(added).toMatchObject({ status: 201, json: { sentences: 30_001, first: 1 } });
  expect(whileAdded).toBeGreaterThan(20);
  const again = await startServer(options);
  for (const [name, sentences] of [
    ["large", 30_000],
    ["small", 30_001],
  ] as const) {
    const path = `/v1/corrections/${name}?offset=${sentences - 1}`;
    const [opened, whileOpened] = await beside(again.url, send(`${again.url}${path}`));
    expect(opened).toMatchObject({
      status: 200,
      json: { sentences, page: [{ document: { id: "s29999" }, revision: Number(name === "small") }] },
    });
    // Read in one go, such a project would let one or two requests through.
    expect(whileOpened).toBeGreaterThan(5);
  }
});
