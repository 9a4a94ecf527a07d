import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { jsonLines, lines } from "./tiny-corpus.ts";
import { shell, weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-split-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = { cwd: folder };
const path = (name: string): string => join(folder, name);
const read = (name: string): string[] => readFileSync(path(name), "utf8").split("\n").filter(Boolean);

/** Sentences that differ by a number; the last ten appear twice. */
const corpus = [...lines(110), ...lines(10, 100)].map(({ tokens, ...line }, index) => ({
  ...line,
  id: `s${index}`,
  tokens: [...tokens, index < 110 ? `${index}` : `${index - 10}`],
}));
writeFileSync(path("corpus.jsonl"), jsonLines(corpus));

test("divides a corpus by the shares, with no sentence in two parts, and data check agrees", async () => {
  const args = ["data", "split", "corpus.jsonl", "--train", "0.8", "--dev", "0.1", "--test", "0.1", "--out", "split"];
  const { code, out, err } = await weft(args, inFolder);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/^split\/train\.jsonl +96 +96 +80\.0 % +\d+$/m);
  expect(out).toMatch(/^based_in +120 +96 +0\.0 +12 +0\.0 +12 +0\.0$/m);
  expect(readdirSync(path("split")).toSorted()).toEqual(["dev.jsonl", "test.jsonl", "train.jsonl"]);
  const ids = ["train", "dev", "test"].flatMap((part) =>
    read(`split/${part}.jsonl`).map((line) => (JSON.parse(line) as { id: string }).id),
  );
  expect(ids.toSorted()).toEqual(corpus.map(({ id }) => id).toSorted());
  const check = await weft(["data", "check", "split/train.jsonl", "split/dev.jsonl", "split/test.jsonl"], inFolder);
  expect(check.out).not.toContain("SHARED_SENTENCE");
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("the same seed writes the same bytes, from a file, gzip or a pipe, and another seed others", async () => {
  writeFileSync(path("corpus.jsonl.gz"), gzipSync(jsonLines(corpus)));
  await weft(["data", "split", "corpus.jsonl.gz", "-o", "packed", "-q"], inFolder);
  await shell("cat corpus.jsonl | weft data split - -o piped -q", folder);
  await weft(["data", "split", "corpus.jsonl", "-o", "other", "--seed", "2", "-q"], inFolder);
  for (const part of ["train", "dev", "test"]) {
    expect(read(`packed/${part}.jsonl`)).toEqual(read(`split/${part}.jsonl`));
    expect(read(`piped/${part}.jsonl`)).toEqual(read(`split/${part}.jsonl`));
  }
  expect(read("other/dev.jsonl")).not.toEqual(read("split/dev.jsonl"));
});

test("JSON has the sizes, the deviations and the paths; an omitted share gets the rest", async () => {
  const { out } = await weft(
    ["data", "split", "corpus.jsonl", "--train", "0.5", "--dev", "0", "-o", "halves", "--json"],
    inFolder,
  );
  expect(JSON.parse(out)).toMatchObject({
    input: "corpus.jsonl",
    seed: 1,
    shares: { train: 0.5, dev: 0, test: 0.5 },
    paths: { train: join("halves", "train.jsonl"), test: join("halves", "test.jsonl") },
    sizes: { train: { documents: 60 }, dev: { documents: 0 }, test: { documents: 60 } },
    types: [
      { type: "based_in", total: 120, counts: { train: 60, dev: 0, test: 60 }, deviations: { train: 0 } },
      { type: "works_for" },
    ],
    groups: { count: 110, largest: { documents: 2, sentences: 2 } },
    omitted: 0,
  });
  expect(readdirSync(path("halves")).toSorted()).toEqual(["test.jsonl", "train.jsonl"]);
});

test("headings join no documents, and a shortfall comes with its reason", async () => {
  const abstracts = (heading: string, from: number) =>
    Array.from({ length: 40 }, (_, index) => ({
      doc_key: `d${from + index}`,
      sentences: [index < 30 ? heading.split(" ") : [`Paper${index}`], [`P${from + index}`, "runs", `O${index}`, "."]],
      ner: [index < 30 && heading !== "Abstract" ? [[0, 0, "ORG"]] : [], []],
      relations: [[], []],
    }));
  writeFileSync(path("headings.jsonl"), jsonLines(abstracts("Abstract", 0)));
  writeFileSync(path("shared.jsonl"), jsonLines(abstracts("Acme runs the whole trial .", 40)));
  const fine = await weft(["data", "split", "headings.jsonl", "-o", "headings", "--json"], inFolder);
  expect(JSON.parse(fine.out)).toMatchObject({
    sizes: { train: { documents: 32 }, dev: { documents: 4 }, test: { documents: 4 } },
    shortfalls: [],
  });
  const both = await weft(["data", "split", "headings.jsonl", "shared.jsonl", "-o", "both", "--json"], inFolder);
  expect(JSON.parse(both.out)).toMatchObject({
    inputs: ["headings.jsonl", "shared.jsonl"],
    groups: { count: 51 },
    shortfalls: [],
  });
  const uneven = await weft(["data", "split", "shared.jsonl", "-o", "uneven", "--train", "0.6", "--dev", "0.2"], inFolder);
  expect(uneven.err).toContain("30 documents with 75.0 % of them share sentences, such as “Acme runs the whole trial .”");
  expect(uneven.err).toContain("train has 75.0 % of the sentences, not 60.0 %");
  const options = ["--shared", "all", "--shared-from", "1", "--train", "0.6", "--dev", "0.2"];
  const cut = await weft(["data", "split", "headings.jsonl", "-o", "all", ...options], inFolder);
  expect(cut.err).toContain("30 documents with 75.0 % of them share sentences, such as “Abstract”");
});

test("formats with several files get a folder per part", async () => {
  await weft(["data", "split", "corpus.jsonl", "-o", "spert", "--to", "spert", "-q"], inFolder);
  expect(readdirSync(path("spert/dev")).toSorted()).toEqual(["dev.json", "types.json"]);
  await weft(["data", "split", "corpus.jsonl", "-o", "brat", "--to", "brat", "-q"], inFolder);
  expect(readdirSync(path("brat/test"))).toContain("annotation.conf");
  const stats = await weft(["data", "stats", "brat/train", "spert/train/train.json", "--json"], inFolder);
  const [brat, spert] = JSON.parse(stats.out) as { relationTypes: unknown }[];
  expect(spert).toMatchObject({ sentences: 96, relationTypes: { based_in: 96, works_for: 48 } });
  expect(brat?.relationTypes).toEqual(spert?.relationTypes);
});

test("replaces nothing without --force, never a folder, and never the input", async () => {
  const before = read("split/dev.jsonl");
  const again = await weft(["data", "split", "corpus.jsonl", "-o", "split", "--seed", "2"], inFolder);
  expect(again.code).toBe(1);
  expect(again.err).toContain(`${join("split", "train.jsonl")}: the file already exists (OUTPUT_EXISTS)`);
  expect(read("split/dev.jsonl")).toEqual(before);
  expect((await weft(["data", "split", "corpus.jsonl", "-o", "split", "--seed", "2", "--force"], inFolder)).code).toBe(0);
  expect(read("split/dev.jsonl")).toEqual(read("other/dev.jsonl"));
  const folders = await weft(["data", "split", "corpus.jsonl", "-o", "brat", "--to", "brat", "--force"], inFolder);
  expect(folders.err).toContain("a folder is never replaced (OUTPUT_EXISTS)");
  mkdirSync(path("here"));
  writeFileSync(path("here/train.jsonl"), jsonLines(corpus));
  const inPlace = await weft(["data", "split", "here/train.jsonl", "-o", "here", "--force"], inFolder);
  expect(inPlace).toMatchObject({ code: 2 });
  expect(inPlace.err).toContain("files are never changed in place");
  const inside = await weft(["data", "split", "brat/train", "-o", "brat/train/parts"], inFolder);
  expect(inside.err).toContain("the parts would be inside the input brat/train");
});

test("reports errors before writing anything, and leaves nothing behind after a broken record", async () => {
  writeFileSync(path("broken.jsonl"), `${jsonLines(corpus.slice(0, 5))}{\n`);
  const cases: [string[], number, string][] = [
    [["broken.jsonl", "-o", "new"], 1, "broken.jsonl:6"],
    [["missing.jsonl", "-o", "new"], 1, "there is no such file (FILE_MISSING)"],
    [["corpus.jsonl"], 2, "required option `-o, --out <folder>`"],
    [["corpus.jsonl", "-o", "new", "--train", "0.8", "--test", "0.4"], 2, "the shares sum to 1.2, expected at most 1"],
    [["corpus.jsonl", "-o", "new", "--train", "0.5", "--dev", "0.1", "--test", "0.1"], 2, "the shares sum to 0.7, expected 1"],
    [["corpus.jsonl", "-o", "new", "--train", "80"], 2, "expected a number from 0 to 1"],
    [["corpus.jsonl", "-o", "new", "--to", "spret"], 2, "did you mean spert?"],
  ];
  for (const [args, status, message] of cases) {
    const { code, err } = await weft(["data", "split", ...args], inFolder);
    expect({ code, said: err.includes(message) }, err).toEqual({ code: status, said: true });
  }
  expect(readdirSync(folder).filter((name) => name === "new" || name.endsWith(".tmp"))).toEqual([]);
});
