import { Random } from "@weft-nlp/tensor";
import { describe, expect, test } from "vitest";
import type { ConstraintSet, RelationConstraints } from "./constraint-set.ts";
import { type DecodeOptions, decode } from "./decode.ts";
import type { Choice, Mention, Proposal, RelationCandidate } from "./proposal.ts";
import { violationsIn } from "./violations.ts";

const options: DecodeOptions = { nodes: 10_000, beam: 8, entityTypes: "joint", thresholdOf: () => 0.5 };
const none: ConstraintSet = { relations: {} };

const mention = (start: number, ...types: readonly (readonly [type: string, logRatio: number])[]): Mention => ({
  ...{ start, end: start + 1 },
  options: types.map(([type, logRatio]) => ({ type, logRatio })),
});
const candidate = (head: number, tail: number, type: string, confidence: number, group?: number): RelationCandidate => ({
  ...{ head, tail, type, confidence, counts: confidence >= 0.5 },
  ...(group === undefined ? {} : { group }),
});
const triples = ({ relations }: Choice): string[] => relations.map(({ head, tail, type }) => `${head} ${type} ${tail}`);
const relations = (type: string, own: RelationConstraints): ConstraintSet => ({ relations: { [type]: own } });

const people = [mention(0, ["PER", 0], ["LOC", -1]), mention(1, ["LOC", 0], ["PER", -2]), mention(2, ["LOC", 0])];
const choose = (candidates: RelationCandidate[], set: ConstraintSet, more: Partial<DecodeOptions> = {}, mentions = people) =>
  decode({ mentions, candidates }, set, { ...options, ...more });

describe("argument types", () => {
  const lives = relations("lives_in", { arguments: [["PER", "LOC"]] });

  test("an entity gets another type where a relation outweighs it", () => {
    const sure = choose([candidate(1, 2, "lives_in", 0.95)], lives); // ln 19 > 2
    expect(sure.types).toEqual([0, 1, 0]);
    expect(triples(sure)).toEqual(["1 lives_in 2"]);
    const unsure = choose([candidate(1, 2, "lives_in", 0.8)], lives); // ln 4 < 2
    expect(unsure.types).toEqual([0, 0, 0]);
    expect(triples(unsure)).toEqual([]);
  });

  test("several relations of an entity are weighed together", () => {
    const both = [candidate(1, 2, "lives_in", 0.8), candidate(1, 0, "lives_in", 0.9)];
    expect(choose(both, lives)).toMatchObject({ types: [1, 1, 0], search: { method: "exact", conflicts: 1 } });
    expect(triples(choose(both, lives))).toEqual(["1 lives_in 2", "1 lives_in 0"]);
  });

  test("fixed types only lose relations", () => {
    const fixed = choose([candidate(1, 2, "lives_in", 0.99), candidate(0, 1, "lives_in", 0.6)], lives, { entityTypes: "fixed" });
    expect(fixed.types).toEqual([0, 0, 0]);
    expect(triples(fixed)).toEqual(["0 lives_in 1"]);
  });

  test("an entity without a type may be an argument of anything", () => {
    const untyped = [0, 1].map((start) => ({ start, end: start + 1, options: [{ type: null, logRatio: 0 }] }));
    expect(triples(choose([candidate(0, 1, "lives_in", 0.6)], lives, {}, untyped))).toEqual(["0 lives_in 1"]);
  });
});

test("a pair holds the relation with the highest confidence, in either direction or in each", () => {
  const found = [candidate(0, 1, "a", 0.6), candidate(0, 1, "b", 0.9), candidate(1, 0, "a", 0.7)];
  expect(triples(choose(found, { ...none, onePerPair: "unordered" }))).toEqual(["0 b 1"]);
  expect(triples(choose(found, { ...none, onePerPair: "ordered" }))).toEqual(["0 b 1", "1 a 0"]);
  expect(triples(choose(found, none))).toEqual(["0 a 1", "0 b 1", "1 a 0"]);
});

test("a head or tail keeps its most confident relations", () => {
  const found = [candidate(0, 1, "a", 0.6), candidate(0, 2, "a", 0.9), candidate(1, 2, "a", 0.8), candidate(0, 1, "b", 0.6)];
  expect(triples(choose(found, relations("a", { maxPerHead: 1 })))).toEqual(["0 a 2", "1 a 2", "0 b 1"]);
  expect(triples(choose(found, relations("a", { maxPerTail: 1 })))).toEqual(["0 a 1", "0 a 2", "0 b 1"]);
});

test("a cycle drops its least confident relation", () => {
  const found = [candidate(0, 1, "a", 0.9), candidate(1, 2, "a", 0.6), candidate(2, 0, "a", 0.8), candidate(1, 0, "b", 0.6)];
  expect(triples(choose(found, relations("a", { acyclic: true })))).toEqual(["0 a 1", "2 a 0", "1 b 0"]);
  expect(triples(choose([candidate(1, 1, "a", 0.9)], relations("a", { acyclic: true })))).toEqual([]);
});

test("an entity has no relation to itself", () => {
  const found = [candidate(1, 1, "a", 0.9), candidate(0, 1, "a", 0.9)];
  expect(triples(choose(found, { ...none, noSelf: true }))).toEqual(["0 a 1"]);
});

describe("a symmetric relation", () => {
  const both = relations("a", { symmetric: "both" });

  test("holds in both directions if their log-odds add up to more than none", () => {
    const found = choose([candidate(0, 1, "a", 0.9), candidate(1, 0, "a", 0.3)], both);
    expect(found.relations).toEqual([
      { head: 0, tail: 1, type: "a", confidence: 0.9 },
      { head: 1, tail: 0, type: "a", confidence: 0.9 },
    ]);
    expect(triples(choose([candidate(0, 1, "a", 0.6), candidate(1, 0, "a", 0.3)], both))).toEqual([]);
  });

  test("counts a direction that was not offered as unlikely, unless the model scores only one", () => {
    const candidates = [candidate(0, 1, "a", 0.9)];
    expect(triples(choose(candidates, both))).toEqual([]);
    expect(triples(decode({ mentions: people, candidates, oneDirection: true }, both, options))).toEqual(["0 a 1", "1 a 0"]);
  });

  test("counts labels that exclude each other as one event", () => {
    expect(triples(choose([candidate(0, 1, "a", 0.6, 0), candidate(1, 0, "a", 0.3, 0)], both))).toEqual(["0 a 1", "1 a 0"]);
  });

  test("is one relation of its pair", () => {
    const found = [candidate(0, 1, "a", 0.9), candidate(1, 0, "a", 0.9), candidate(0, 1, "b", 0.7)];
    expect(triples(choose(found, { ...both, onePerPair: "unordered" }))).toEqual(["0 a 1", "1 a 0"]);
  });

  test("that is written once turns around, and keeps the higher confidence", () => {
    const found = choose([candidate(1, 0, "a", 0.9), candidate(0, 1, "a", 0.6)], relations("a", { symmetric: "canonical" }));
    expect(found.relations).toEqual([{ head: 0, tail: 1, type: "a", confidence: 0.9 }]);
  });
});

test("an inverse relation follows, whichever of the two declares it", () => {
  const found = [candidate(0, 1, "parent", 0.9), candidate(1, 0, "child", 0.4)];
  for (const set of [relations("parent", { inverse: "child" }), relations("child", { inverse: "parent" })]) {
    expect(triples(choose(found, set))).toEqual(["0 parent 1", "1 child 0"]);
    expect(triples(choose([candidate(0, 1, "parent", 0.55), candidate(1, 0, "child", 0.2)], set))).toEqual([]);
  }
});

test("a group takes the most confident of those that count, whatever their thresholds are", () => {
  const thresholdOf = (type: string): number => (type === "a" ? 0.2 : 0.6);
  const found = [
    { ...candidate(0, 1, "a", 0.6, 0), counts: true },
    { ...candidate(0, 1, "b", 0.7, 0), counts: true },
    { ...candidate(0, 2, "a", 0.3, 1), counts: true },
  ];
  expect(triples(choose(found, none, { thresholdOf }))).toEqual(["0 b 1", "0 a 2"]);
  // Without the first one, the second is chosen, though it is below one half.
  expect(triples(choose(found, relations("b", { arguments: [["ORG", "ORG"]] }), { thresholdOf }))).toEqual(["0 a 1", "0 a 2"]);
});

/** Proposals and constraints of every kind, at random. */
function draw(random: Random): { proposal: Proposal; set: ConstraintSet } {
  const names = ["PER", "LOC", "ORG"];
  const types = ["a", "b", "c"];
  const pick = <Value>(from: readonly Value[]): Value => from[random.integer(from.length)] as Value;
  const mentions = Array.from({ length: 2 + random.integer(4) }, (_, start): Mention => {
    const own = random.integer(3);
    const order = [own, ...[0, 1, 2].filter((type) => type !== own)];
    return mention(start, ...order.map((type, k) => [names[type] ?? "", k === 0 ? 0 : -4 * random.next()] as const));
  });
  const once = random.next() < 0.3;
  const candidates: RelationCandidate[] = [];
  for (const head of mentions.keys()) {
    for (const tail of mentions.keys()) {
      if (once && head >= tail) continue;
      const group = random.next() < 0.5 ? 10 * Math.min(head, tail) + Math.max(head, tail) : undefined;
      for (const type of types) if (random.next() < 0.5) candidates.push(candidate(head, tail, type, random.next(), group));
    }
  }
  const own = (): RelationConstraints => ({
    ...(random.next() < 0.5 ? { arguments: [[pick(names), pick(names)] as [string, string], [pick(names), pick(names)]] } : {}),
    ...(random.next() < 0.3 ? { maxPerHead: 1 } : {}),
    ...(random.next() < 0.3 ? { maxPerTail: 2 } : {}),
    ...(random.next() < 0.3 ? { acyclic: true } : {}),
  });
  const set: ConstraintSet = {
    ...(random.next() < 0.5 ? { onePerPair: pick(["ordered", "unordered"] as const) } : {}),
    ...(random.next() < 0.5 ? { noSelf: true } : {}),
    relations: {
      a: { ...own(), ...(random.next() < 0.5 ? { inverse: "b" } : {}) },
      b: own(),
      c: { ...own(), ...(random.next() < 0.5 ? { symmetric: pick(["both", "canonical"] as const), acyclic: false } : {}) },
    },
  };
  return { proposal: { mentions, candidates, oneDirection: once }, set };
}

test("what is chosen meets every constraint", () => {
  let chosen = 0;
  for (let seed = 0; seed < 1000; seed++) {
    const { proposal, set } = draw(Random.of(seed, "decode"));
    const choice = decode(proposal, set, options);
    const entities = proposal.mentions.map(({ start, end, options: types }, m) => ({
      ...{ start, end },
      type: types[choice.types[m] ?? 0]?.type ?? null,
    }));
    expect(violationsIn({ entities, relations: choice.relations }, set), `seed ${seed}`).toEqual([]);
    chosen += choice.relations.length;
  }
  expect(chosen).toBeGreaterThan(2000);
});

test("without constraints all that counts is chosen, one of each group", () => {
  for (let seed = 0; seed < 200; seed++) {
    const { proposal } = draw(Random.of(seed, "free"));
    const best = new Map<number, RelationCandidate>();
    for (const each of proposal.candidates) {
      if (each.group === undefined || !each.counts) continue;
      if (each.confidence > (best.get(each.group)?.confidence ?? 0)) best.set(each.group, each);
    }
    const expected = proposal.candidates.filter(
      (each) => each.counts && (each.group === undefined || best.get(each.group) === each),
    );
    const choice = decode(proposal, none, options);
    expect(triples(choice)).toEqual(expected.map(({ head, tail, type }) => `${head} ${type} ${tail}`));
    expect(choice.types.every((option) => option === 0)).toBe(true);
  }
});
