import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shell, weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-data-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sentence = (id: string, tail = "Acme") => ({
  id,
  tokens: ["Ada", "joined", tail, "in", "Oslo"],
  entities: [
    { start: 0, end: 1, type: "PER" },
    { start: 2, end: 3, type: "ORG" },
    { start: 4, end: 5, type: "LOC" },
  ],
  relations: [
    { head: 0, tail: 1, type: "works_for" },
    { head: 1, tail: 2, type: "based_in" },
  ],
});
const lines = (...values: unknown[]): string => `${values.map((value) => JSON.stringify(value)).join("\n")}\n`;
const path = (name: string): string => join(folder, name);

const gold = lines(sentence("1"), sentence("2", "Initech"));
const found = lines({ ...sentence("2", "Initech"), relations: [] }, sentence("1"));

beforeAll(() => {
  writeFileSync(path("gold.jsonl"), gold);
  writeFileSync(path("found.jsonl"), found);
  writeFileSync(path("gold.jsonl.gz"), gzipSync(gold));
  writeFileSync(path("packed.jsonl"), gzipSync(gold));
});

const scores = { micro: { predicted: 2, gold: 4, correct: 2, precision: 1, recall: 0.5, f1: expect.closeTo(2 / 3) as number } };

test("score matches by id and prints JSON for programs", async () => {
  const { code, out, err } = await weft(["score", path("gold.jsonl"), path("found.jsonl"), "--json"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(JSON.parse(out)).toMatchObject({
    gold: path("gold.jsonl"),
    matchedBy: "id",
    sentences: 2,
    protocols: { strict: scores, boundaries: scores, "ner-strict": { micro: { f1: 1 } } },
  });
});

test.each(["gold.jsonl.gz", "packed.jsonl", "-"])("score reads %s like the plain file", async (name) => {
  const read = name === "-" ? name : path(name);
  const plain = await weft(["score", path("gold.jsonl"), path("found.jsonl"), "-p", "strict,partial,rin-exact"]);
  const other = await weft(["score", read, path("found.jsonl"), "-p", "strict,partial,rin-exact"], { input: gold });
  expect(other.code).toBe(0);
  expect(other.out.split("\n").slice(2)).toEqual(plain.out.split("\n").slice(2));
  expect(other.out).toContain("partial-last");
});

test("score compares with a baseline that remembers", async () => {
  const { out } = await weft(["score", path("gold.jsonl"), path("found.jsonl"), "--train", path("gold.jsonl"), "-p", "strict"]);
  expect(out).toMatch(/strict +micro +100\.0 +50\.0 +66\.7 +2 +2 +4\n/);
  expect(out).toMatch(/ +memory +100\.0 +100\.0 +100\.0 +4 +4 +4\n/);
});

test("score refuses a prediction for other sentences", async () => {
  writeFileSync(path("other.jsonl"), lines(sentence("1", "Apple"), sentence("2")));
  const { code, out, err } = await weft(["score", path("gold.jsonl"), path("other.jsonl")]);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toContain(
    `${path("other.jsonl")}:1 tokens[2]: "Apple" here, but "Acme" in the gold sentence at ${path("gold.jsonl")}:1`,
  );
});

test.each<[string, string, string]>([
  ["broken JSON", `${lines(sentence("1"))}{"tokens": ["a", }\n`, 'broken.jsonl:2:18: expected a value, found "}" (JSON_INVALID)'],
  [
    "a relation without its entity",
    lines(sentence("1"), { ...sentence("2"), relations: [{ head: 0, tail: 7, type: "r" }] }),
    "broken.jsonl:2 relations[0].tail: tail names entity 7, but this document has entities 0 to 2 (RELATION_END_MISSING)",
  ],
  [
    "a span outside the sentence",
    lines({ tokens: ["a"], entities: [{ start: 0, end: 2, type: "T" }] }),
    "broken.jsonl:1 entities[0].end: end is 2, but this ",
  ],
])("stats and check report %s with line and place", async (_, text, message) => {
  writeFileSync(path("broken.jsonl"), text);
  const stats = await weft(["data", "stats", "broken.jsonl"], { cwd: folder });
  expect({ code: stats.code, out: stats.out }).toEqual({ code: 1, out: "" });
  expect(stats.err).toContain(message);
  expect(stats.err).not.toContain("    at ");
  const check = await weft(["data", "check", "broken.jsonl"], { cwd: folder });
  expect(check.code).toBe(1);
  expect(check.out).toContain(message);
});

test("check continues after a fault and lists them all", async () => {
  writeFileSync(path("faults.jsonl"), `{\n${lines(sentence("1"))}[]\n`);
  const { code, out } = await weft(["data", "check", "faults.jsonl", "--json"], { cwd: folder });
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    files: [{ source: "faults.jsonl", sentences: 1, faults: [{ code: "JSON_INVALID", at: { line: 1 } }, { at: { line: 3 } }] }],
  });
});

test("check compares train and test, and only --strict fails on what it finds", async () => {
  writeFileSync(path("train.jsonl"), gold);
  writeFileSync(
    path("test.jsonl"),
    lines(sentence("9"), { ...sentence("8", "Hooli"), relations: [{ head: 0, tail: 1, type: "left" }] }),
  );
  const args = ["data", "check", "train.jsonl", "test.jsonl"];
  const { code, out } = await weft(args, { cwd: folder });
  expect(code).toBe(0);
  expect(out).toContain("test.jsonl: 1 sentence is also in train.jsonl, word for word");
  expect(out).toContain("test.jsonl: 1 label is not in the training file: relation left (1)");
  expect(out).toMatch(/^test\.jsonl +3 +2 +66\.7 % +2 +66\.7 %$/m);
  expect((await weft([...args, "--strict"], { cwd: folder })).code).toBe(1);
});

test("stats counts, as a table and as JSON, and an empty file has nothing", async () => {
  const { out } = await weft(["data", "stats", "gold.jsonl"], { cwd: folder });
  expect(out).toContain("2 sentences · 10 tokens (6 different) · 6 entities · 4 relations");
  expect(out).toMatch(/^based_in +2 +50\.0 % +█+$/m);
  writeFileSync(path("empty.jsonl"), "");
  const empty = await weft(["data", "stats", "--json", "empty.jsonl"], { cwd: folder });
  expect(JSON.parse(empty.out)).toMatchObject([{ source: "empty.jsonl", sentences: 0, entityTypes: {} }]);
});

test("a missing file, a folder and an unknown format give clear errors", async () => {
  expect(await weft(["data", "stats", "none.jsonl"], { cwd: folder })).toEqual({
    code: 1,
    out: "",
    err: "none.jsonl: there is no such file (FILE_MISSING)\n  → check the name and the folder you are in\n",
  });
  expect((await weft(["data", "stats", folder])).err).toMatch(/expected a file or a folder of annotation; .* \(FILE_IS_FOLDER\)/);
  writeFileSync(path("poem.txt"), "roses are red\n");
  expect((await weft(["data", "stats", "poem.txt"], { cwd: folder })).err).toContain("(FORMAT_UNKNOWN)");
  expect((await weft(["data", "stats", "gold.jsonl", "--format", "jsonnl"], { cwd: folder })).err).toContain(
    "did you mean jsonl?",
  );
});

test("WEFT_DEBUG=1 adds the stack", async () => {
  const { err } = await weft(["data", "stats", "none.jsonl"], { cwd: folder, env: { WEFT_DEBUG: "1" } });
  expect(err).toContain("    at ");
});

test("a reader that stops ends the command quietly, like SIGPIPE", async () => {
  const many = lines(...Array.from({ length: 30_000 }, (_, index) => ({ id: `${index}`, tokens: [`t${index}`], entities: [] })));
  writeFileSync(path("many.jsonl"), many.replaceAll('"entities":[]', '"entities":[{"start":0,"end":9,"type":"T"}]'));
  const { out, err, code } = await shell("weft data check --json many.jsonl | head -1; echo ${PIPESTATUS[0]}", folder);
  expect({ out, err, code }).toEqual({ out: "{\n141\n", err: "", code: 0 });
});

test("help and version without a reader end quietly too", async () => {
  for (const asked of ["--help", "score --help", "--version"]) {
    // The reader has gone before there is any output.
    const { out, err } = await shell(`(sleep 0.1; weft ${asked}; echo $? >&2) | true`, folder);
    expect({ out, err }).toEqual({ out: "", err: "141\n" });
  }
});

test.skipIf(process.platform !== "linux")("reports a full disk, on standard output and in a file", async () => {
  expect((await shell("weft --help > /dev/full", folder)).err).toContain("(DISK_FULL)");
  const piped = await shell("weft schema > /dev/full", folder);
  expect(piped.code).toBe(1);
  expect(piped.err).toContain("standard output: no space is left to write this file (DISK_FULL)");
  expect((await weft(["schema", "-o", "/dev/full"])).err).toContain("/dev/full: no space is left to write this file (DISK_FULL)");
});

// Root may write everywhere, so the command runs as an unprivileged user.
test.skipIf(process.platform === "win32")("reports a folder without write permission, and leaves nothing in it", async () => {
  const locked = path("locked");
  mkdirSync(locked);
  chmodSync(folder, 0o755);
  chmodSync(locked, 0o555);
  const unprivileged = process.getuid?.() === 0 ? { uid: 65_534 } : {};
  const { code, err } = await weft(["schema", "-o", join(locked, "a.json")], { cwd: locked, ...unprivileged });
  expect(code).toBe(1);
  expect(err).toContain("no permission to write this file (FILE_DENIED)");
  const doctor = await weft(["doctor"], { cwd: locked, ...unprivileged });
  expect(doctor.code).toBe(1);
  expect(doctor.out).toMatch(/✗ working folder .*no permission/);
  expect(readdirSync(locked)).toEqual([]);
});

test("writes a whole file under its own name", async () => {
  const { code, out, err } = await weft(["schema", "-o", "weft.schema.json"], { cwd: folder });
  expect({ code, out, err }).toEqual({ code: 0, out: "", err: "weft.schema.json written\n" });
  expect(JSON.parse(readFileSync(path("weft.schema.json"), "utf8"))).toHaveProperty("properties");
  expect((await weft(["schema", "-q", "-o", "weft.schema.json"], { cwd: folder })).err).toBe("");
});

test.each<[NodeJS.Signals, number]>([
  ["SIGINT", 130],
  ["SIGTERM", 143],
])("%s ends a command that waits for input with %i, without a word", async (signal, code) => {
  expect(await weft(["data", "stats", "-"], { signal })).toEqual({ code, out: "", err: "" });
});
