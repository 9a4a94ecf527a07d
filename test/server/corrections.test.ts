import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { jsonLines, lines } from "../e2e/tiny-corpus.ts";
import { type Answer, modelFolder, send, sentence, startServer } from "./test-server.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-corrections-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const weftPath = fileURLToPath(new URL("../../packages/weft/bin/weft.js", import.meta.url));

let made = 0;
const newFolder = (): string => join(folder, `projects-${++made}`);
const json = { "content-type": "application/json" };
const post = async (url: string, value: unknown): Promise<Answer> => send(url, { headers: json, body: JSON.stringify(value) });
const put = async (url: string, revision: number | string, value: unknown): Promise<Answer> =>
  send(url, { method: "PUT", headers: { ...json, "if-match": `"${revision}"` }, body: JSON.stringify(value) });

interface Edit {
  readonly entities: readonly unknown[];
  readonly relations: readonly unknown[];
  readonly done: boolean;
}
interface Sentence {
  readonly id: number;
  readonly revision: number;
  readonly uncertainty: number;
  readonly done: boolean;
  readonly document: Omit<Edit, "done"> & { readonly text: string };
}
interface Page {
  readonly revision: number;
  readonly done: number;
  readonly firstOpen: number | null;
  readonly page: readonly Sentence[];
}

const edited = (start: number): Edit => ({ entities: [{ start, end: start + 1, type: "PER" }], relations: [], done: true });
/** A sentence that includes this edit. */
const standing = ({ entities, relations, done }: Edit): object => ({ done, document: { entities, relations } });
const codeOf = ({ json }: Answer): string => (json as { error: { code: string } }).error.code;

test("predictions become suggestions, an edit is saved, and the second of two writers gets the current state", async () => {
  const corrections = newFolder();
  const { url } = await startServer({ corrections });
  expect((await send(`${url}/v1/corrections`)).json).toEqual({ projects: [], data: false, training: false });
  expect(existsSync(corrections)).toBe(false);
  const created = await post(`${url}/v1/corrections`, {
    name: "first",
    texts: [`${sentence} Nothing is here.`, "👩‍👩‍👧 <script>1</script>"],
  });
  expect(created.status).toBe(201);
  expect(created.json).toMatchObject({ name: "first", model: "example", done: 0, revision: 0 });
  expect((await post(`${url}/v1/corrections`, { name: "First", texts: ["a"] })).status).toBe(409);

  const { page, firstOpen } = (await send(`${url}/v1/corrections/first?sort=uncertainty&limit=2`)).json as Page;
  expect(firstOpen).toBe(0);
  expect(page).toHaveLength(2);
  const [max, next] = page as [Sentence, Sentence];
  expect(max.uncertainty).toBeGreaterThanOrEqual(next.uncertainty);
  const one = `${url}/v1/corrections/first/sentences/0`;
  expect((await send(one)).json).toMatchObject({ id: 0, document: { text: sentence }, revision: 0, done: false });
  expect((await send(one)).text).toMatch(/"confidence":0\.\d/);

  const saved = await put(one, 0, edited(0));
  expect([saved.status, saved.headers["etag"]]).toEqual([200, '"1"']);
  const late = await put(one, 0, edited(3));
  expect([late.status, codeOf(late)]).toEqual([412, "CORRECTION_CONFLICT"]);
  expect((late.json as { sentence: Sentence }).sentence).toMatchObject({ revision: 1, ...standing(edited(0)) });
  // Repeating the same edit is not a conflict: its answer may have been lost.
  expect((await put(one, 0, edited(0))).json).toMatchObject({ revision: 1 });
  expect((await send(`${url}/v1/corrections/first`)).json).toMatchObject({ revision: 1, done: 1, firstOpen: 1 });
});

test("of many concurrent writers, exactly one wins each revision", async () => {
  const { url } = await startServer({ corrections: newFolder() });
  await post(`${url}/v1/corrections`, { name: "race", texts: [sentence], model: null });
  const one = `${url}/v1/corrections/race/sentences/0`;
  const answers = await Promise.all(Array.from({ length: 8 }, async (_, start) => put(one, 0, edited(start))));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
  const winner = answers.findIndex(({ status }) => status === 200);
  expect((await send(one)).json).toMatchObject({ revision: 1, ...standing(edited(winner)) });
});

test("a note is kept with its sentence, without a note in an edit it stays, and a restart has it", async () => {
  const corrections = newFolder();
  const { url } = await startServer({ corrections });
  await post(`${url}/v1/corrections`, { name: "noted", texts: ["Ada left."], model: null });
  const one = `${url}/v1/corrections/noted/sentences/0`;
  const note = { comment: "who is she?", flagged: true, annotator: "Anna" };
  expect((await put(one, 0, { ...edited(0), note })).json).toMatchObject({ revision: 1, note });
  // The same edit without a note changes nothing, so the revision stays.
  expect((await put(one, 1, edited(0))).json).toMatchObject({ revision: 1, note });
  expect((await put(one, 1, { ...edited(0), note: { comment: "x".repeat(2001) } })).status).toBe(400);
  expect((await put(one, 1, { ...edited(1), note: { skipped: true } })).json).toMatchObject({ note: { skipped: true } });
  const { url: again } = await startServer({ corrections });
  expect((await send(`${again}/v1/corrections/noted/sentences/0`)).json).toMatchObject({ revision: 2, note: { skipped: true } });
});

test("hostile names, ids, headers and bodies change nothing", async () => {
  const corrections = newFolder();
  mkdirSync(corrections);
  writeFileSync(join(corrections, "project.json"), "{}");
  mkdirSync(join(corrections, "empty"));
  const { url } = await startServer({ corrections, data: [folder] });
  for (const name of ["../up", "a/b", ".", "..", "", "x".repeat(81), "a\u0000", "con.txt", " a", "-a", "ä", "__proto__"]) {
    expect((await post(`${url}/v1/corrections`, { name, texts: [sentence] })).status).toBe(400);
  }
  expect(readdirSync(corrections).toSorted()).toEqual(["empty", "project.json"]);
  for (const path of ["..%2f..%2fetc", "empty", "project.json", "%2e%2e", "a%00"]) {
    expect((await send(`${url}/v1/corrections/${path}`)).status).toBe(404);
  }
  await post(`${url}/v1/corrections`, { name: "safe", texts: ["Mara left."], model: null });
  const one = `${url}/v1/corrections/safe/sentences/0`;
  const bad: [unknown, number][] = [
    [{ entities: [{ start: 0, end: 99, type: "A" }], relations: [], done: false }, 400],
    [{ entities: [{ start: 1, end: 1, type: "A" }], relations: [], done: false }, 400],
    [{ entities: [{ start: 0, end: 1, type: "" }], relations: [], done: false }, 400],
    [{ entities: [], relations: [{ head: 0, tail: 1, type: "r" }], done: false }, 400],
    [{ ...edited(0), entities: [...edited(0).entities, ...edited(0).entities] }, 400],
    [{ ...edited(0), entities: [{ start: 0, end: 1, type: "A", confidence: 0.5 }] }, 400],
    [{ ...edited(0), entities: [{ start: 0, end: 1, type: "A", confidence: 7 }], done: false }, 400],
    [{ ...edited(0), extra: 1 }, 400],
    [[], 400],
    ["x", 400],
  ];
  for (const [body, status] of bad) expect([body, (await put(one, 0, body)).status]).toEqual([body, status]);
  expect((await put(one, "x", edited(0))).status).toBe(400);
  expect((await send(one, { method: "PUT", headers: json, body: JSON.stringify(edited(0)) })).status).toBe(400);
  expect((await put(`${url}/v1/corrections/safe/sentences/7`, 0, edited(0))).status).toBe(404);
  expect((await put(`${url}/v1/corrections/safe/sentences/-1`, 0, edited(0))).status).toBe(400);
  expect((await send(one)).json).toMatchObject({ revision: 0 });
  for (const data of ["../../etc/passwd", "/etc/passwd", "nothing.jsonl"]) {
    expect((await post(`${url}/v1/corrections`, { name: "leak", data })).status).toBe(400);
  }
  expect((await post(`${url}/v1/corrections`, { name: "both", data: "a", texts: [] })).status).toBe(400);
  expect((await send(`${url}/v1/corrections/safe/export?format=nothing`)).status).toBe(400);
  expect((await post(`${url}/v1/corrections/safe/train`, {})).status).toBe(403);
});

test("corrections need a folder, and a token if the server has tokens", async () => {
  const { url } = await startServer({ data: [] });
  expect(codeOf(await send(`${url}/v1/corrections`))).toBe("NOT_ALLOWED");
  const { url: bare } = await startServer();
  expect(codeOf(await send(`${bare}/v1/corrections`))).toBe("ROUTE_UNKNOWN");
  const { url: closed } = await startServer({ corrections: newFolder(), tokens: ["secret-token"] });
  expect((await send(`${closed}/v1/corrections`)).status).toBe(401);
});

test("an annotated file and an extraction become projects; done sentences are exported in any format", async () => {
  const data = join(folder, "data");
  mkdirSync(data);
  writeFileSync(join(data, "train.jsonl"), jsonLines(lines(6)));
  const { url } = await startServer({ corrections: newFolder(), data: [data] });
  expect((await post(`${url}/v1/corrections`, { name: "file", data: "data/train.jsonl" })).json).toMatchObject({
    sentences: 6,
    model: null,
  });
  const { page } = (await send(`${url}/v1/corrections/file`)).json as Page;
  expect(page[0]).toMatchObject({ uncertainty: 0, document: { entities: [{ start: 0, end: 2, type: "PER" }, {}, {}] } });
  const extraction = (await post(`${url}/v1/extract`, { text: sentence })).json as { entities: unknown[] };
  expect((await post(`${url}/v1/corrections`, { name: "result", extraction })).status).toBe(201);
  const first = ((await send(`${url}/v1/corrections/result`)).json as Page).page[0] as Sentence;
  expect(first.document.entities).toHaveLength(extraction.entities.length);
  await put(`${url}/v1/corrections/result/sentences/0`, 0, edited(0));
  for (const format of ["jsonl", "brat", "conll", "spert", "label-studio"]) {
    const answer = await send(`${url}/v1/corrections/result/export?format=${format}`);
    expect([format, answer.status]).toEqual([format, 200]);
    const { sentences, files } = answer.json as { sentences: number; files: { name: string; content: string }[] };
    expect(sentences).toBe(1);
    expect(files.map(({ content }) => content).join("\n")).toContain("PER");
    expect(files.map(({ content }) => content).join("\n")).not.toContain("weft-correction");
  }
});

test("acknowledged changes survive kill -9 at any moment, and a partial line in the journal", async () => {
  const corrections = newFolder();
  const acknowledged = new Map<number, number>();
  const texts = Array.from({ length: 4 }, (_, index) => `Person ${index} went to a small town by the sea with a dog and a hat.`);
  for (let round = 0; round < 2; round++) {
    const { url, child } = await spawnServer(corrections);
    if (round === 0) await post(`${url}/v1/corrections`, { name: "tough", texts, model: null });
    const { page } = (await send(`${url}/v1/corrections/tough`)).json as Page;
    for (const { id, revision } of page) expect(revision).toBeGreaterThanOrEqual(acknowledged.get(id) ?? 0);
    let killed = false;
    const saves = page.map(() => 0);
    const ended = new Promise((done) => child.once("close", done));
    const writers = page.map(async ({ id, revision }, index) => {
      for (let now = revision; !killed; now++) {
        const answer = await put(`${url}/v1/corrections/tough/sentences/${id}`, now, edited(now % 9)).catch(() => undefined);
        if (answer?.status !== 200) continue;
        acknowledged.set(id, now + 1);
        saves[index] = (saves[index] ?? 0) + 1;
      }
    });
    await expect.poll(() => Math.min(...saves), { interval: 5 }).toBeGreaterThan(10 + 3 * round);
    child.kill("SIGKILL");
    killed = true;
    await Promise.all([...writers, ended]);
    appendFileSync(join(corrections, "tough", "journal.jsonl"), '{"id":0,"revision":99999,"entit');
  }
  expect(acknowledged.size).toBe(texts.length);
  const { url } = await startServer({ corrections });
  const { page } = (await send(`${url}/v1/corrections/tough`)).json as Page;
  for (const { id, revision, document } of page) {
    // A change that was written but not acknowledged may be there too.
    expect([acknowledged.get(id), (acknowledged.get(id) ?? 0) + 1]).toContain(revision);
    expect(document.entities).toMatchObject(edited((revision - 1) % 9).entities);
  }
  const one = page[0] as Sentence;
  expect((await put(`${url}/v1/corrections/tough/sentences/0`, one.revision, edited((one.revision + 3) % 9))).status).toBe(200);
  expect(readFileSync(join(corrections, "tough", "journal.jsonl"), "utf8")).not.toContain("99999");
});

test("a long journal is folded into the documents, and two servers on one folder see each other", async () => {
  const corrections = newFolder();
  const [{ url }, { url: other }] = [await startServer({ corrections }), await startServer({ corrections })];
  await post(`${url}/v1/corrections`, { name: "long", texts: [sentence], model: null });
  const one = (at: string): string => `${at}/v1/corrections/long/sentences/0`;
  const type = "T".repeat(200);
  const big = (round: number): Edit => ({
    entities: Array.from({ length: 60 }, (_, index) => ({
      start: index % 9,
      end: (index % 9) + 1,
      type: `${type.slice(9)}${round}-${index}`,
    })),
    relations: [],
    done: false,
  });
  let revision = 0;
  for (; revision < 90; revision++)
    expect((await put(one(revision % 2 === 0 ? url : other), revision, big(revision))).status).toBe(200);
  expect(readFileSync(join(corrections, "long", "documents.jsonl"), "utf8")).toContain('"revision":');
  expect(readFileSync(join(corrections, "long", "journal.jsonl")).length).toBeLessThan(1 << 20);
  const { url: third } = await startServer({ corrections });
  expect((await send(one(third))).json).toMatchObject({ revision, document: { entities: big(revision - 1).entities } });
});

test("training on done sentences creates a run, one at a time, and reports its split", async () => {
  const [corrections, runs, data] = [newFolder(), join(folder, "runs"), join(folder, "to-train")];
  mkdirSync(data);
  writeFileSync(join(data, "some.jsonl"), jsonLines(lines(10)));
  const { url } = await startServer({ corrections, runs, data: [data], allowTraining: true });
  const project = `${url}/v1/corrections/learnt`;
  await post(`${url}/v1/corrections`, { name: "learnt", data: "to-train/some.jsonl" });
  expect((await post(`${project}/train`, {})).status).toBe(400);
  const { page } = (await send(project)).json as Page;
  // A record's entities are sent back unchanged.
  for (const { id, revision, document } of page) {
    const { entities, relations } = document;
    const { status } = await put(`${project}/sentences/${id}`, revision, { entities, relations, done: true });
    expect(status).toBe(200);
  }
  expect((await post(`${project}/train`, { from: "../runs" })).status).toBe(404);
  const started = await post(`${project}/train`, {});
  expect(started.json).toMatchObject({
    state: "running",
    run: "learnt-1",
    data: "train: 8 corrected sentences; dev: 2, every fifth document; no test",
  });
  const second = await post(`${project}/train`, {});
  expect([second.status, codeOf(second)]).toEqual([409, "TRAINING_RUNNING"]);
  const renaming = { method: "PATCH", headers: { ...json, "if-match": '"10"' }, body: '{"name": "other"}' };
  expect(await send(project, renaming)).toMatchObject({ status: 409, json: { error: { code: "TRAINING_RUNNING" } } });
  const state = async (): Promise<{ state: string; message?: string }> => (await send(`${project}/train`)).json;
  await expect.poll(async () => JSON.stringify(await state()), { interval: 500 }).toContain('"done"');
  expect(existsSync(join(runs, "learnt-1", "report.json"))).toBe(true);
  const again = await post(`${project}/train`, { from: "learnt-1", data: "added" });
  expect(again.json).toMatchObject({
    run: "learnt-2",
    data: "train: 8 sentences, 8 of them corrected; dev: 2 sentences, 2 of them corrected",
  });
  const stopped = await send(`${project}/train`, { method: "DELETE" });
  expect((stopped.json as { state: string }).state).not.toBe("running");
});

async function spawnServer(corrections: string): Promise<{ url: string; child: ChildProcess }> {
  const args = [
    weftPath,
    "serve",
    `example=${modelFolder}`,
    "--port",
    "0",
    "--json",
    "--threads",
    "1",
    "--corrections",
    corrections,
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      const found = /"kind":"ready","url":"([^"]+)"/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("close", (code) => reject(new Error(`weft serve ended with ${code}`)));
  });
  return { url, child };
}
