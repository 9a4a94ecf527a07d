import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, countedFiles, type RunningServer, send, startServer } from "./test-server.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-brat-"));
const data = join(folder, "data");
let running: RunningServer;

function write(path: string, text: string): void {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
}

const ann = "T1\tPER 0 9\tMara Voss\nT2\tORG 18 22\tAcme\nR1\tfounded Arg1:T1 Arg2:T2\n";
const conf = "[entities]\nPER\nORG\n[relations]\nfounded Arg1:PER, Arg2:ORG\n[events]\n[attributes]\n";

beforeAll(async () => {
  for (const part of ["train", "dev"]) {
    write(join(data, "brat", part, "annotation.conf"), conf);
    for (const name of ["a", "b"]) {
      write(join(data, "brat", part, `${name}.txt`), `Mara Voss founded Acme. ${name.toUpperCase()}da is the end.`);
      write(join(data, "brat", part, `${name}.ann`), ann);
    }
  }
  // A folder of documents below others belongs to their corpus.
  write(join(data, "brat/train/more/c.txt"), "Mara Voss founded Acme.");
  write(join(data, "brat/train/more/c.ann"), `${ann}T3\tORG 100 105\tNorda\n`);
  write(join(data, "texts/readme.txt"), "Nothing is annotated here.");
  write(join(data, "plain.jsonl"), '{"tokens":["Ada"],"entities":[],"relations":[]}\n');
  write(join(folder, "secret.txt"), "Mara Voss founded Acme, and nobody may know.");
  write(join(data, "linked/d.ann"), ann);
  symlinkSync(join(folder, "secret.txt"), join(data, "linked/d.txt"));
  symlinkSync(join(data, "brat/train/a.ann"), join(data, "brat/dev/linked.ann"));
  running = await startServer({ data: [data], corrections: join(folder, "corrections") });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const get = async (path: string): Promise<Answer> => send(`${running.url}/v1/${path}`);
const json = async <Value>(path: string): Promise<Value> => (await get(path)).json;

interface Listed {
  readonly name: string;
  readonly documents: number | null;
  readonly counts: { readonly sentences: number; readonly fault: { readonly at: object } | null } | null;
}

const counted = async (): Promise<readonly Listed[]> => countedFiles(running.url);

test("a folder of brat is one corpus, with its subfolders and texts; text alone is not a corpus", async () => {
  const files = await counted();
  expect(files.map(({ name, documents }) => [name, documents])).toEqual([
    ["data/plain.jsonl", null],
    ["data/brat/dev", 2],
    ["data/brat/train", 3],
    ["data/linked", 1],
    ["data/texts/readme.txt", null],
  ]);
  expect(files[1]?.counts).toMatchObject({ sentences: 4, entities: 4, relations: 2, fault: null });
  // Reading stops at the broken file, named relative to the folder.
  expect(files[2]?.counts).toMatchObject({ sentences: 4, fault: { at: { source: "more/c.ann" } } });
});

test("its sentences are browsed and filtered like those of a file, and unreadable records are listed by file", async () => {
  const page = await json("data/data%2Fbrat%2Fdev/sentences?relation=founded");
  expect(page).toMatchObject({
    sentences: 4,
    matching: 2,
    items: [{ line: null, document: { tokens: ["Mara", "Voss", "founded", "Acme", "."], relations: [{ type: "founded" }] } }, {}],
  });
  expect(await json("data/data%2Fbrat%2Fdev/sentences?search=the%20end")).toMatchObject({ matching: 2 });
  const problems = await json<{ files: object[]; problems: { places: { source: string }[] }[] }>(
    "data/data%2Fbrat%2Ftrain/problems?with=data%2Fbrat%2Fdev",
  );
  expect(problems.files).toMatchObject([
    { source: "data/brat/train", role: "train", faultCount: 1, faults: [{ at: { source: "data/brat/train/more/c.ann" } }] },
    { source: "data/brat/dev", role: "dev", faultCount: 0 },
  ]);
  expect(JSON.stringify(problems)).toContain('"source":"data/brat/dev/a.ann"');
  expect(JSON.stringify(problems)).not.toContain(folder);
  expect((await get("data/data%2Fbrat%2Fdev/statistics")).status).toBe(200);
});

test("links inside a corpus are not followed", async () => {
  const files = await counted();
  expect(files.find(({ name }) => name === "data/linked")?.counts).toMatchObject({
    sentences: 0,
    fault: { code: "COMPANION_MISSING", at: { source: "d.ann" } },
  });
  expect(JSON.stringify(await json("data/data%2Flinked/problems"))).not.toContain("nobody may know");
});

test("changes in it are noticed, and it becomes a correction project", async () => {
  const later = new Date(Date.now() + 5000);
  write(join(data, "brat/dev/a.ann"), "T1\tPER 0 9\tMara Voss\n");
  utimesSync(join(data, "brat/dev/a.ann"), later, later);
  await expect.poll(async () => JSON.stringify((await counted())[1]?.counts)).toContain('"entities":3,"relations":1');
  const made = await send(`${running.url}/v1/corrections`, {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "brat", data: "data/brat/dev" }),
  });
  expect([made.status, made.json]).toMatchObject([201, { sentences: 4, model: null }]);
  expect(await json("corrections/brat")).toMatchObject({
    page: [{ document: { entities: [{ start: 0, end: 2, type: "PER" }] } }, {}, {}, {}],
  });
});

test("two thousand documents are listed", async () => {
  for (let number = 0; number < 2000; number++) {
    write(join(folder, `large/${number}.txt`), "Mara Voss founded Acme.");
    write(join(folder, `large/${number}.ann`), ann);
  }
  const { url } = await startServer({ data: [join(folder, "large")] });
  expect(await countedFiles(url)).toMatchObject([
    { name: "large", documents: 2000, counts: { sentences: 2000, relations: 2000, fault: null } },
  ]);
});
