import { expect, test } from "vitest";
import type { Annotation, Sentence } from "../schema/index.ts";
import { compareSystems, countsBySentence, gainOf, type Prediction } from "./index.ts";

const entities = [
  { start: 0, end: 1, type: "PER" },
  { start: 2, end: 3, type: "PER" },
  { start: 6, end: 7, type: "LOC" },
];
const met = { head: 0, tail: 1, type: "met" };
const livesIn = { head: 1, tail: 2, type: "lives_in" };
const full: Annotation = { entities, relations: [met, livesIn] };
const half: Annotation = { entities, relations: [met] };
const none: Annotation = { entities, relations: [] };
const tokens = "Ann met Bob who lives in Rome".split(" ");
const gold = (count: number): Sentence[] => Array.from({ length: count }, (_, index) => ({ id: `${index}`, tokens, ...full }));
const system = (name: string, ...runs: (readonly Prediction[])[]) => ({ name, runs });
const repeat = (answer: Prediction, count: number): Prediction[] => new Array<Prediction>(count).fill(answer);

test("reports second − first, with the sentences, types and distances that improved", () => {
  const first = system("a", repeat(half, 40));
  const second = system("b", [...repeat(full, 30), ...repeat(none, 10)]);
  const { protocols } = compareSystems(gold(40), first, second, { protocols: ["strict"] });
  // a: 40 right of 40 predicted and 80 gold; b: 60 of 60 and 80.
  expect(protocols.strict).toMatchObject({
    difference: expect.closeTo(120 / 140 - 80 / 120) as number,
    sentences: { better: 30, worse: 10, same: 0 },
    byType: {
      lives_in: { first: { correct: 0, gold: 40 }, second: { correct: 30 } },
      met: { first: { correct: 40 }, second: { correct: 30 } },
    },
    byDistance: { "1": { first: { correct: 40, gold: 40 } }, "3": { second: { correct: 30, gold: 40 } } },
  });
  const { interval, p, difference } = protocols.strict ?? {
    interval: [1, 0],
    p: { bootstrap: 0, randomisation: 0 },
    difference: 0,
  };
  expect(interval[0]).toBeLessThan(difference);
  expect(interval[1]).toBeGreaterThan(difference);
  expect(p.bootstrap).toBeLessThan(0.01);
  expect(p.randomisation).toBeLessThan(0.01);
});

test("equal systems do not differ", () => {
  const { protocols } = compareSystems(gold(12), system("a", repeat(half, 12)), system("b", repeat(half, 12)), {
    protocols: ["strict", "ner-strict"],
  });
  expect(protocols.strict).toMatchObject({ difference: 0, interval: [0, 0], p: { bootstrap: 1, randomisation: 1 } });
  expect(protocols["ner-strict"]?.byDistance).toEqual({});
});

test("sums runs sentence by sentence, and keeps their spread", () => {
  const first = system("a", repeat(half, 10), repeat(full, 10));
  const second = system("b", repeat(full, 10), repeat(full, 10));
  const { runs, protocols } = compareSystems(gold(10), first, second, { protocols: ["strict"] });
  expect(runs).toBe(2);
  expect(protocols.strict).toMatchObject({
    first: { gold: 40, predicted: 30, correct: 30 },
    firstRuns: { values: [2 / 3, 1], mean: expect.closeTo(5 / 6) as number },
    secondRuns: { values: [1, 1], deviation: 0 },
  });
  expect(countsBySentence("strict", gold(10), first)[0]).toEqual({ gold: 4, predicted: 3, correct: 3 });
});

test("excludes ignored classes, and p depends only on the seed", () => {
  const first = system("a", repeat(half, 30));
  const second = system("b", [...repeat(full, 4), ...repeat(none, 1), ...repeat(half, 25)]);
  const compared = (seed: number) => compareSystems(gold(30), first, second, { protocols: ["strict"], seed }).protocols.strict;
  expect(compared(3)).toEqual(compared(3));
  expect(compared(4)?.p).not.toEqual(compared(3)?.p);
  const without = compareSystems(gold(30), first, second, { protocols: ["strict"], ignoredTypes: ["lives_in"] });
  expect(Object.keys(without.protocols.strict?.byType ?? {})).toEqual(["met"]);
  const only = compareSystems(gold(30), first, second, { protocols: ["strict"], onlyTypes: ["met"] });
  expect(only).toEqual({ ...without, ignoredTypes: [], onlyTypes: ["met"] });
});

test("derives cells from triples for protocols that count cells", () => {
  const { protocols } = compareSystems(gold(3), system("a", repeat(half, 3)), system("b", repeat(full, 3)), {
    protocols: ["rin-partial"],
  });
  expect(protocols["rin-partial"]).toMatchObject({ first: { correct: 3, gold: 6 }, second: { correct: 6 } });
});

test("refuses systems that cannot be compared", () => {
  expect(() => compareSystems(gold(2), system("a"), system("b"), { protocols: ["strict"] })).toThrow("a has 0 and b 0");
  const [two, three] = [repeat(half, 2), repeat(half, 3)];
  expect(() => compareSystems(gold(2), system("a", two, two), system("b", two), { protocols: ["strict"] })).toThrow(
    "a has 2 and b 1",
  );
  expect(() => compareSystems(gold(2), system("a", two), system("b", three), { protocols: ["strict"] })).toThrow(
    "3 predictions for 2",
  );
});

test("a sentence without items on either side counts as perfect", () => {
  const empty = { predicted: 0, gold: 0, correct: 0 };
  expect(gainOf(empty, { predicted: 1, gold: 0, correct: 0 })).toBe(-1);
  expect(gainOf({ predicted: 2, gold: 2, correct: 2 }, empty)).toBe(0);
});
