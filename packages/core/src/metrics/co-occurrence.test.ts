import { expect, test } from "vitest";
import type { Annotation } from "../schema/index.ts";
import { addCoOccurrence, coOccurrence, coOccurrenceWords, falsePositiveRate, noCoOccurrence } from "./co-occurrence.ts";
import { evaluate } from "./evaluate.ts";
import { formatReport } from "./print.ts";

const at = (start: number, type = "T") => ({ start, end: start + 1, type });
const joined = (head: number, tail: number) => ({ head, tail, type: "r" });

// Words 0, 2, 4 and 6 are entities, and the first two are related.
const gold: Annotation = { entities: [at(0), at(2), at(4), at(6)], relations: [joined(0, 1)] };

test("given entities: five of six pairs have no relation, and two of these are claimed", () => {
  const predicted = { entities: gold.entities, relations: [joined(1, 0), joined(0, 2), joined(2, 0), joined(3, 1)] };
  const five = { pairs: 5, claimed: 2 };
  expect(coOccurrence(gold, predicted)).toEqual({ gold: five, found: five });
});

test("predicted entities: pairs of gold entities, and all pairs", () => {
  // The last entity is missed and word 8 is predicted instead. The pair (0, 2) is related, in
  // either direction.
  const predicted = { entities: [at(0), at(2, "U"), at(4), at(8)], relations: [joined(1, 0), joined(0, 2), joined(2, 3)] };
  // Gold and found: 0, 2, 4, so (0, 4) and (2, 4) have no relation. Found also: 8 paired with each
  // of the three.
  expect(coOccurrence(gold, predicted)).toEqual({ gold: { pairs: 2, claimed: 1 }, found: { pairs: 5, claimed: 2 } });
});

test("one span with two types is one entity, and a self-relation is not a pair", () => {
  const twice = { entities: [at(0), at(0, "U"), at(2)], relations: [joined(0, 1)] };
  expect(coOccurrence({ entities: [at(0), at(2)], relations: [] }, twice)).toEqual({
    gold: { pairs: 1, claimed: 0 },
    found: { pairs: 1, claimed: 0 },
  });
});

test("sums sentences, and the rate of a corpus without pairs is 0", () => {
  const nothing = { entities: [], relations: [] };
  expect(coOccurrence(nothing, nothing)).toEqual(noCoOccurrence);
  const one = coOccurrence(gold, { ...gold, relations: [joined(2, 3)] });
  const sum = addCoOccurrence(one, coOccurrence(gold, gold));
  expect(sum.gold).toEqual({ pairs: 10, claimed: 1 });
  expect(falsePositiveRate(sum.gold)).toBe(0.1);
  expect(falsePositiveRate(noCoOccurrence.gold)).toBe(0);
});

test("every report has one line, with the second count only if it differs", () => {
  const sentence = { id: "s", tokens: "a b c d e f g h i".split(" "), ...gold };
  const predicted = { entities: [at(0), at(2), at(4), at(8)], relations: [joined(0, 2), joined(2, 3)] };
  const report = evaluate([sentence], [predicted], { protocols: ["strict"] });
  expect(report.coOccurrence).toEqual({ gold: { pairs: 2, claimed: 1 }, found: { pairs: 5, claimed: 2 } });
  expect(formatReport(report)).toContain(
    "claimed to have one: 50.0 % (1 of 2) of gold entities found; 40.0 % (2 of 5) of all pairs of entities found",
  );
  expect(coOccurrenceWords(noCoOccurrence)).toContain("– (0 of 0) of gold entities found");
});
