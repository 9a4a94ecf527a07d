import { expect, test } from "vitest";
import type { Annotation, Entity } from "../schema/index.ts";
import { countedTypes, evaluate, findingsOf, looksAtDirection } from "./index.ts";

const entity = (start: number, end: number, type: string | null = null): Entity => ({ start, end, type });
const [ann, acme, rome] = [entity(0, 1, "PER"), entity(2, 4, "ORG"), entity(5, 6, "LOC")];
const gold: Annotation = {
  entities: [ann, acme, rome],
  relations: [
    { head: 0, tail: 1, type: "works_for" },
    { head: 1, tail: 2, type: "based_in" },
  ],
};
const predicted: Annotation = {
  entities: [ann, acme, entity(5, 6, "GPE")],
  relations: [
    { head: 0, tail: 1, type: "founded" },
    { head: 2, tail: 1, type: "based_in" },
  ],
};

test("lists every relation of both sides once, with its counterpart", () => {
  const kinds = (directed: boolean) =>
    findingsOf(gold, predicted, { directed }).relations.map(({ kind, gold, predicted }) => [kind, gold, predicted]);
  expect(kinds(true)).toEqual([
    ["wrongClass", "works_for", "founded"],
    ["falseNegative", "based_in", null],
    ["falsePositive", null, "based_in"],
  ]);
  expect(kinds(false)).toEqual([
    ["wrongClass", "works_for", "founded"],
    ["correct", "based_in", "based_in"],
  ]);
});

test("excludes ignored classes on both sides", () => {
  const { relations, entities } = findingsOf(gold, predicted, {
    countsType: countedTypes({ ignoredTypes: ["based_in", "GPE"] }),
  });
  expect(relations.map(({ kind }) => kind)).toEqual(["wrongClass"]);
  expect(entities.map(({ kind, gold }) => [kind, gold?.type])).toEqual([
    ["correct", "PER"],
    ["correct", "ORG"],
    ["missing", "LOC"],
  ]);
});

test("with only some classes, relations keep their arguments and other classes are not mistakes", () => {
  const only = (...onlyTypes: string[]) => findingsOf(gold, predicted, { countsType: countedTypes({ onlyTypes }) });
  expect(only("works_for").relations.map(({ kind, gold }) => [kind, gold])).toEqual([["falseNegative", "works_for"]]);
  expect(only("works_for").entities).toEqual([]);
  expect(only("PER", "GPE").entities.map(({ kind, predicted }) => [kind, predicted?.type])).toEqual([
    ["correct", "PER"],
    ["spurious", "GPE"],
  ]);
});

test("a report's confusion adds up to its mistakes", () => {
  const sentence = { id: "1", tokens: "Ann joined Acme Corp in Rome".split(" "), ...gold };
  const { confusion, mistakes } = evaluate([sentence, sentence], [predicted, predicted], { protocols: ["strict"] });
  expect(confusion.entities).toEqual([
    { gold: "LOC", predicted: "GPE", count: 2 },
    { gold: "ORG", predicted: "ORG", count: 2 },
    { gold: "PER", predicted: "PER", count: 2 },
  ]);
  expect(confusion.relations).toContainEqual({ gold: "works_for", predicted: "founded", count: 2 });
  expect(confusion.relations).toContainEqual({ gold: "based_in", predicted: null, count: 2 });
  const { falseNegative, falsePositive, wrongClass, correct } = mistakes.relations;
  expect(confusion.relations.reduce((sum, { count }) => sum + count, 0)).toBe(
    falseNegative + falsePositive + wrongClass + correct,
  );
});

test("direction matters unless every relation protocol is undirected", () => {
  expect(looksAtDirection(["pairs-undirected", "ner-strict"])).toBe(false);
  expect(looksAtDirection(["pairs-undirected", "strict"])).toBe(true);
  expect(looksAtDirection(["ner-strict"])).toBe(true);
  expect(looksAtDirection(["strict"], { directed: false })).toBe(false);
});

test("the official score of SemEval-2010 task 8 is the macro average of `pairs`", () => {
  // Two classes, directed, Other is not a relation: gold A(1,2) B(1,2) B(1,2) Other, answers A(1,2)
  // B(2,1) A(1,2) B(1,2). A: 1 right of 2 predicted, 1 gold: F 2/3. B: 0 right of 2 predicted, 2
  // gold: F 0. The mean is 1/3.
  const pair = (type: string | null, turned = false): Annotation => ({
    entities: [entity(0, 1), entity(1, 2)],
    relations: type === null ? [] : [{ head: turned ? 1 : 0, tail: turned ? 0 : 1, type }],
  });
  const answers = [pair("A"), pair("B", true), pair("A"), pair("B")];
  const sentences = [pair("A"), pair("B"), pair("B"), pair(null)].map((each, index) => ({
    id: `${index}`,
    tokens: ["x", "y"],
    ...each,
  }));
  const report = evaluate(sentences, answers, { protocols: ["pairs"] });
  expect(report.protocols.pairs?.macro).toMatchObject({ classes: 2, f1: expect.closeTo(1 / 3) as number });
});
