import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonLines, lines, tinyConfig, writeTinyCorpus } from "./tiny-corpus.ts";
import { type Ended, weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-bad-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => void writeTinyCorpus(folder));

const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);
const one = { epochs: "training.epochs=1" };
let runs = 0;

/** One epoch in its own folder. */
async function train(...more: string[]): Promise<Ended & { run: string }> {
  const run = `run-${++runs}`;
  return {
    ...(await weft(["train", "weft.yaml", "--run", run, "--threads", "1", "--set", one.epochs, ...more], { cwd: folder })),
    run,
  };
}

/** A failure: code 1, nothing on standard output, no stack, and no folder of a run. */
function expectFailure({ code, out, err, run }: Awaited<ReturnType<typeof train>>, ...texts: string[]): void {
  for (const text of texts) expect(err).toContain(text);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).not.toContain("    at ");
  expect(err).not.toContain("INTERNAL");
  expect(existsSync(join(folder, run))).toBe(false);
}

describe("a wrong configuration", () => {
  test("names file, line, column and the nearest real name, all faults at once", async () => {
    const text = tinyConfig.replace("rounds: 1", "roundz: 1").replace("epochs: 4", "epochs: none\n  selekt: strict");
    write("wrong.yaml", text);
    const { code, out, err } = await weft(["train", "wrong.yaml", "--run", "wrong"], { cwd: folder });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(
      "wrong.yaml:8:3 model.roundz: there is no setting of this name (SETTING_UNKNOWN)\n  → did you mean rounds?",
    );
    expect(err).toContain("wrong.yaml:15:11 training.epochs: expected a number, found none (SETTING_INVALID)");
    expect(err).toContain(
      "wrong.yaml:16:3 training.selekt: there is no setting of this name (SETTING_UNKNOWN)\n  → did you mean select?",
    );
    expect(existsSync(join(folder, "wrong"))).toBe(false);
  });

  test.each<[string, string, string, string]>([
    ["a model", "model.name=rim", "--set model.name=rim model.name: ", "did you mean rin?"],
    ["a setting", "optimizer.ratte=1", "--set optimizer.ratte=1 optimizer.ratte: there is no setting", "did you mean rate?"],
    ["a protocol", "training.select=strickt", "training.select: expected one of auto, strict", "did you mean strict?"],
    [
      "a tag scheme",
      "vocabulary.scheme=bioe",
      "vocabulary.scheme: expected one of bio, bioes, bilou, found bioe",
      "did you mean bio",
    ],
    ["a number", "training.batch=0", "training.batch: expected a number of at least 1, found 0", ""],
  ])("%s after --set that does not exist", async (_, set, message, hint) => {
    expectFailure(await train("--set", set), message, hint);
  });

  test("is reported if it is missing or not YAML", async () => {
    const missing = await weft(["train", "none.yaml"], { cwd: folder });
    expect(missing).toMatchObject({
      code: 1,
      err: expect.stringContaining("none.yaml: there is no such file (FILE_MISSING)") as string,
    });
    write("no.yaml", "seed: [1\ndata: {\n");
    const broken = await weft(["train", "no.yaml"], { cwd: folder });
    expect(broken.code).toBe(1);
    expect(broken.err).toMatch(/no\.yaml:\d+:\d+.*\(YAML_INVALID\)/);
  });
});

describe("wrong data", () => {
  const good = lines(6);
  const [first] = good as [(typeof good)[number]];

  test.each(["train", "dev", "test"])("a missing file for %s is reported before training", async (part) => {
    expectFailure(await train("--set", `data.${part}=none.jsonl`), "none.jsonl: there is no such file (FILE_MISSING)");
  });

  test.each<[string, string, string]>([
    ["broken JSON", `${jsonLines(good)}{"tokens": ["a", }\n`, ':7:18: expected a value, found "}" (JSON_INVALID)'],
    ["a cut-off last line", jsonLines(good).slice(0, -20), ":6:"],
    [
      "a relation without its entity",
      jsonLines([first, { ...first, relations: [{ head: 0, tail: 7, type: "r" }] }]),
      ":2 relations[0].tail: tail names entity 7, but this document has entities 0 to 2 (RELATION_END_MISSING)",
    ],
    [
      "a span outside the sentence",
      jsonLines([...good, { tokens: ["a"], entities: [{ start: 0, end: 2, type: "T" }] }]),
      ":7 entities[0].end: end is 2",
    ],
    ["an empty span", jsonLines([{ tokens: ["a"], entities: [{ start: 0, end: 0, type: "T" }] }]), "(SPAN_EMPTY)"],
    ["a token that is no text", jsonLines([{ tokens: ["a", 3] }]), ":1 tokens[1]: expected a string, found 3 (FIELD_INVALID)"],
    ["an empty corpus", "", "data.train: the file holds no sentences (CORPUS_EMPTY)"],
    [
      "a corpus of empty sentences",
      jsonLines([{ tokens: [] }, { tokens: [] }]),
      "data.train: the file holds no sentences (CORPUS_EMPTY)",
    ],
  ])("%s is reported with its place", async (_, text, message) => {
    write("bad.jsonl", text);
    expectFailure(await train("--set", "data.train=bad.jsonl"), join(folder, "bad.jsonl"), message);
  });

  test("an empty dev part is refused, since it chooses the best epoch", async () => {
    write("bad.jsonl", "");
    expectFailure(
      await train("--set", "data.dev=bad.jsonl"),
      "data.dev: the file holds no sentences (CORPUS_EMPTY)",
      "best epoch",
    );
  });

  test("a label in dev that train lacks is counted, and training continues", async () => {
    const relations = [{ head: 0, tail: 2, type: "moved_to" }];
    write(
      "new-labels.jsonl",
      jsonLines([
        { ...first, relations },
        { ...first, entities: [{ start: 0, end: 1, type: "GOD" }], relations: [] },
      ]),
    );
    const { code, err } = await train("--set", "data.dev=new-labels.jsonl");
    expect(code).toBe(0);
    expect(err).toContain("2 annotations of dev cannot be found by this model and count as missed");
    expect(err).toContain("training has no relation type moved_to");
  });

  test("overlapping entities are counted, and training continues", async () => {
    const nested = { ...first, entities: [...first.entities, { start: 0, end: 1, type: "PER" }] };
    write("nested.jsonl", jsonLines([...good, nested]));
    const { code, err } = await train("--set", "data.train=nested.jsonl");
    expect(code).toBe(0);
    expect(err).toContain(
      "1 annotation of the training data cannot be learnt, first in 0 entities[3]: tokens 0 to 1 overlap a longer entity",
    );
  });
});

describe("wrong word vectors", () => {
  const row = (word: string, ...numbers: (number | string)[]): string => `${word} ${numbers.join(" ")}\n`;
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8];

  test.each<[string, string, string]>([
    [
      "NaN",
      row("Bob", ...numbers) + row("Acme", ...numbers.slice(1), "NaN"),
      'bad.txt:2: number 8 of "Acme" is "NaN", expected a finite number (VECTORS_INVALID)',
    ],
    [
      "a row that is too short",
      row("Bob", ...numbers) + row("Acme", 1, 2),
      "bad.txt:2: expected a word and 8 numbers, found 3 fields (VECTORS_INVALID)",
    ],
    [
      "another width",
      row("Bob", 1, 2, 3),
      "the vectors have 3 dimensions, but the word table has 8 (VECTORS_INVALID)\n  → set model.inputs.words.size to 3",
    ],
    ["an empty file", "", "bad.txt: the file is empty (VECTORS_INVALID)"],
  ])("%s: refused", async (_, text, message) => {
    write("bad.txt", text);
    expectFailure(await train("--set", "vectors=bad.txt"), message);
  });

  test("a file that does not exist: refused", async () => {
    expectFailure(await train("--set", "vectors=none.txt"), "none.txt: there is no such file (FILE_MISSING)");
  });

  test("a package that is not installed: refused", async () => {
    expectFailure(await train("--set", "vectors=no-such-vectors"), "npm install no-such-vectors");
  });

  test("accepts a partial file, and prints its coverage", async () => {
    write("partial.txt", row("Bob", ...numbers) + row("acme", ...numbers) + row("unheard", ...numbers));
    const { code, err } = await train("--set", "vectors=partial.txt");
    expect(code).toBe(0);
    expect(err).toContain("reading word vectors from partial.txt");
    expect(err).toContain("word vectors: partial.txt, 3 words of 8 numbers; ");
    expect(err).toMatch(
      /\d+\.\d % of the running words of train have a vector \(\d+\.\d % as written, [1-9]\d*\.\d % in lower case/,
    );
    expect(err).toMatch(/, \d+\.\d % of those of dev \(/);
  });
});
