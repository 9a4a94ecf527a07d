import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { jsonLines } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-check-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = { cwd: folder };
const path = (name: string): string => join(folder, name);

const record = (id: string, name: string, type = "works_for") => ({
  id,
  tokens: [name, "joined", "Acme"],
  entities: [
    { start: 0, end: 1, type: "PER" },
    { start: 2, end: 3, type: "ORG" },
    { start: 0, end: 1, type: "PER" },
  ],
  relations: [
    { head: 0, tail: 1, type },
    { head: 2, tail: 1, type },
  ],
});

test("every problem has a code, places and advice, as text and as JSON", async () => {
  writeFileSync(path("train.jsonl"), jsonLines([record("1", "Ada"), record("2", "Bo"), record("3", "Ada", "Works_For")]));
  const { code, out } = await weft(["data", "check", "train.jsonl"], inFolder);
  expect(code).toBe(0);
  expect(out).toContain(`! train.jsonl: 3 entities repeat another one of the same sentence (REPEATED_ENTITY)
    train.jsonl:1 entities[2]: "Ada" is entities[0] too
    train.jsonl:2 entities[2]: "Bo" is entities[0] too
    train.jsonl:3 entities[2]: "Ada" is entities[0] too
    → --fix keeps one, with the relations of both
`);
  expect(out).toContain(
    '    train.jsonl:3 3: "Ada" → "Acme" is Works_For here, works_for there, as in train.jsonl:1 1\n    → a model cannot learn both',
  );
  expect(out).toMatch(/every record is valid; \d warnings and \d notes\n$/);
  const json = await weft(["data", "check", "train.jsonl", "--json"], inFolder);
  expect(JSON.parse(json.out)).toMatchObject({
    files: [{ source: "train.jsonl", role: "train", sentences: 3, faults: [] }],
    problems: expect.arrayContaining([
      expect.objectContaining({
        code: "SIMILAR_LABELS",
        level: "warning",
        amount: 2,
        fix: { kind: "rename", of: "relation", from: "Works_For", to: "works_for" },
      }),
    ]) as unknown,
  });
});

test("--strict fails on warnings and not on notes", async () => {
  writeFileSync(path("once.jsonl"), jsonLines([{ tokens: ["Ada"], entities: [{ start: 0, end: 1, type: "PER" }] }]));
  const noted = await weft(["data", "check", "once.jsonl", "--strict"], inFolder);
  expect(noted.out).toContain("(RARE_LABEL)");
  expect(noted.code).toBe(0);
  expect((await weft(["data", "check", "train.jsonl", "--strict"], inFolder)).code).toBe(1);
});

test("--fix corrects the data, renames types as requested, and leaves nothing to correct", async () => {
  const before = readFileSync(path("train.jsonl"), "utf8");
  const args = ["data", "check", "train.jsonl", "--fix", "clean.jsonl", "--rename", "relation:Works_For=works_for"];
  const { code, out } = await weft(args, inFolder);
  expect(code).toBe(0);
  expect(out).toContain(
    "train.jsonl → clean.jsonl: 3 repeated entities removed, 3 repeated relations removed, 2 relations renamed",
  );
  expect(readFileSync(path("train.jsonl"), "utf8")).toBe(before);
  const again = await weft(["data", "check", "clean.jsonl", "--json"], inFolder);
  const { problems } = JSON.parse(again.out) as { problems: { code: string; level: string }[] };
  expect(problems.filter(({ level }) => level === "warning")).toEqual([]);
  const twice = await weft(args, inFolder);
  expect(twice.code).toBe(1);
  expect(twice.err).toContain("clean.jsonl: this path already exists, and Weft does not overwrite it (OUTPUT_EXISTS)");
});

test("several files go into a folder under their own names, and a brat folder stays a folder", async () => {
  mkdirSync(path("notes"));
  writeFileSync(path("notes/a.txt"), "Ada joined Acme.");
  writeFileSync(path("notes/a.ann"), "T1\tPER 0 2\tAd\nT2\tORG 11 15\tAcme\nR1\tworks_for Arg1:T1 Arg2:T2\n");
  const { code, out } = await weft(["data", "check", "train.jsonl", "notes", "--fix", "all", "--json"], inFolder);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    problems: expect.arrayContaining([
      expect.objectContaining({ code: "SPLIT_TOKEN", places: [expect.objectContaining({ source: "notes/a.ann", line: 1 })] }),
    ]) as unknown,
    fixed: [
      { input: "train.jsonl", output: join("all", "train.jsonl"), fixes: { repeatedEntities: 3 }, omitted: 0 },
      { input: "notes", output: join("all", "notes"), fixes: { movedSpans: 0 }, omitted: 0 },
    ],
  });
  expect(readdirSync(path("all")).toSorted()).toEqual(["notes", "train.jsonl"]);
  expect(readFileSync(path("all/notes/a.ann"), "utf8")).toContain("T1\tPER 0 2\tAd\n");
});

test("names the setting that splits words as the annotation does, and --split makes the splits", async () => {
  mkdirSync(path("doses"));
  writeFileSync(path("doses/a.txt"), "Take 5mg, 7mg or 9km of\nRed Stone-based salt.");
  const spans = ["Val 5 6\t5", "Unit 6 8\tmg", "Val 10 11\t7", "Unit 11 13\tmg", "Val 17 18\t9", "Org 24 33\tRed Stone"];
  writeFileSync(path("doses/a.ann"), spans.map((span, index) => `T${index + 1}\t${span}\n`).join(""));
  const { out } = await weft(["data", "check", "doses", "--json"], inFolder);
  const { problems, files } = JSON.parse(out) as { problems: { code: string; level: string; hint: string }[]; files: unknown };
  expect(files).toMatchObject([{ sentences: 1 }]);
  expect(problems[0]).toMatchObject({ code: "SPLIT_TOKEN", level: "warning" });
  expect(problems[0]?.hint).toContain("text.split: [hyphens, units] in the configuration");
  const split = await weft(["data", "check", "doses", "--split", "units,hyphens", "--newlines", "hard"], inFolder);
  expect(split.out).not.toContain("SPLIT_TOKEN");
  const wrong = await weft(["data", "check", "doses", "--split", "units,marks"], inFolder);
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain("expected units or hyphens, found marks");
});

test("refuses invalid arguments, and writes nothing if a record is broken", async () => {
  writeFileSync(path("broken.jsonl"), `{\n${jsonLines([record("1", "Ada")])}`);
  const broken = await weft(["data", "check", "broken.jsonl", "--fix", "x.jsonl"], inFolder);
  expect(broken.code).toBe(1);
  expect(broken.err).toContain("nothing was written: --fix requires that every record is valid");
  const refusals: [string[], number, string][] = [
    [["train.jsonl", "--rename", "a=b"], 2, "--rename changes what --fix writes"],
    [["train.jsonl", "--fix", "x.jsonl", "--rename", "works_for"], 2, '--rename takes from=to, found "works_for"'],
    [["train.jsonl", "--fix", "x.jsonl", "--rename", "relation:work_for=r"], 2, "did you mean works_for?"],
    [["-", "--fix", "x.jsonl"], 2, "--fix reads its files twice"],
  ];
  for (const [args, status, message] of refusals) {
    const { code, err } = await weft(["data", "check", ...args], inFolder);
    expect({ code, said: err.includes(message) }, err).toEqual({ code: status, said: true });
  }
  expect(existsSync(path("x.jsonl"))).toBe(false);
});

test("stats draws its counts, and reports a picture that cannot be written", async () => {
  const { code, out, err } = await weft(["data", "stats", "train.jsonl", "--svg", "corpus.svg"], inFolder);
  expect({ code, err }).toEqual({ code: 0, err: "corpus.svg written\n" });
  expect(out).toMatch(/^1 +6 +100\.0 %/m);
  const svg = readFileSync(path("corpus.svg"), "utf8");
  expect(svg).toMatch(/^<svg /);
  expect(svg).toContain("<title>works_for: 4 · 66.7 %</title>");
  const refused = await weft(["data", "stats", "train.jsonl", "--svg", join("none", "corpus.svg")], inFolder);
  expect(refused).toMatchObject({ code: 1, out: "" });
});

test("finds annotation that disagrees with brat's annotation.conf in a parent folder, with its line", async () => {
  mkdirSync(path("project/train"), { recursive: true });
  writeFileSync(path("project/annotation.conf"), "[entities]\nPER\nORG\n[relations]\nworks_for Arg1:PER, Arg2:ORG\n");
  writeFileSync(path("project/train/a.txt"), "Ada joined Acme.");
  writeFileSync(path("project/train/a.ann"), "T1\tPER 0 3\tAda\nT2\tORG 11 15\tAcme\nR1\tworks_for Arg1:T2 Arg2:T1\n");
  const { code, out } = await weft(["data", "check", "project/train", "--strict"], inFolder);
  expect(code).toBe(1);
  expect(out).toContain(`! project/train: 1 annotation is not in the schema of the corpus (SCHEMA_DISAGREES)
    project/train/a.ann:3 R1: "works_for" goes from ORG to PER, but annotation.conf declares it from PER to ORG; it was kept
`);
});

test("the types file of SpERT's format is found by its usual name or by option, and reported if missing", async () => {
  const entities = [0, 2].map((start) => ({ type: "PER", start, end: start + 1 }));
  const corpus = [{ tokens: ["Ada", "met", "Bo"], entities, relations: [{ type: "met", head: 1, tail: 0 }] }];
  const types = { entities: {}, relations: { met: { symmetric: true } } };
  mkdirSync(path("spert"));
  writeFileSync(path("spert/mine_train.json"), JSON.stringify(corpus));
  writeFileSync(path("types-of-mine.txt"), JSON.stringify(types));
  const convert = async (...more: string[]): Promise<string> =>
    (await weft(["convert", "spert/mine_train.json", "spert.jsonl", ...more], inFolder)).err;
  expect(await convert()).toContain("no types.json or NAME_types.json is next to the corpus");
  expect(await convert("--types", "types-of-mine.txt")).toContain('"met" is symmetric');
  expect(await convert("--types", "none.json")).toContain("none.json: there is no such file (FILE_MISSING)");
  writeFileSync(path("spert/mine_types.json"), JSON.stringify(types));
  expect(await convert()).toContain('"met" is symmetric');
});
