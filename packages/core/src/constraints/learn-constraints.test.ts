import { expect, test } from "vitest";
import type { Sentence } from "../schema/index.ts";
import { isEmpty, listConstraints } from "./constraint-set.ts";
import { type LearnOptions, learnConstraints } from "./learn-constraints.ts";

/** A sentence from `Ada/PER Acme/ORG` and `0 works 1`. */
function sentence(words: string, ...relations: string[]): Sentence {
  const typed = words.split(" ").map((word) => word.split("/"));
  return {
    id: words,
    tokens: typed.map(([token = ""]) => token),
    entities: typed.flatMap(([, type], start) =>
      type === undefined ? [] : [{ start, end: start + 1, type: type === "?" ? null : type }],
    ),
    relations: relations.map((relation) => {
      const [head = "", type = "", tail = ""] = relation.split(" ");
      return { head: Number(head), type, tail: Number(tail) };
    }),
  };
}
const times = (count: number, one: Sentence): Sentence[] => Array.from({ length: count }, () => one);
const learn = (sentences: readonly Sentence[], options: LearnOptions = {}): string[] =>
  listConstraints(learnConstraints(sentences, { minSupport: 3, ...options })).map(
    ({ relation, words, evidence }) => `${relation ?? "all"}: ${words} (${evidence?.support}, ${evidence?.violations})`,
  );

test("argument types with their counts; rare pairs may go", () => {
  const kinds = ["arguments"] as const;
  const data = [...times(9, sentence("a/PER b/ORG", "0 works 1")), sentence("a/ORG b/ORG", "0 works 1")];
  expect(learn(data, { kinds })).toEqual(["works: from PER to ORG, ORG to ORG (10, 0)"]);
  expect(learn(data, { kinds, maxViolations: 0.1 })).toEqual(["works: from PER to ORG (10, 1)"]);
  expect(learn(data, { kinds, minSupport: 11 })).toEqual([]);
  expect(learn(times(9, sentence("a/? b/?", "0 works 1")), { kinds })).toEqual([]);
});

test("limits of a head and a tail count only where more was possible", () => {
  const kinds = ["maxPerHead", "maxPerTail"] as const;
  const alone = times(5, sentence("a/PER b/ORG", "0 works 1"));
  expect(learn(alone, { kinds })).toEqual([]);
  const choice = times(4, sentence("a/PER b/ORG c/ORG", "0 works 1"));
  expect(learn(choice, { kinds })).toEqual(["works: at most 1 for a head (4, 0)"]);
  const two = sentence("a/PER b/ORG c/ORG", "0 works 1", "0 works 2");
  expect(learn([...choice, two], { kinds })).toEqual(["works: at most 2 for a head (5, 0)"]);
  expect(learn([...choice, two], { kinds, maxViolations: 0.2 })).toEqual(["works: at most 1 for a head (5, 1)"]);
});

test("symmetric, inverse and acyclic types", () => {
  const married = times(3, sentence("a/PER b/PER", "0 spouse 1", "1 spouse 0"));
  const kinds = ["symmetric", "inverse", "acyclic"] as const;
  expect(learn(married, { kinds })).toEqual(["spouse: in both directions or in none (6, 0)"]);
  const family = times(3, sentence("a/PER b/PER", "0 parent 1", "1 child 0"));
  expect(learn(family, { kinds })).toContain("parent: exactly where child holds the other way round (3, 0)");
  expect(learn(family, { kinds })).toContain("child: exactly where parent holds the other way round (3, 0)");
  expect(learn([...family, sentence("a/PER b/PER", "0 parent 1")], { kinds: ["inverse"] })).toEqual([]);
  const killed = [sentence("a/PER b/PER", "0 kill 1"), ...times(3, sentence("a/PER b/PER", "1 kill 0"))];
  expect(learn(killed, { kinds })).toEqual(["kill: no cycles (4, 0)"]);
  const ring = sentence("a/PER b/PER c/PER", "0 kill 1", "1 kill 2", "2 kill 0");
  expect(learn([...killed, ring], { kinds })).toEqual([]);
  // Types that cannot be swapped can form no cycle, so they are no evidence.
  expect(learn(times(5, sentence("a/PER b/ORG", "0 works 1")), { kinds })).toEqual([]);
});

test("a type that is always written from left to right, if its argument types would allow the other way", () => {
  const kinds = ["symmetric"] as const;
  const pair = times(3, sentence("a/PER b/PER", "0 meets 1"));
  expect(learn(pair, { kinds })).toEqual(["meets: written once, the first entity as the head (3, 0)"]);
  expect(learn([...pair, sentence("a/PER b/PER", "1 meets 0")], { kinds })).toEqual([]);
  expect(learn(times(3, sentence("a/? b/?", "0 meets 1")), { kinds })).toEqual([]);
});

test("one relation for a pair, and none of an entity to itself", () => {
  const kinds = ["onePerPair", "noSelf"] as const;
  const single = times(3, sentence("a/PER b/PER", "0 knows 1", "0 knows 1"));
  expect(learn(single, { kinds })).toEqual([
    "all: two entities have at most one relation in either direction (3, 0)",
    "all: no entity has a relation to itself (3, 0)",
  ]);
  const each = sentence("a/PER b/PER", "0 knows 1", "1 hates 0");
  expect(learn([...single, each], { kinds })[0]).toBe("all: two entities have at most one relation in each direction (5, 0)");
  const several = sentence("a/PER b/PER", "0 knows 1", "0 hates 1", "0 knows 0");
  expect(learn([...single, several], { kinds })).toEqual([]);
});

test("nothing is learnt from nothing", () => {
  expect(isEmpty(learnConstraints([]))).toBe(true);
  expect(isEmpty(learnConstraints(times(3, sentence("a/PER b/PER"))))).toBe(true);
});
