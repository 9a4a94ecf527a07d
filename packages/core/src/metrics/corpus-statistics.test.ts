import { expect, test } from "vitest";
import type { Sentence } from "../schema/index.ts";
import { corpusStatistics, distribution } from "./corpus-statistics.ts";

const person = (start: number, end = start + 1) => ({ start, end, type: "PER" });

function sentence(text: string, rest: Partial<Sentence> = {}): Sentence {
  return { id: text, tokens: text.split(" "), entities: [], relations: [], ...rest };
}

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
    sentence("b ".repeat(12).trim(), { entities: [person(0), person(8)], relations: [{ head: 1, tail: 0, type: "r" }] }),
  ];
  const statistics = corpusStatistics(sentences);
  expect(statistics).toMatchObject({
    sentences: 3,
    tokens: 16,
    words: 3,
    entities: 5,
    relations: 3,
    entityTypes: { PER: 4, untyped: 1 },
    relationTypes: { r: 2, s: 1 },
    overlap: { none: 1, Normal: 1, SEO: 0, EPO: 1 },
    triplesPerSentence: { "0": 1, "1": 1, "2": 1, "3": 0, "4": 0, "≥5": 0 },
    tokensPerSentence: { min: 1, median: 3, mean: 16 / 3, percentile95: 12, max: 12 },
    sentenceLengths: { "≤10": 2, "11–20": 1, "≥51": 0 },
    entityCounts: { "0": 1, "2": 1, "3": 1, "≥10": 0 },
    distances: { "0": 2, "6–10": 1 },
  });
  expect(Object.keys(statistics.distances)).toEqual(["0", "1", "2", "3", "4", "5", "6–10", "≥11"]);
  expect(Object.keys(statistics.sentenceLengths)).toHaveLength(6);
});

test("percentiles are values from the list", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(distribution(values)).toEqual({ min: 1, median: 50, mean: 50.5, percentile95: 95, max: 100 });
  expect(distribution([])).toEqual({ min: 0, median: 0, mean: 0, percentile95: 0, max: 0 });
});
