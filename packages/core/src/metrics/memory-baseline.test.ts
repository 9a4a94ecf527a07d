import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Sentence } from "../schema/index.ts";
import { buildMemoryBaseline, evaluate, labelReport } from "./index.ts";

function sentence(text: string, entities: [number, number, string | null][], relations: [number, string, number][]): Sentence {
  return {
    id: text,
    tokens: text.split(" "),
    entities: entities.map(([start, end, type]) => ({ start, end, type })),
    relations: relations.map(([head, type, tail]) => ({ head, type, tail })),
  };
}

const train = [
  sentence(
    "Ada Lovelace joined Acme Corp",
    [
      [0, 2, "PER"],
      [3, 5, "ORG"],
    ],
    [[0, "works_for", 1]],
  ),
  sentence(
    "Acme Corp of Paris",
    [
      [0, 2, "ORG"],
      [3, 4, "LOC"],
    ],
    [
      [0, "based_in", 1],
      [0, "based_in", 1],
    ],
  ),
  sentence(
    "Paris likes Paris",
    [
      [0, 1, "PER"],
      [2, 3, "LOC"],
    ],
    [[0, "likes", 1]],
  ),
];

test("predicts a memorised triple if both strings occur, at their first places", () => {
  const memory = buildMemoryBaseline(train);
  expect(memory.triples).toBe(3);
  const found = memory.predict("In Paris Acme Corp and Paris Acme Corp".split(" "));
  // Paris was LOC twice and PER once; Paris likes Paris needs one string only.
  expect(found.entities).toEqual([
    { start: 1, end: 2, type: "LOC" },
    { start: 2, end: 4, type: "ORG" },
  ]);
  expect(found.relations).toEqual([
    { head: 0, tail: 0, type: "likes" },
    { head: 1, tail: 0, type: "based_in" },
  ]);
  expect(memory.predict(["Acme", "of", "paris"])).toEqual({ entities: [], relations: [] });
  expect(memory.predict([])).toEqual({ entities: [], relations: [] });
});

test("5,000 sentences against 50,000 triples take at most seconds", () => {
  const many = Array.from({ length: 50_000 }, (_, i) =>
    sentence(
      `name ${i} of place ${i % 977}`,
      [
        [0, 2, null],
        [3, 5, null],
      ],
      [[0, `r${i % 50}`, 1]],
    ),
  );
  const memory = buildMemoryBaseline(many);
  const found = many.slice(0, 5000).reduce((sum, { tokens }) => sum + memory.predict(tokens).relations.length, 0);
  expect(found).toBe(5000);
});

test("a label report counts what train has and what it lacks", () => {
  const test = [
    sentence(
      "Paris has Acme Corp",
      [
        [0, 1, "LOC"],
        [2, 4, "ORG"],
      ],
      [
        [1, "based_in", 0],
        [0, "has", 1],
      ],
    ),
    sentence(
      "Acme Corp left Paris on Monday",
      [
        [0, 2, "ORG"],
        [3, 4, "LOC"],
        [5, 6, "TIME"],
      ],
      [[0, "based_in", 1]],
    ),
  ];
  expect(labelReport(train, test)).toEqual({
    sentences: 2,
    triples: 3,
    seenTriples: 2,
    leakage: 2 / 3,
    distinctLeakage: 1 / 2,
    relationTypesNotInTrain: { has: 1 },
    entityTypesNotInTrain: { TIME: 1 },
  });
  expect(labelReport(train, []).leakage).toBe(0);
});

const dataFolder = process.env["WEFT_DATA"] ?? fileURLToPath(new URL("../../../../../shared/data", import.meta.url));

function read(dataSet: string, split: string): Sentence[] {
  const lines = gunzipSync(readFileSync(`${dataFolder}/${dataSet}/${split}.jsonl.gz`))
    .toString("utf8")
    .trim()
    .split("\n");
  return lines.map((line) => JSON.parse(line) as Sentence);
}

describe.skipIf(!existsSync(dataFolder))("on real data (skipped where WEFT_DATA or ../shared/data is missing)", () => {
  test.each([
    ["webnlg", 0.91],
    ["webnlg_rin", 0.77],
    ["nyt10k", 0.7],
    ["conll04", 0.23],
    ["scierc", 0.004],
  ])("%s: about %f of the test triples occur in train", (dataSet, share) => {
    const [known, unknown] = [read(dataSet, "train"), read(dataSet, "test")];
    const { leakage, seenTriples } = labelReport(known, unknown);
    expect(leakage).toBeCloseTo(share, 2);
    // The baseline finds every seen triple again by its strings; under `surface`, a triple repeated
    // in a sentence counts once.
    const { surface } = evaluate(unknown, unknown, { protocols: ["surface"], memory: buildMemoryBaseline(known) }).protocols;
    expect(surface?.micro.f1).toBe(1);
    expect(surface?.memory?.correct).toBe(surface?.breakdowns.seen?.["seen"]?.gold ?? 0);
    expect(surface?.memory?.correct).toBeLessThanOrEqual(seenTriples);
  });
});
