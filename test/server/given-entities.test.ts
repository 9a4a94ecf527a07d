import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { trainPairModel } from "../e2e/pair-model.ts";
import { type Answer, extract, modelFolder, type RunningServer, send, startServer } from "./test-server.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-given-"));
let running: RunningServer;
beforeAll(async () => {
  const pairs = await trainPairModel(folder);
  running = await startServer({
    models: [
      { name: "pairs", folder: pairs },
      { name: "example", folder: modelFolder },
    ],
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = "Bob works for Acme in Rome.";
const bob = { startChar: 0, endChar: 3, type: "PER" };
const acme = { startChar: 14, endChar: 18, type: "ORG" };
const at = async (request: object): Promise<Answer> => extract(running.url, { text, threshold: 0.05, ...request });
interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly at?: { readonly path: string };
  readonly hint?: string;
}
const refusal = ({ json }: Answer): Refusal => (json as { error: Refusal }).error;

test("entities given by characters or tokens are related; without any there are no relations", async () => {
  const found = (await at({ entities: [bob, acme] })).json as { entities: object[]; relations: object[] };
  expect(found.entities).toMatchObject([
    { start: 0, end: 1, startChar: 0, endChar: 3, type: "PER", text: "Bob" },
    { start: 3, end: 4, type: "ORG", text: "Acme" },
  ]);
  expect(found.relations).toMatchObject([{ head: 0, tail: 1, type: "works_for" }]);
  const tokens = ["Bob", "works", "for", "Acme", "in", "Rome", "."];
  const counted = [
    { start: 0, end: 1, type: "PER" },
    { start: 3, end: 4, type: "ORG" },
  ];
  expect((await extract(running.url, { tokens, threshold: 0.05, entities: counted })).json).toMatchObject({
    relations: [{ head: 0, tail: 1, type: "works_for" }],
  });
  expect((await at({})).json).toMatchObject({ entities: [], relations: [] });
  expect((await at({ entities: [bob, { ...acme, type: null }] })).status).toBe(200);
});

test("an unknown type is refused with its place and the known types", async () => {
  const one = await at({ entities: [bob, { ...acme, type: "ORGG" }] });
  expect([one.status, refusal(one)]).toMatchObject([
    400,
    {
      code: "REQUEST_INVALID",
      message: "the model does not know this entity type",
      hint: "did you mean ORG?",
      at: { path: "entities[1].type" },
    },
  ]);
  const many = await extract(running.url, { documents: [text, { text, entities: [{ ...bob, type: "<b>" }] }] });
  expect([many.status, refusal(many)]).toMatchObject([
    400,
    { at: { path: "documents[1].entities[0].type" }, hint: "use one of LOC, ORG, PER, or null" },
  ]);
  const lines = [
    { text, entities: [{ ...bob, type: "X" }] },
    { text, entities: [bob, acme] },
  ];
  const stream = await send(`${running.url}/v1/extract?threshold=0.05`, {
    headers: { "content-type": "application/x-ndjson" },
    body: lines.map((line) => JSON.stringify(line)).join("\n"),
  });
  expect(
    stream.text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  ).toMatchObject([{ line: 1, error: { code: "REQUEST_INVALID" } }, { relations: [{ type: "works_for" }] }]);
});

test("spans outside the text, backwards, or of missing tokens are refused", async () => {
  for (const wrong of [
    { start: 0, end: 1 },
    { startChar: 0, endChar: 999 },
    { startChar: 4, endChar: 2 },
    { start: -1, end: 1 },
    { start: 0.5, end: 1 },
    {},
  ])
    expect([wrong, (await at({ entities: [{ type: "PER", ...wrong }] })).status]).toEqual([wrong, 400]);
});

test("an entity that crosses the end of a sentence is reported as skipped", async () => {
  const two = "Bob works for Acme. Eve lives in Rome.";
  const { json } = await extract(running.url, { text: two, entities: [bob, { startChar: 14, endChar: 23, type: "ORG" }] });
  expect(json).toMatchObject({ entities: [{ text: "Bob" }], omissions: [{ path: "entities[1]" }] });
});

test("a model that finds its own entities ignores given ones, whatever their types", async () => {
  const answer = await at({ model: "example", entities: [{ ...bob, type: "whatever" }] });
  expect(answer.status).toBe(200);
  expect(answer.json).not.toHaveProperty("omissions");
});

/** A text of one word with so many entities on it, people and organisations in turn. */
const crowd = (entities: number): object => ({
  tokens: ["Acme"],
  entities: Array.from({ length: entities }, (_, k) => ({ start: 0, end: 1, type: k % 2 === 0 ? "PER" : "ORG" })),
});

test("the pairs of a request are counted before any work, and bounded", async () => {
  const { url } = await startServer({ models: [{ name: "pairs", folder: join(folder, "pairs") }], limits: { pairs: 60 } });
  expect((await extract(url, crowd(8))).status).toBe(200);
  const over = await extract(url, crowd(9));
  expect([over.status, refusal(over)]).toMatchObject([
    413,
    { code: "REQUEST_TOO_LARGE", message: expect.stringContaining("more than 60 pairs"), at: { path: "entities" } },
  ]);
  expect((await extract(url, { documents: [crowd(6), crowd(6)] })).status).toBe(200);
  const together = await extract(url, { documents: [crowd(6), crowd(6), crowd(2)] });
  expect([together.status, refusal(together).at]).toEqual([413, { path: "documents[2].entities" }]);
  const lines = [crowd(8), crowd(9), crowd(8)].map((line) => JSON.stringify(line)).join("\n");
  const stream = await send(`${url}/v1/extract`, { headers: { "content-type": "application/x-ndjson" }, body: lines });
  expect(
    stream.text
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { error?: Refusal }).error?.code),
  ).toEqual([undefined, "REQUEST_TOO_LARGE", undefined]);
  // Each window of a long sentence has its own pairs; entities in two windows are paired in both.
  const tokens = Array.from({ length: 16 }, (_, k) => `w${k}`);
  const entities = [0, 1, 2, 3, 4, 11, 12, 13, 14, 15].map((start) => ({ start, end: start + 1, type: "ORG" }));
  const whole = { tokens, entities, sentences: [[0, 16]] };
  const statuses = [{}, { window: 8, overlap: 0 }, { window: 8, overlap: 7 }].map(
    async (options) => (await extract(url, { ...whole, ...options })).status,
  );
  expect(await Promise.all(statuses)).toEqual([413, 200, 413]);
  const halves = {
    tokens,
    entities,
    sentences: [
      [0, 8],
      [8, 16],
    ],
  };
  expect((await extract(url, halves)).status).toBe(200);
});

test("a sentence whose pairs and words would block a thread for long is refused", async () => {
  const limits = { sentencePairWords: 120 };
  const { url } = await startServer({ models: [{ name: "pairs", folder: join(folder, "pairs") }], limits });
  const sentenceOf = (words: number): object => ({
    tokens: Array.from({ length: words }, (_, k) => `w${k}`),
    sentences: [[0, words]],
    entities: [0, 1, 2, 3, 4].map((start) => ({ start, end: start + 1, type: "ORG" })),
  });
  expect((await extract(url, { documents: [sentenceOf(6), sentenceOf(6)] })).status).toBe(200);
  const over = await extract(url, { documents: [sentenceOf(6), sentenceOf(7)] });
  expect([over.status, refusal(over)]).toMatchObject([
    413,
    {
      code: "REQUEST_TOO_LARGE",
      message: "a sentence of 7 words has 5 entities, which make 20 pairs; the limit for so many words is 17 entities",
      at: { path: "documents[1].entities" },
      hint: expect.stringMatching(/give fewer of the entities in tokens 0 to 7 at once$/) as string,
    },
  ]);
});

test("pairs up to the limit are related, and thousands of entities in a sentence are refused at once", async () => {
  const { json } = await extract(running.url, { ...crowd(316), threshold: 0 });
  const { relations } = json as { relations: { head: number; tail: number }[] };
  expect(new Set(relations.map(({ head, tail }) => 316 * head + tail)).size).toBeGreaterThanOrEqual(158 * 158);
  expect((await extract(running.url, crowd(317))).status).toBe(413);
  expect((await extract(running.url, crowd(30_000))).status).toBe(413);
  expect((await at({ entities: [bob, acme] })).status).toBe(200);
});

test("entities in thousands of sentences are matched to their sentences, in the given order", async () => {
  const tokens = Array.from({ length: 20_000 }, (_, k) => `w${k}`);
  const sentences = tokens.map((_, k) => [k, k + 1]);
  const entities = tokens.map((_, k) => ({ start: k, end: k + 1, type: "ORG" })).toReversed();
  const { status, json } = await extract(running.url, { tokens, sentences, entities });
  expect(status).toBe(200);
  const found = json as { entities: { start: number; text: string }[]; omissions?: object[] };
  expect(found.entities.map(({ text }) => text)).toEqual(tokens);
  expect(found.omissions).toBeUndefined();
  const across = await extract(running.url, {
    tokens: tokens.slice(0, 4),
    sentences: [
      [0, 2],
      [2, 4],
    ],
    entities: [
      { start: 1, end: 3, type: "ORG" },
      { start: 2, end: 4, type: "PER" },
      { start: 2, end: 3, type: "ORG" },
    ],
  });
  expect(across.json).toMatchObject({ entities: [{ text: "w2 w3" }, { text: "w2" }], omissions: [{ path: "entities[0]" }] });
});

test("texts of a correction project with suggestions have the same bounds as those of an extraction", async () => {
  const { url } = await startServer({
    models: [
      { name: "pairs", folder: join(folder, "pairs") },
      { name: "example", folder: modelFolder },
    ],
    corrections: join(folder, "corrections"),
    limits: { pairs: 20 },
  });
  const make = async (path: string, value: object): Promise<Answer> =>
    send(`${url}/v1/corrections${path}`, { headers: { "content-type": "application/json" }, body: JSON.stringify(value) });
  const refused = await make("", { name: "many", texts: [crowd(4), crowd(4)] });
  expect([refused.status, refusal(refused)]).toMatchObject([
    413,
    { code: "REQUEST_TOO_LARGE", at: { path: "texts[1].entities" } },
  ]);
  expect((await make("", { name: "many", texts: [crowd(4)] })).status).toBe(201);
  expect((await make("/many/sentences", { texts: [crowd(6)] })).status).toBe(413);
  // Without relations to predict, pairs are not counted.
  for (const model of [null, "example"]) expect((await make("/many/sentences", { texts: [crowd(6)], model })).status).toBe(201);
});

test("a model whose memory has grown is reloaded without losing a request, unless its folder has changed", async () => {
  const copy = join(folder, "copy");
  cpSync(join(folder, "pairs"), copy, { recursive: true });
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const grownBytes = 4 * 2 ** 20;
  const options = { models: [{ name: "m", folder: copy }], logger: pino({ level: "info" }, sink) };
  const kept = await startServer({ ...options, limits: { grownBytes, renewMs: 1e9 } });
  const { url } = await startServer({ ...options, limits: { grownBytes, renewMs: 0 } });
  const memory = async (of: string): Promise<number> =>
    Number(/^weft_model_memory_bytes\{model="m"\} (\d+)$/m.exec((await send(`${of}/metrics`)).text)?.[1]);
  const loadedAt = async (): Promise<string> =>
    ((await send(`${url}/v1/models`)).json as { models: { loadedAt: string }[] }).models[0]?.loadedAt ?? "";
  const [before, first] = [await memory(url), await loadedAt()];
  let stop = false;
  const statuses = new Set<number>();
  const others = Promise.all(
    [1, 2, 3].map(async () => {
      while (!stop) statuses.add((await extract(url, crowd(2))).status);
    }),
  );
  for (const server of [kept.url, url]) expect((await extract(server, { ...crowd(300), threshold: 1 })).status).toBe(200);
  await expect.poll(loadedAt).not.toBe(first);
  stop = true;
  await others;
  expect([...statuses]).toEqual([200]);
  expect(await memory(kept.url)).toBeGreaterThan(before + grownBytes);
  expect(await memory(url)).toBeLessThanOrEqual(before + grownBytes);
  const second = await loadedAt();
  writeFileSync(join(copy, "model", "vocab.json"), "{");
  expect((await extract(url, { ...crowd(300), threshold: 1 })).status).toBe(200);
  await expect.poll(() => lines.join("")).toContain("its folder has changed: it was not reloaded");
  expect(await loadedAt()).toBe(second);
  expect((await extract(url, crowd(2))).status).toBe(200);
});

test("a model whose memory keeps growing is loaded at most twice, however long a request holds the first", async () => {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const { server, url } = await startServer({
    models: [{ name: "m", folder: join(folder, "pairs") }],
    limits: { grownBytes: 4 * 2 ** 20, renewMs: 0 },
    logger: pino({ level: "info" }, sink),
  });
  const grow = async (): Promise<void> => {
    expect((await extract(url, { ...crowd(300), threshold: 1 })).status).toBe(200);
  };
  const renewed = (): number => lines.filter((line) => line.includes("has grown: it is reloaded")).length;
  const reads = (): number => lines.filter((line) => line.includes("a model was reloaded")).length;
  const stream = request(`${url}/v1/extract`, { method: "POST", headers: { "content-type": "application/x-ndjson" } });
  const ended = new Promise((resolve) => stream.on("response", (answer) => answer.resume().on("end", resolve)));
  stream.write('"Bob left."\n');
  await new Promise((resolve) => stream.on("response", resolve));
  await grow();
  await expect.poll(reads).toBe(1);
  await grow();
  // By now every earlier reload would have finished.
  await server.reload();
  expect([renewed(), reads()]).toEqual([1, 2]);
  stream.end();
  await ended;
  await grow();
  await expect.poll(renewed).toBe(2);
});
