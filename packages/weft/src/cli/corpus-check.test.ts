import type { Sentence } from "@weft/core";
import { expect, test } from "vitest";
import { type CheckedFile, checkCorpora, roleOf } from "./corpus-check.ts";
import { corpusStatistics, distribution } from "./corpus-statistics.ts";

const person = (start: number, end = start + 1) => ({ start, end, type: "PER" });

function sentence(text: string, rest: Partial<Sentence> = {}): Sentence {
  return { id: text, tokens: text.split(" "), entities: [], relations: [], ...rest };
}

function file(source: string, sentences: readonly Sentence[]): CheckedFile {
  const placed = sentences.map((each, index) => ({ sentence: each, at: { source, line: index + 1 } }));
  return { source, sentences: placed, losses: [], faults: [] };
}

test.each([
  ["corpus/train.jsonl.gz", "train"],
  ["webnlg-dev.jsonl", "dev"],
  ["valid.json", "dev"],
  ["my_test.jsonl", "test"],
  ["latest.jsonl", undefined],
  ["training/gold.jsonl", undefined],
])("%s is for %s", (source, role) => expect(roleOf(source)).toBe(role));

test("each kind of finding has its number and the first places", () => {
  const odd = sentence("a b c d", {
    entities: [person(0, 3), person(1), person(3), person(3)],
    relations: [
      { head: 0, tail: 2, type: "r" },
      { head: 0, tail: 2, type: "r" },
      { head: 2, tail: 2, type: "s" },
    ],
  });
  const { findings } = checkCorpora([
    file("x.jsonl", [odd, sentence("a b c d", { id: "again" }), sentence("e", { id: "again" })]),
  ]);
  expect(Object.fromEntries(findings.map(({ kind, amount }) => [kind, amount]))).toEqual({
    overlap: 1,
    repeatedEntity: 1,
    repeatedId: 1,
    repeatedRelation: 1,
    repeatedSentence: 1,
    selfRelation: 1,
  });
  const overlap = findings.find(({ kind }) => kind === "overlap");
  expect(overlap?.message).toBe("x.jsonl: 1 entity overlaps a longer one, which flat tags cannot hold");
  expect(overlap?.places).toEqual([{ source: "x.jsonl", line: 1, path: "entities[1]" }]);
});

test("files are compared by what they are for", () => {
  const triple = (head: string, tail: string, type: string): Sentence =>
    sentence(`${head} x ${tail}`, { entities: [person(0), person(2)], relations: [{ head: 0, tail: 1, type }] });
  const train = file("train", [triple("Ada", "Acme", "works_for"), sentence("same words")]);
  const dev = file("dev", [triple("Ada", "Acme", "founded"), sentence("same words")]);
  const test = file("test", [{ ...triple("Ada", "Acme", "works_for"), id: "t" }, triple("Bo", "Acme", "works_for")]);
  const report = checkCorpora([train, dev, test]);
  expect(report.leakage).toEqual([
    { source: "dev", triples: 1, seen: 0 },
    { source: "test", triples: 2, seen: 1 },
  ]);
  expect(report.findings.map(({ message }) => message)).toEqual([
    "dev: 2 sentences stand in train too, word for word",
    "test: 1 sentence stands in train too, word for word",
    "test: 1 sentence stands in dev too, word for word",
    "dev: 1 label is not in the training file: relation founded (1)",
  ]);
});

test("an empty file is a finding", () => {
  expect(checkCorpora([file("a.jsonl", [])]).findings).toMatchObject([
    { kind: "empty", message: "a.jsonl: no sentence in this file" },
  ]);
});

test("statistics of an example counted by hand", () => {
  const sentences = [
    sentence("a b c", {
      entities: [person(0), person(1, 3), { start: 0, end: 3, type: null }],
      relations: [
        { head: 0, tail: 1, type: "r" },
        { head: 0, tail: 1, type: "s" },
      ],
    }),
    sentence("a"),
  ];
  expect(corpusStatistics(sentences)).toMatchObject({
    sentences: 2,
    tokens: 4,
    words: 3,
    entities: 3,
    relations: 2,
    entityTypes: { PER: 2, untyped: 1 },
    relationTypes: { r: 1, s: 1 },
    overlap: { none: 1, Normal: 0, SEO: 0, EPO: 1 },
    triplesPerSentence: { "0": 1, "1": 0, "2": 1, "3": 0, "4": 0, "≥5": 0 },
    tokensPerSentence: { least: 1, median: 1, mean: 2, percentile95: 3, most: 3 },
  });
});

test("percentiles are numbers that occur", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(distribution(values)).toEqual({ least: 1, median: 50, mean: 50.5, percentile95: 95, most: 100 });
  expect(distribution([])).toEqual({ least: 0, median: 0, mean: 0, percentile95: 0, most: 0 });
});
