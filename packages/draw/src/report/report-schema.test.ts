import { buildMemoryBaseline, compareSystems, evaluate, protocols, withRawOutput } from "@weft-nlp/core/metrics";
import { eightSentences as exampleGold } from "@weft-nlp/core/testing";
import { expect, test } from "vitest";
import { comparisonFileSchema, reportFileSchema } from "./index.ts";

/** All correct except the last relation of each sentence. */
const examplePredictions = exampleGold.map(({ entities, relations }) => ({ entities, relations: relations.slice(0, -1) }));

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("the schema has every field of a full report", () => {
  const predictions = examplePredictions.map((each, index) => withRawOutput(each, exampleGold[index]?.tokens.length ?? 0));
  const report = evaluate(exampleGold, predictions, {
    protocols: protocols.names,
    memory: buildMemoryBaseline(exampleGold.slice(0, 1)),
    ignoredTypes: ["OTHER"],
    onlyTypes: ["PER", "ORG"],
    intervals: { resamples: 100 },
    dataSet: "example",
    seeds: [1, 2],
  });
  expect(reportFileSchema.parse(plain({ model: "runs/x", ...report }))).toEqual(plain({ model: "runs/x", ...report }));
});

test("a minimal report fits too, and another object does not", () => {
  const report = evaluate([], [], { protocols: ["strict"] });
  expect(reportFileSchema.safeParse(plain(report)).success).toBe(true);
  expect(reportFileSchema.safeParse({ ...report, sentences: -1 }).success).toBe(false);
  expect(reportFileSchema.safeParse({ ...report, sentence: 1 }).success).toBe(false);
});

test("a comparison fits its schema", () => {
  const system = { name: "a", runs: [examplePredictions, examplePredictions] };
  const comparison = compareSystems(exampleGold, system, { ...system, name: "b" }, { protocols: ["strict", "ner-strict"] });
  expect(comparisonFileSchema.parse(plain(comparison))).toEqual(plain(comparison));
});
