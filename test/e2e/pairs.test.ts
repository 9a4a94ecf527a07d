import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { jsonLines, lines, tinyConfig } from "./tiny-corpus.ts";
import { weft } from "./weft-command.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-pairs-"));
const inFolder = { cwd: folder };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Pair {
  readonly tokens: readonly string[];
  readonly type: string;
  readonly ends: readonly { readonly words: string; readonly pos: readonly [number, number] }[];
}

/** The pairs of the tiny corpus; a pair of person and city is one of `Other`. */
const pairs = (count: number, from = 0): readonly Pair[] =>
  lines(count, from).flatMap(({ tokens, entities, relations }) =>
    [...relations, { head: 0, tail: 2, type: "Other" }].map(({ head, tail, type }) => {
      const ends = entities.flatMap(({ start, end }) => ({
        words: tokens.slice(start, end).join(" "),
        pos: [start, end] as const,
      }));
      return { tokens, type, ends: [head, tail].flatMap((index) => ends[index] ?? []) };
    }),
  );

const table = (count: number, from = 0): string =>
  pairs(count, from)
    .map(({ tokens, type, ends }) => `"${tokens.join(" ")}";${ends.map(({ words }) => words).join(";")};${type}\n`)
    .join("");

const header = "was;wer;wen;wie\n";
const columns = { sentence: "was", head: "wer", tail: "wen", relation: "wie" };

test("a table with columns of other names trains a model that does not learn the negative types", async () => {
  for (const [name, count, from] of [
    ["train", 18, 0],
    ["dev", 5, 18],
    ["test", 5, 23],
  ] as const) {
    writeFileSync(join(folder, `${name}.csv`), header + table(count, from));
  }
  const config = tinyConfig
    .replaceAll(".jsonl", ".csv")
    .replace("data:", `data:\n  negatives: [Other]\n  columns: ${JSON.stringify(columns)}`);
  writeFileSync(join(folder, "weft.yaml"), config);
  const map = Object.entries(columns)
    .map(([what, name]) => `${what}=${name}`)
    .join(",");

  const unread = await weft(["data", "check", "train.csv"], inFolder);
  expect(unread.code).toBe(1);
  expect(unread.out).toContain('no column is known to hold the sentence; the columns are "was", "wer", "wen", "wie"');
  const stats = await weft(["data", "stats", "train.csv", "--columns", map, "--negatives", "Other", "--json"], inFolder);
  expect(JSON.parse(stats.out)).toMatchObject([{ sentences: 18, entities: 54, relationTypes: { based_in: 18, works_for: 9 } }]);

  const trained = await weft(["train", "weft.yaml", "--run", "run"], inFolder);
  expect(trained.err).toContain("18 sentences to learn from, 5 in dev");
  expect(trained.err).toContain("2 relation types");
  expect(trained.code).toBe(0);
  const saved = JSON.parse(readFileSync(join(folder, "run/model/config.json"), "utf8")) as unknown;
  expect(saved).toMatchObject({ negatives: ["Other"] });

  const scored = await weft(["evaluate", "run", "test.csv", "--columns", map, "--json"], inFolder);
  const report = JSON.parse(scored.out) as { protocols: { exact: { micro: { gold: number } } } };
  const gold = lines(5, 23).reduce((sum, { relations }) => sum + relations.length, 0);
  expect(report.protocols.exact.micro.gold).toBe(gold);

  // A run knows the columns of its own dev data.
  const calibrated = await weft(["calibrate", "run", "--json"], inFolder);
  expect(calibrated.code, calibrated.err).toBe(0);
  const again = await weft(["calibrate", "run", "--data", "test.csv", "--columns", map, "--json"], inFolder);
  expect(JSON.parse(again.out)).toMatchObject({ data: "test.csv", sentences: 5 });
  const merged = await weft(["merge", "run", "run", "-o", "merged", "--data", "test.csv", "--columns", map, "--json"], inFolder);
  expect(merged.code, merged.err).toBe(0);

  const noOther = ["--ignore", "Other", "--columns", map, "--json"];
  const self = await weft(["score", "test.csv", "test.csv", "-p", "exact", ...noOther], inFolder);
  expect(JSON.parse(self.out)).toMatchObject({ protocols: { exact: { micro: { gold, f1: 1 } } } });
  const compared = await weft(["compare", "test.csv", "run", "--gold", "test.csv", "-p", "exact", ...noOther], inFolder);
  expect(compared.code, compared.err).toBe(0);
  const unnamed = await weft(["score", "test.csv", "test.csv"], inFolder);
  expect([unnamed.code, unnamed.err]).toEqual([1, expect.stringContaining("no column is known to hold the sentence")]);
});

test("OpenNRE's lines train a classifier of pairs, and its NA is not a type", async () => {
  const print = (count: number, from = 0): string =>
    jsonLines(
      pairs(count, from).map(({ tokens, type, ends }) => {
        const [h, t] = ends.map(({ words, pos }) => ({ name: words.toLowerCase(), pos }));
        return { token: tokens, h, t, relation: type === "Other" ? "NA" : type };
      }),
    );
  writeFileSync(join(folder, "train.txt"), print(18));
  writeFileSync(join(folder, "dev.txt"), print(5, 18));
  const config = `data: { train: train.txt, dev: dev.txt }
model: { name: pcnn, inputs: { words: { size: 8 }, tags: off }, positionSize: 4, filters: 8 }
training: { epochs: 2, batch: 6 }
`;
  writeFileSync(join(folder, "pcnn.yaml"), config);
  const trained = await weft(["train", "pcnn.yaml", "--run", "pcnn"], inFolder);
  expect(trained.err).toContain("18 sentences to learn from, 5 in dev");
  expect(trained.err).toContain("2 relation types");
  expect(trained.code).toBe(0);
});

test("convert takes the columns and the negatives, and refuses a map with a fault", async () => {
  writeFileSync(join(folder, "t.tsv"), "a\tb\tc\td\nAnn met Bo\tAnn\tBo\tmet\nCy met Di\tCy\tDi\tnone\n");
  const map = "sentence=a,head=b,tail=c,relation=d";
  const args = ["convert", "t.tsv", "-", "--from", "pairs", "--columns", map];
  const { out, err } = await weft([...args, "--negatives", "none"], inFolder);
  expect(err).toContain("2 documents, 4 entities, 1 relation read and written as Weft JSONL");
  expect(
    out
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { relations: unknown[] }).relations.length),
  ).toEqual([1, 0]);
  const unknown = await weft(["convert", "t.tsv", "-", "--from", "pairs", "--columns", "sentence=x"], inFolder);
  expect(unknown.code).toBe(1);
  expect(unknown.err).toContain('there is no column "x"; the columns are "a", "b", "c", "d" (FIELD_MISSING)');
  expect((await weft([...args.slice(0, -1), "sentence"], inFolder)).err).toContain("expected what=column, with commas between");
});
