import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { CorpusIndex } from "./corpus-index.ts";
import { packCorpus } from "./pack-corpus.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-index-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function indexOf(lines: readonly string[], maxBytes = 1 << 20): Promise<CorpusIndex> {
  const path = join(folder, "x.jsonl");
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  return new CorpusIndex(await packCorpus(path, { maxBytes }));
}

const record = (id: string, words: string, entities: object[] = [], relations: object[] = []): string =>
  JSON.stringify({ id, tokens: words.split(" "), entities, relations });

const entity = (start: number, type: string | null): object => ({ start, end: start + 1, type });
const lines = [
  record("a", "Ada met ÉMILE", [entity(0, "PER"), entity(2, "PER")], [{ head: 0, tail: 1, type: "knows" }]),
  record(
    "b",
    "Acme of Bremen of Ada",
    [entity(0, "ORG"), entity(2, "LOC"), entity(4, "PER")],
    [
      { head: 0, tail: 1, type: "in" },
      { head: 0, tail: 2, type: "of" },
    ],
  ),
  record("c", "nothing here"),
  record("d", "met Émile again and again", [entity(1, null)]),
];

test("a filter selects by type, relation, overlap, length and words, and by all of them together", async () => {
  const index = await indexOf(lines);
  expect(index.matching({})).toEqual([0, 1, 2, 3]);
  expect(index.matching({ type: "PER" })).toEqual([0, 1]);
  expect(index.matching({ type: "untyped" })).toEqual([3]);
  expect(index.matching({ relation: "of" })).toEqual([1]);
  expect(index.matching({ overlap: "SEO" })).toEqual([1]);
  expect(index.matching({ overlap: "none" })).toEqual([2, 3]);
  expect(index.matching({ minLength: 3, maxLength: 4 })).toEqual([0]);
  expect(index.matching({ search: "émile" })).toEqual([0, 3]);
  expect(index.matching({ search: "met  Émile" })).toEqual([0, 3]);
  // No match crosses into the next sentence, and several matches in a sentence count once.
  expect(index.matching({ search: "here met" })).toEqual([]);
  expect(index.matching({ search: "again" })).toEqual([3]);
  expect(index.matching({ type: "PER", search: "ada", minLength: 4 })).toEqual([1]);
  expect(index.matching({ type: "constructor" })).toEqual([]);
  expect(index.sentence(1)).toMatchObject({ index: 1, id: "b", line: 2, overlap: ["SEO"], tokens: { length: 5 } });
  expect(index.counts).toMatchObject({
    sentences: 4,
    entities: 6,
    relations: 3,
    entityTypes: { PER: 3, untyped: 1 },
    fault: null,
  });
});

test("sentences before a fault are kept, and the fault has its line and no path", async () => {
  const { counts } = await indexOf([
    lines[0] ?? "",
    '{"tokens":["a"],"entities":[{"start":0,"end":9,"type":"X"}]}',
    lines[1] ?? "",
  ]);
  expect(counts.sentences).toBe(1);
  expect(counts.fault).toMatchObject({ code: "SPAN_OUTSIDE", at: { line: 2, path: "entities[0].end" } });
  expect(JSON.stringify(counts)).not.toContain(folder);
});

test("a file beyond the limit is truncated, and reports it", async () => {
  const index = await indexOf(
    Array.from({ length: 500 }, (_, number) => record(`s${number}`, `word${number} and more`)),
    4000,
  );
  expect(index.counts.truncated).toBe(true);
  expect(index.counts.sentences).toBeLessThan(100);
  expect(index.matching({ search: "word7 " })).toEqual([7]);
});

test("an empty file holds nothing", async () => {
  const index = await indexOf([]);
  expect(index.matching({ search: "a" })).toEqual([]);
  expect(index.counts).toMatchObject({ sentences: 0, fault: null });
});
