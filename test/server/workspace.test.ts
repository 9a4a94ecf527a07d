import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { trainConfigSchema } from "@weft-nlp/core/training";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../../packages/node/src/files/config-file.ts";
import { resolvePaths } from "../../packages/node/src/runs/resolve-paths.ts";
import { trainRun } from "../../packages/node/src/runs/train-run.ts";
import { type Answer, countedFiles, type RunningServer, send, startServer } from "./test-server.ts";

const corpus = fileURLToPath(new URL("../../examples/corpus", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "weft-workspace-"));
const runs = join(folder, "runs");
const data = join(folder, "data");
let running: RunningServer;

beforeAll(async () => {
  mkdirSync(data);
  for (const name of ["train.jsonl", "weft.yaml"]) cpSync(join(corpus, name), join(data, name));
  writeFileSync(join(data, "dev.jsonl"), readFileSync(join(corpus, "dev.jsonl"), "utf8").split("\n").slice(0, 10).join("\n"));
  writeFileSync(join(folder, "secret.jsonl"), '{"tokens":["secret"]}\n');
  symlinkSync(join(folder, "secret.jsonl"), join(data, "linked.jsonl"));
  symlinkSync(folder, join(data, "linked"));
  const set = ["training.epochs=2", "data.trainSentences=12", "model.rounds=0", "model.hiddenSize=8", "training.threshold=0.2"];
  for (const seed of [1, 2]) {
    const config = resolvePaths(await readConfig(join(corpus, "weft.yaml"), trainConfigSchema(), [...set, `seed=${seed}`]));
    const small = { ...config, data: { ...config.data, dev: join(data, "dev.jsonl"), test: undefined } };
    const events = trainRun({ config: JSON.parse(JSON.stringify(small)), folder: join(runs, `many/seed-${seed}`), threads: 1 });
    for await (const _ of events);
  }
  running = await startServer({ runs, data: [data] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const get = async (path: string): Promise<Answer> => send(`${running.url}/v1/${path}`);
const json = async <Value>(path: string): Promise<Value> => (await get(path)).json;

test("runs are listed with their scores, and seeds of one configuration with their spread", async () => {
  const list = await json<{ runs: Record<string, unknown>[]; groups: Record<string, never>[] }>("runs");
  expect(list.runs.map(({ name, state, model, seed }) => [name, state, model, seed])).toEqual([
    ["many/seed-1", "done", "rin", 1],
    ["many/seed-2", "done", "rin", 2],
  ]);
  expect(list.runs[0]).toMatchObject({
    epochs: { done: 2, planned: 2 },
    data: { train: "corpus/train.jsonl" },
    dev: { protocol: "strict" },
  });
  expect(list.groups).toMatchObject([{ runs: ["many/seed-1", "many/seed-2"], seeds: [1, 2], protocol: "strict", dev: { n: 2 } }]);
  const details = await get("runs/many%2Fseed-1");
  expect(details.json).toMatchObject({
    run: { name: "many/seed-1" },
    config: { seed: 1, data: { dev: "data/dev.jsonl" } },
    dev: {
      confidence: 0.95,
      protocols: [{ protocol: "strict", interval: [expect.any(Number), expect.any(Number)], spread: { n: 2 } }, {}, {}, {}],
    },
    test: null,
  });
  expect(details.text).not.toContain(folder);
});

test("the curves of a finished run are sent at once, and the stream ends", async () => {
  const { headers, text } = await get("runs/many%2Fseed-1/events");
  expect(headers["content-type"]).toMatch(/^text\/event-stream/);
  const points = JSON.parse(/^event: points\ndata: (.*)$/m.exec(text)?.[1] ?? "") as { points: { kind: string }[] };
  expect(points.points.filter(({ kind }) => kind === "score")).toHaveLength(2);
  expect(points.points.filter(({ kind }) => kind === "loss").length).toBeGreaterThan(1);
  expect(text).toMatch(/event: end\ndata: \{"state":"done"\}\n\n$/);
});

test("new log entries of a training are sent at once, and its end ends the stream", async () => {
  const live = join(runs, "live");
  mkdirSync(live);
  cpSync(join(runs, "many/seed-1/config.yaml"), join(live, "config.yaml"));
  const state = { state: "running", started: new Date().toISOString(), process: { pid: process.pid, host: hostname() } };
  writeFileSync(join(live, "state.json"), JSON.stringify(state));
  const score = (epoch: number): string =>
    `${JSON.stringify({ kind: "evaluation", epoch, step: epoch, protocol: "strict", score: epoch / 10, improved: true })}\n`;
  writeFileSync(join(live, "events.jsonl"), score(1));
  const heard: string[] = [];
  const ended = new Promise((resolve, reject) => {
    request(`${running.url}/v1/runs/live/events`, (response) => {
      response.on("data", (part: Buffer) => heard.push(part.toString()));
      response.on("end", resolve);
    })
      .on("error", reject)
      .end();
  });
  await expect.poll(() => heard.join("")).toContain('"score":0.1');
  appendFileSync(join(live, "events.jsonl"), score(2));
  await expect.poll(() => heard.join("")).toContain('"score":0.2');
  expect((await json<{ runs: { name: string; state: string }[] }>("runs")).runs[0]).toMatchObject({
    name: "live",
    state: "running",
    epochs: { done: 2 },
    dev: { score: 0.2 },
  });
  writeFileSync(join(live, "state.json"), JSON.stringify({ ...state, state: "stopped" }));
  await ended;
  expect(heard.join("")).toMatch(/event: end\ndata: \{"state":"stopped"\}\n\n$/);
  rmSync(live, { recursive: true });
});

test("data is listed with counts, and pages of sentences can be filtered", async () => {
  const files = await countedFiles<{ name: string; counts: unknown }>(running.url);
  expect(files.map(({ name }) => name)).toEqual(["data/dev.jsonl", "data/train.jsonl"]);
  expect(files[1]?.counts).toMatchObject({ sentences: 640, fault: null, truncated: false });
  const page = await json<{ matching: number; items: { document: { relations: { type: string }[] }; overlap: string[] }[] }>(
    "data/data%2Ftrain.jsonl/sentences?relation=founded&overlap=SEO&limit=5",
  );
  expect(page.items).toHaveLength(5);
  expect(page.matching).toBeGreaterThan(5);
  for (const { document, overlap } of page.items) {
    expect(document.relations.map(({ type }) => type)).toContain("founded");
    expect(overlap).toContain("SEO");
  }
  const { problems } = await json<{ problems: { code: string }[] }>("data/data%2Fdev.jsonl/problems?with=data%2Ftrain.jsonl");
  expect(Array.isArray(problems)).toBe(true);
  const statistics = await json<{ sentences: number }>("data/data%2Ftrain.jsonl/statistics");
  expect(statistics.sentences).toBe(640);
});

test("two runs are compared sentence by sentence, in pages", async () => {
  const path = "compare?a=many%2Fseed-1&b=many%2Fseed-2&data=data%2Fdev.jsonl&protocol=ner-boundaries";
  const first = await json<{ sentences: number; better: number; worse: number; same: number; items: object[] }>(
    `${path}&limit=3`,
  );
  expect(first.better + first.worse + first.same).toBe(first.sentences);
  const second = await json<{ items: object[] }>(`${path}&offset=1&limit=2`);
  expect(second.items).toEqual(first.items.slice(1, 3));
  expect(await json(path.replace("many%2Fseed-2", "many"))).toMatchObject({ error: { code: "RUN_UNKNOWN" } });
});

test.each([
  ["runs/..%2F..%2Fetc", 404, "RUN_UNKNOWN"],
  ["runs/..", 404, "ROUTE_UNKNOWN"],
  ["runs/many", 404, "RUN_UNKNOWN"],
  ["runs/constructor/events", 404, "RUN_UNKNOWN"],
  ["data/..%2Fsecret.jsonl/sentences", 404, "DATA_UNKNOWN"],
  ["data/data%2Flinked.jsonl/sentences", 404, "DATA_UNKNOWN"],
  ["data/data%2Flinked%2Fsecret.jsonl/problems", 404, "DATA_UNKNOWN"],
  ["data/data%2F..%2Fsecret.jsonl/problems", 404, "DATA_UNKNOWN"],
  ["data/data%2Ftrain.jsonl%00/statistics", 404, "DATA_UNKNOWN"],
  ["data/data%2Ftrain.jsonl/problems?with=..%2Fsecret.jsonl", 404, "DATA_UNKNOWN"],
  ["data/data%2Ftrain.jsonl/sentences?limit=1000000", 400, "REQUEST_INVALID"],
  ["data/data%2Ftrain.jsonl/sentences?offset=-1", 400, "REQUEST_INVALID"],
  ["data/data%2Ftrain.jsonl/sentences?overlap=all", 400, "REQUEST_INVALID"],
  ["compare?a=x", 400, "REQUEST_INVALID"],
])("%s reaches no file", async (path, status, code) => {
  const answer = await get(path);
  expect(answer.json).toMatchObject({ error: { code } });
  expect(answer.status).toBe(status);
  expect(answer.text).not.toContain('secret"');
});

test("a server without folders reports it, and one with tokens requires one", async () => {
  const without = await startServer();
  for (const path of ["runs", "runs/x", "data", "compare?a=x", "corrections"]) {
    expect((await send(`${without.url}/v1/${path}`)).json).toMatchObject({
      error: { code: "ROUTE_UNKNOWN", hint: expect.stringContaining("--runs") },
    });
  }
  expect((await send(`${without.url}/v1/models`)).json).toMatchObject({ workspace: false });
  const bare = await startServer({ data: [] });
  expect((await send(`${bare.url}/v1/models`)).json).toMatchObject({ workspace: true });
  expect((await send(`${bare.url}/v1/runs`)).json).toEqual({ shown: false, runs: [], groups: [] });
  expect((await send(`${bare.url}/v1/data`)).json).toEqual({ shown: false, counting: false, files: [] });
  expect((await send(`${bare.url}/v1/runs/x`)).json).toMatchObject({ error: { hint: expect.stringContaining("--runs") } });
  const guarded = await startServer({ runs, data: [data], tokens: ["one"] });
  for (const path of ["runs", "data", "runs/many%2Fseed-1/events"])
    expect((await send(`${guarded.url}/v1/${path}`)).status).toBe(401);
});

test("a broken file is listed with its fault, and its problems name the line", async () => {
  writeFileSync(join(data, "broken.jsonl"), `${readFileSync(join(data, "dev.jsonl"), "utf8").split("\n")[0]}\n{"tokens":3}\n`);
  const files = await countedFiles(running.url);
  expect(files[0]).toMatchObject({ name: "data/broken.jsonl", counts: { sentences: 1, fault: { at: { line: 2 } } } });
  const found = await get("data/data%2Fbroken.jsonl/problems");
  expect(found.json).toMatchObject({ files: [{ source: "data/broken.jsonl", faultCount: 1, faults: [{ at: { line: 2 } }] }] });
  expect(found.text).not.toContain(folder);
});
