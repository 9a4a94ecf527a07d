import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { jsonLines, lines } from "../e2e/tiny-corpus.ts";
import { type Answer, extract, modelFolder, send, sentence, startServer } from "./test-server.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-loop-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const json = { "content-type": "application/json" };
const post = async (url: string, value: unknown): Promise<Answer> => send(url, { headers: json, body: JSON.stringify(value) });
const use = async (url: string, run: string | null, name = "example"): Promise<Answer> =>
  send(`${url}/v1/models/${name}`, { method: "PUT", headers: json, body: JSON.stringify({ run }) });
const codeOf = ({ json }: Answer): string => (json as { error: { code: string } }).error.code;

const config = `data: { train: none.jsonl, dev: none.jsonl }
model: { name: rin, rounds: 2 }
`;

/** A finished run with the example model, which finds no relations as its threshold is high. */
function addRun(runs: string, name: string): void {
  const run = join(runs, name);
  cpSync(modelFolder, join(run, "model"), { recursive: true });
  const path = join(run, "model/config.json");
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, "utf8")) as object), threshold: 0.9999 }));
  writeFileSync(join(run, "config.yaml"), config);
  writeFileSync(join(run, "events.jsonl"), "");
}

function newRuns(...names: readonly string[]): string {
  const runs = mkdtempSync(join(folder, "runs-"));
  for (const name of names) addRun(runs, name);
  return runs;
}

const relationsOf = ({ json }: Answer): number => (json as { relations: unknown[] }).relations.length;

test("a model that is swapped under load answers every request with one model or the other", async () => {
  const runs = newRuns("strict");
  const { url } = await startServer({ runs, threads: 2 });
  const before = relationsOf(await extract(url, { text: sentence }));
  expect(before).toBeGreaterThan(0);
  const answers: Answer[] = [];
  let swapping = true;
  const client = async (): Promise<void> => {
    while (swapping) answers.push(await extract(url, { text: sentence }));
  };
  const clients = Array.from({ length: 8 }, client);
  for (const run of ["strict", null, "strict"]) expect((await use(url, run)).status).toBe(200);
  swapping = false;
  await Promise.all(clients);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect([...new Set(answers.map(relationsOf))].every((count) => count === before || count === 0)).toBe(true);
  expect(relationsOf(await extract(url, { text: sentence }))).toBe(0);
});

test("a run that was chosen is served again after a restart with the same folder, and what was before it can be", async () => {
  const runs = newRuns("strict", "gone", "damaged");
  writeFileSync(join(runs, "damaged/model/model.safetensors"), "none");
  const first = await startServer({ runs });
  const models = async (url: string): Promise<unknown> => (await send(`${url}/v1/models`)).json;
  expect(await models(first.url)).toMatchObject({ models: [{ name: "example", run: null, before: null }] });
  expect(codeOf(await use(first.url, null))).toBe("REQUEST_INVALID");
  expect(codeOf(await use(first.url, "../strict"))).toBe("RUN_UNKNOWN");
  expect(codeOf(await use(first.url, "strict", "other"))).toBe("MODEL_UNKNOWN");
  expect((await use(first.url, "damaged")).status).toBe(500);
  expect(relationsOf(await extract(first.url, { text: sentence }))).toBeGreaterThan(0);
  expect((await use(first.url, "strict")).json).toMatchObject({ run: "strict", before: "examples/model" });
  expect((await use(first.url, "gone")).json).toMatchObject({ run: "gone", before: "strict" });
  await first.server.close();
  rmSync(join(runs, "gone"), { recursive: true });

  const second = await startServer({ runs });
  expect(await models(second.url)).toMatchObject({ models: [{ run: "strict", before: "examples/model" }] });
  expect(relationsOf(await extract(second.url, { text: sentence }))).toBe(0);
  const deletion = await send(`${second.url}/v1/runs/strict`, { method: "DELETE" });
  expect([deletion.status, codeOf(deletion)]).toEqual([409, "RUN_IN_USE"]);
  await second.server.close();

  const elsewhere = join(folder, "another-model");
  cpSync(modelFolder, elsewhere, { recursive: true });
  const other = await startServer({ runs, models: [{ name: "example", folder: elsewhere }] });
  expect(await models(other.url)).toMatchObject({ models: [{ run: null, before: null }] });
  await other.server.close();

  const third = await startServer({ runs });
  expect((await use(third.url, null)).json).toMatchObject({ run: null, before: null });
  expect(relationsOf(await extract(third.url, { text: sentence }))).toBeGreaterThan(0);
  await third.server.close();
  writeFileSync(join(runs, ".served.json"), '{"models": {"example": {"started": "x", "runs": ["../../etc"]}}}');
  expect(await models((await startServer({ runs })).url)).toMatchObject({ models: [{ run: null }] });
});

test("choosing a model needs the scope admin, and changing runs the scope train", async () => {
  const runs = newRuns("strict");
  const tokens = (["read", "train", "admin"] as const).map((scope) => ({ token: scope, scope }));
  const { url } = await startServer({ runs, tokens });
  const statusOf = async (method: string, path: string, token: string, body?: string): Promise<number> =>
    (
      await send(`${url}${path}`, {
        method,
        headers: { ...json, authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body }),
      })
    ).status;
  const choice = '{"run": "strict"}';
  expect(await statusOf("PUT", "/v1/models/example", "train", choice)).toBe(403);
  expect(await statusOf("PUT", "/v1/models/example", "admin", choice)).toBe(200);
  expect(await statusOf("PATCH", "/v1/runs/strict", "read", '{"tags": ["a"]}')).toBe(403);
  expect(await statusOf("PATCH", "/v1/runs/strict", "train", '{"tags": ["a"]}')).toBe(200);
  expect(await statusOf("DELETE", "/v1/runs/strict", "read")).toBe(403);
  expect((await startServer({ runs: newRuns(), host: "0.0.0.0" })).url).toBeDefined();
});

test("runs are tagged, renamed, downloaded and deleted", async () => {
  const runs = newRuns("one", "sweep/two");
  const { url } = await startServer({ runs });
  const change = async (name: string, value: unknown): Promise<Answer> =>
    send(`${url}/v1/runs/${encodeURIComponent(name)}`, { method: "PATCH", headers: json, body: JSON.stringify(value) });
  expect((await change("one", { tags: ["good", "good", "<b>"] })).json).toMatchObject({ name: "one", tags: ["good", "<b>"] });
  expect((await change("sweep/two", { name: "2" })).json).toMatchObject({ name: "sweep/2", tags: [] });
  expect(codeOf(await change("one", { name: "sweep" }))).toBe("RUN_NAME_TAKEN");
  for (const name of ["../x", ".hidden", "", "a/b"]) expect((await change("one", { name })).status).toBe(400);

  const archive = await fetch(`${url}/v1/runs/${encodeURIComponent("sweep/2")}/download`);
  expect(archive.headers.get("content-disposition")).toBe('attachment; filename="2.tar.gz"');
  const tar = gunzipSync(Buffer.from(await archive.arrayBuffer()));
  const files = new Map<string, Buffer>();
  for (let at = 0; tar[at] !== 0; ) {
    const field = (from: number, length: number): string =>
      tar.toString("utf8", at + from, at + from + length).replace(/\0.*$/s, "");
    const size = Number.parseInt(field(124, 12), 8);
    const blank = Buffer.from(tar.subarray(at, at + 512)).fill(" ", 148, 156);
    expect(Number.parseInt(field(148, 8), 8)).toBe(blank.reduce((sum, byte) => sum + byte, 0));
    files.set(field(0, 100), tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  expect(files.get("2/model/model.safetensors")?.equals(readFileSync(join(modelFolder, "model.safetensors")))).toBe(true);
  expect(files.get("2/config.yaml")?.toString()).toBe(config);

  const removed = (await send(`${url}/v1/runs/one`, { method: "DELETE" })).json as { kept: string };
  expect(removed.kept).toMatch(/^\.trash\/one-/);
  expect(existsSync(join(runs, removed.kept, "model"))).toBe(true);
  expect(((await send(`${url}/v1/runs`)).json as { runs: { name: string }[] }).runs.map(({ name }) => name)).toEqual(["sweep/2"]);
});

test("a training starts from the served model, is compared with it, and its mistakes become a project", async () => {
  const [corrections, runs, data] = [join(folder, "corrections"), newRuns(), join(folder, "data")];
  mkdirSync(data);
  writeFileSync(join(data, "some.jsonl"), jsonLines(lines(10)));
  const { url } = await startServer({ corrections, runs, data: [data], allowTraining: true });
  const project = `${url}/v1/corrections/p`;
  await post(`${url}/v1/corrections`, { name: "p", data: "data/some.jsonl" });
  const { page } = (await send(project)).json as {
    page: { id: number; revision: number; document: { entities: unknown[]; relations: unknown[] } }[];
  };
  for (const { id, revision, document } of page) {
    const { entities, relations } = document;
    const headers = { ...json, "if-match": `"${revision}"` };
    await send(`${project}/sentences/${id}`, {
      method: "PUT",
      headers,
      body: JSON.stringify({ entities, relations, done: true }),
    });
  }
  expect((await post(`${project}/train`, { model: "example", from: "x" })).status).toBe(400);
  expect(codeOf(await post(`${project}/train`, { model: "example", data: "added" }))).toBe("REQUEST_INVALID");
  expect(codeOf(await send(`${project}/verdict`))).toBe("RUN_UNKNOWN");
  const started = await post(`${project}/train`, { model: "example" });
  expect(started.json).toMatchObject({
    ...{ state: "running", run: "p-1", model: "example", progress: { epoch: 0 } },
    data: "train: 8 corrected sentences; dev: 2, every fifth document; no test",
  });
  // The run can be opened although its process has hardly begun.
  expect((await send(`${url}/v1/runs/p-1`)).json).toMatchObject({ run: { state: "running", epochs: { planned: 10 } } });
  expect(codeOf(await use(url, "p-1"))).toBe("RUN_IN_USE");
  expect(codeOf(await send(`${url}/v1/runs/p-1`, { method: "DELETE" }))).toBe("RUN_IN_USE");
  const state = async (): Promise<string> => ((await send(`${project}/train`)).json as { state: string }).state;
  await expect.poll(state, { interval: 300, timeout: 60_000 }).toBe("done");
  expect(readFileSync(join(runs, "p-1/config.yaml"), "utf8")).toContain(`init: ${modelFolder.replace(/\/$/, "")}`);

  const verdict = (await send(`${project}/verdict`)).json as { claim: string; wrong: number; scores: unknown };
  expect(verdict).toMatchObject({
    run: "p-1",
    model: "example",
    before: "examples/model",
    sentences: 2,
    served: false,
    protocol: "strict",
  });
  expect((await use(url, "p-1")).json).toMatchObject({ run: "p-1", before: "examples/model" });
  expect((await send(`${project}/verdict`)).json).toEqual({ ...verdict, served: true });
  expect((await send(`${url}/v1/models/example`)).json).toMatchObject({
    score: { protocol: "strict", sentences: 2 },
    examples: { entities: { LOC: expect.arrayContaining(["Oslo"]) } },
  });
  const mistakes = await post(`${url}/v1/corrections`, { name: "wrong", mistakes: "p-1" });
  if (verdict.wrong === 0) expect(mistakes.status).toBe(400);
  else expect(mistakes.json).toMatchObject({ sentences: verdict.wrong, done: 0 });

  // A type that the model does not know cannot be learnt from its weights.
  const known = (await send(`${project}/sentences/0`)).json as { revision: number };
  const edit = { entities: [{ start: 0, end: 1, type: "SPELL" }], relations: [], done: true };
  const headers = { ...json, "if-match": `"${known.revision}"` };
  await send(`${project}/sentences/0`, { method: "PUT", headers, body: JSON.stringify(edit) });
  const fresh = await post(`${project}/train`, { model: "example" });
  expect((fresh.json as { data: string }).data).toBe(
    "train: 8 sentences, 8 of them corrected; dev: 2 sentences, 2 of them corrected; from new weights: the model does not know SPELL",
  );
  await send(`${project}/train`, { method: "DELETE" });
  expect(readFileSync(join(corrections, "p/p-2/weft.yaml"), "utf8")).not.toContain('"init"');
});
