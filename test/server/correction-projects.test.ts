import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { documentFromSentence } from "@weft-nlp/core";
import { matchAnnotators, mergeAnnotators } from "@weft-nlp/core/annotators";
import { recordOf } from "@weft-nlp/core/formats";
import { afterAll, expect, test } from "vitest";
import { watchThreads } from "../../packages/node/src/testing/watch-threads.ts";
import { type Answer, extract, send, sentence, startServer } from "./test-server.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-projects-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
const newFolder = (): string => join(folder, `projects-${++made}`);
const json = { "content-type": "application/json" };
const post = async (url: string, value: unknown): Promise<Answer> => send(url, { headers: json, body: JSON.stringify(value) });
const put = async (url: string, revision: number, value: unknown): Promise<Answer> =>
  send(url, { method: "PUT", headers: { ...json, "if-match": `"${revision}"` }, body: JSON.stringify(value) });
const remove = async (url: string, revision: number | string): Promise<Answer> =>
  send(url, { method: "DELETE", headers: { "if-match": `"${revision}"` } });
const codeOf = ({ json }: Answer): string => (json as { error: { code: string } }).error.code;
const marked = { entities: [{ start: 0, end: 1, type: "PER" }], relations: [], done: true };

interface Page {
  readonly revision: number;
  readonly sentences: number;
  readonly page: readonly {
    readonly document: { readonly id: string; readonly text: string; readonly entities: readonly object[] };
  }[];
}

test("a result of /v1/extract is appended to a project, with suggestions in every sentence", async () => {
  const corrections = newFolder();
  const { url } = await startServer({ corrections });
  await post(`${url}/v1/corrections`, { name: "news", texts: ["Mara left."], model: null });
  const all = `${url}/v1/corrections/news`;
  const found = (await extract(url, { text: `${sentence} Tomas Reyes lives in Rostock.` })).json as Record<string, unknown>;
  const { text, tokens, offsets, sentences, entities, relations } = found;
  const extraction = { text, tokens, offsets, sentences, entities, relations };
  const added = await post(`${all}/sentences`, { extraction });
  expect([added.status, added.json]).toMatchObject([201, { first: 1, sentences: 3, revision: 2 }]);
  // Two texts with the same name stay separate documents, which matters when data is split.
  expect((await post(`${all}/sentences`, { texts: ["Ada left."], model: null })).json).toMatchObject({ first: 3 });
  expect((await post(`${all}/sentences`, { extraction })).json).toMatchObject({ first: 4, sentences: 6, revision: 5 });
  const { page } = (await send(all)).json as Page;
  expect(page.map(({ document }) => document.id)).toEqual([
    "text-1",
    "text#0",
    "text#1",
    "text-1 (2)",
    "text (2)#0",
    "text (2)#1",
  ]);
  expect(page[1]?.document.text).toBe(sentence);
  expect(page[1]?.document.entities).toMatchObject([
    { start: 0, end: 2, type: "PER", confidence: expect.any(Number) as number },
    {},
    {},
  ]);

  expect((await put(`${all}/sentences/1`, 0, marked)).status).toBe(412);
  expect((await put(`${all}/sentences/1`, 1, marked)).status).toBe(200);
  // Another server on the same folder, and a later one, see the added sentences.
  const other = await startServer({ corrections });
  expect((await send(`${other.url}/v1/corrections/news`)).json).toMatchObject({ sentences: 6, revision: 6, done: 1 });
  await post(`${all}/sentences`, { texts: ["Bo left."], model: null });
  expect((await put(`${other.url}/v1/corrections/news/sentences/6`, 1, marked)).status).toBe(200);

  // Windows has no such permissions.
  const modes = readdirSync(join(corrections, "news")).map((name) => statSync(join(corrections, "news", name)).mode & 0o777);
  if (process.platform !== "win32") expect(new Set(modes)).toEqual(new Set([0o600]));
  const kept = readFileSync(join(corrections, "news/journal.jsonl"), "utf8");
  for (const [body, status] of [
    [{ extraction: { ...extraction, entities: [{ start: 0, end: 999, type: "A" }] } }, 400],
    [{ extraction: { ...extraction, relations: [{ head: 0, tail: 99, type: "r" }] } }, 400],
    [{ texts: [] }, 400],
    [{ texts: ["a"], extraction }, 400],
    [{ name: "news", texts: ["a"] }, 400],
    [{}, 400],
  ] as const)
    expect([body, (await post(`${all}/sentences`, body)).status]).toEqual([body, status]);
  expect((await post(`${url}/v1/corrections/none/sentences`, { texts: ["a"] })).status).toBe(404);
  expect(readFileSync(join(corrections, "news/journal.jsonl"), "utf8")).toBe(kept);
});

test("an extraction from a model of this server keeps its name; from another, the model is null", async () => {
  const { url } = await startServer({ corrections: newFolder() });
  const { id: _, ...extraction } = (await extract(url, { text: sentence })).json as Record<string, unknown>;
  expect((await post(`${url}/v1/corrections`, { name: "mine", extraction, model: null })).json).toMatchObject({ model: null });
  expect((await post(`${url}/v1/corrections`, { name: "named", extraction, model: "example" })).json).toMatchObject({
    model: "example",
  });
  expect((await post(`${url}/v1/corrections`, { name: "wrong", extraction, model: "none" })).status).toBe(404);
});

test("a project is deleted only at the revision that was seen, and can be restored by hand", async () => {
  const corrections = newFolder();
  const { url } = await startServer({ corrections });
  const one = `${url}/v1/corrections/first`;
  await post(`${url}/v1/corrections`, { name: "first", texts: [sentence, "Ada left."], model: null });
  await put(`${one}/sentences/0`, 0, marked);
  const late = await remove(one, 0);
  expect([late.status, codeOf(late), late.json]).toMatchObject([
    412,
    "CORRECTION_CONFLICT",
    { project: { name: "first", revision: 1, done: 1 } },
  ]);
  expect((await send(one, { method: "DELETE" })).status).toBe(400);
  expect((await remove(one, "x")).status).toBe(400);
  expect((await send(one, { method: "DELETE", headers: { "if-match": '"1"', host: "evil.example" } })).status).toBe(403);
  for (const name of [".trash", "..", "none"]) expect((await remove(`${url}/v1/corrections/${name}`, 0)).status).toBe(404);
  expect((await send(one)).json).toMatchObject({ sentences: 2 });

  const gone = await remove(one, 1);
  expect(gone.status).toBe(200);
  const { kept } = gone.json as { kept: string };
  expect(kept).toMatch(/^\.trash\/first-\d{4}-\d\d-\d\dT[\d-]+Z$/);
  expect((await send(`${url}/v1/corrections`)).json).toMatchObject({ projects: [] });
  for (const answer of [await send(one), await remove(one, 1), await put(`${one}/sentences/1`, 0, marked)])
    expect([answer.status, codeOf(answer)]).toEqual([404, "CORRECTIONS_UNKNOWN"]);
  expect((await send(`${url}/v1/corrections/.trash`)).status).toBe(404);

  // The name is free again, and a new project has nothing of the old one.
  expect((await post(`${url}/v1/corrections`, { name: "first", texts: ["New."], model: null })).status).toBe(201);
  expect((await send(one)).json).toMatchObject({ sentences: 1, revision: 0 });
  await remove(one, 0);
  expect(readdirSync(join(corrections, ".trash"))).toHaveLength(2);
  renameSync(join(corrections, kept), join(corrections, "first"));
  expect((await send(one)).json).toMatchObject({ sentences: 2, revision: 1, done: 1 });
});

test("a project that one server deletes or recreates is deleted or new for another server on the folder", async () => {
  const corrections = newFolder();
  const [here, there] = [await startServer({ corrections }), await startServer({ corrections })];
  await post(`${here.url}/v1/corrections`, { name: "shared", texts: ["One. Two."], model: null });
  const other = `${there.url}/v1/corrections/shared`;
  expect((await send(other)).json).toMatchObject({ sentences: 2 });
  expect((await remove(`${here.url}/v1/corrections/shared`, 0)).status).toBe(200);
  expect((await put(`${other}/sentences/1`, 0, marked)).status).toBe(404);
  await post(`${here.url}/v1/corrections`, { name: "shared", texts: ["Three."], model: null });
  expect((await send(other)).json).toMatchObject({ sentences: 1, page: [{ document: { text: "Three." } }] });
  // Of many concurrent deletions, one succeeds.
  const answers = await Promise.all(Array.from({ length: 6 }, async () => remove(other, 0)));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 404, 404, 404, 404, 404]);
});

test("of many concurrent creations with the same name one succeeds, and its sentences are kept", async () => {
  const { url } = await startServer({ corrections: newFolder() });
  for (let round = 0; round < 5; round++) {
    const names = ["one", "ONE", "one", "One", "one", "one"].map((name) => `${name}-${round}`);
    const making = Promise.all(
      names.map(async (name, k) => post(`${url}/v1/corrections`, { name, texts: [`Text ${k}.`], model: null })),
    );
    const lists = Promise.all(Array.from({ length: 6 }, async () => send(`${url}/v1/corrections`)));
    const answers = await making;
    await lists;
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409, 409]);
    const winner = answers.findIndex(({ status }) => status === 201);
    expect((await send(`${url}/v1/corrections/${names[winner]}`)).json).toMatchObject({
      page: [{ document: { text: `Text ${winner}.` } }],
    });
  }
});

test("a damaged project does not hide the others, and reports where the damage is", async () => {
  const corrections = newFolder();
  const first = await startServer({ corrections });
  for (const name of ["damaged", "headless", "whole"])
    await post(`${first.url}/v1/corrections`, { name, texts: ["Ada left."], model: null });
  writeFileSync(join(corrections, "damaged/documents.jsonl"), "{}\n{\n");
  writeFileSync(join(corrections, "headless/project.json"), "{");
  const { url } = await startServer({ corrections });
  expect((await send(`${url}/v1/corrections`)).json).toMatchObject({ projects: [{ name: "whole" }] });
  for (const [name, source] of [
    ["damaged", "documents.jsonl"],
    ["headless", "project.json"],
  ])
    expect((await send(`${url}/v1/corrections/${name}`)).json).toMatchObject({ error: { at: { source } } });
});

test("an annotated file is read in another thread, and its faults do not disclose its path", async () => {
  const data = newFolder();
  const corrections = newFolder();
  const { url } = await startServer({ corrections, data: [writtenTo(data)] });
  const watch = watchThreads();
  const made = await post(`${url}/v1/corrections`, { name: "file", data: `${basename(data)}/good.jsonl` });
  watch.stop();
  expect([made.status, made.json]).toMatchObject([
    201,
    { sentences: 3, entityTypes: expect.arrayContaining(["PER"]) as string[] },
  ]);
  expect(watch.started).toHaveLength(1);
  const bad = await post(`${url}/v1/corrections`, { name: "bad", data: `${basename(data)}/bad.jsonl` });
  expect([bad.status, bad.json]).toMatchObject([400, { error: { at: { source: `${basename(data)}/bad.jsonl`, line: 2 } } }]);
  expect(bad.text).not.toContain(folder);
});

/** Writes a valid file and a broken one. */
function writtenTo(data: string): string {
  const line = (id: string, start: number): string =>
    JSON.stringify({ id, tokens: ["Ada", "left", "."], entities: [{ start, end: start + 1, type: "PER" }] });
  mkdirSync(data);
  writeFileSync(join(data, "good.jsonl"), `${line("a", 0)}\n${line("b", 0)}\n${line("c", 0)}\n`);
  writeFileSync(join(data, "bad.jsonl"), `${line("a", 0)}\n${line("b", 7)}\n`);
  return data;
}

test("a project is renamed only at the revision that was seen, keeps its content, and frees its old name", async () => {
  const corrections = newFolder();
  const [here, there] = [await startServer({ corrections }), await startServer({ corrections })];
  const at = (name: string, url = here.url): string => `${url}/v1/corrections/${name}`;
  const rename = async (from: string, revision: number | string, name: unknown, url = here.url): Promise<Answer> =>
    send(at(from, url), {
      method: "PATCH",
      headers: { ...json, "if-match": `"${revision}"` },
      body: JSON.stringify({ name }),
    });
  await post(`${here.url}/v1/corrections`, { name: "old", texts: ["Ada left. Bo stayed."], model: null });
  await post(`${here.url}/v1/corrections`, { name: "Other", texts: ["Eve left."], model: null });
  const { createdAt } = (await send(at("old"))).json as { createdAt: string };
  expect((await put(`${at("old", there.url)}/sentences/0`, 0, marked)).status).toBe(200);

  const late = await rename("old", 0, "new");
  expect([late.status, codeOf(late), late.json]).toMatchObject([
    412,
    "CORRECTION_CONFLICT",
    { project: { name: "old", revision: 1 } },
  ]);
  for (const [name, status] of [
    ["other", 409],
    ["..", 400],
    ["", 400],
    ["a/b", 400],
    [7, 400],
  ] as const)
    expect([name, (await rename("old", 1, name)).status]).toEqual([name, status]);
  expect((await rename("old", "x", "new")).status).toBe(400);
  expect((await rename("none", 0, "new")).status).toBe(404);
  expect((await send(at("old"), { method: "PATCH", headers: json, body: '{"name": "new"}' })).status).toBe(400);
  expect(readdirSync(corrections).toSorted()).toEqual(["Other", "old"]);

  const renamed = await rename("old", 1, "new");
  expect([renamed.status, renamed.json]).toMatchObject([200, { name: "new", createdAt, revision: 1, sentences: 2, done: 1 }]);
  expect(readdirSync(corrections).toSorted()).toEqual(["Other", "new"]);
  for (const { url } of [here, there]) {
    const gone = await put(`${at("old", url)}/sentences/1`, 0, marked);
    expect([gone.status, codeOf(gone)]).toEqual([404, "CORRECTIONS_UNKNOWN"]);
    expect((await send(`${url}/v1/corrections`)).json).toMatchObject({ projects: [{ name: "Other" }, { name: "new" }] });
    expect((await send(at("new", url))).json).toMatchObject({ name: "new", page: [{ revision: 1 }, { revision: 0 }] });
  }
  expect((await put(`${at("new")}/sentences/1`, 0, marked)).status).toBe(200);
  expect((await send(`${at("new")}/export`)).json).toMatchObject({ files: [{ name: "new.jsonl" }] });
  expect((await rename("new", 2, "NEW")).json).toMatchObject({ name: "NEW", revision: 2 });
  expect((await rename("NEW", 2, "NEW")).json).toMatchObject({ name: "NEW", revision: 2 });
  expect((await post(`${here.url}/v1/corrections`, { name: "old", texts: ["New."], model: null })).status).toBe(201);
  expect((await send(at("old"))).json).toMatchObject({ sentences: 1, revision: 0 });
  // A folder renamed by hand is a project with that name.
  renameSync(join(corrections, "NEW"), join(corrections, "by-hand"));
  expect((await send(at("by-hand"))).json).toMatchObject({ name: "by-hand", createdAt, revision: 2 });
  // Of many concurrent renames, one succeeds.
  const answers = await Promise.all(["a", "b", "c", "d"].map(async (name) => rename("by-hand", 2, name, there.url)));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 404, 404, 404]);
});

test("sentences on which annotators disagree become a project, with everything in dispute as a suggestion", async () => {
  const data = join(folder, "disputes");
  mkdirSync(data);
  const document = (type: string) => ({
    document: {
      ...documentFromSentence({
        id: "a",
        tokens: ["Mara", "runs", "Kettle"],
        entities: [
          { start: 0, end: 1, type: "PER" },
          { start: 2, end: 3, type },
        ],
        relations: [],
      }),
      metadata: { doc: "news" },
    },
    at: {},
  });
  const people = ["ORG", "LOC"].map((type) => ({ name: type, documents: [document(type)] }));
  const { adjudication } = mergeAnnotators(matchAnnotators(people), "majority");
  writeFileSync(join(data, "disputes.jsonl"), adjudication.map((each) => `${JSON.stringify(recordOf(each))}\n`).join(""));
  const { url } = await startServer({ data: [data], corrections: newFolder() });
  const [file] = ((await send(`${url}/v1/data`)).json as { files: { name: string }[] }).files;
  const made = await post(`${url}/v1/corrections`, { name: "decide", data: file?.name });
  expect([made.status, made.json]).toMatchObject([201, { sentences: 1 }]);
  const { page } = (await send(`${url}/v1/corrections/decide`)).json as Page;
  expect(page[0]?.document).toMatchObject({
    id: "a",
    entities: [
      { start: 0, end: 1, type: "PER" },
      { start: 2, end: 3, type: "LOC", confidence: 0.5 },
      { start: 2, end: 3, type: "ORG", confidence: 0.5 },
    ],
  });
  expect(page[0]?.document.entities[0]).not.toHaveProperty("confidence");
});
