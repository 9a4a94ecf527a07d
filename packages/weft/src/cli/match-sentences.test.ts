import type { Sentence } from "@weft-nlp/core";
import type { Corpus } from "@weft-nlp/node/files";
import { expect, test } from "vitest";
import { matchSentences } from "./match-sentences.ts";

function corpus(source: string, sentences: readonly (readonly [id: string | undefined, text: string])[]): Corpus {
  const placed = sentences.map(([id, text], index) => {
    const sentence: Sentence = { id: id ?? `line-${index + 1}`, tokens: text.split(" "), entities: [], relations: [] };
    return { sentence, at: { source, line: index + 1 } };
  });
  return { source, sentences: placed, omissions: [] };
}

const gold = corpus("gold", [
  ["a", "one two"],
  ["b", "three"],
]);

test("matches sentences with ids by id, in any order", () => {
  const matched = matchSentences(
    gold,
    corpus("found", [
      ["b", "three"],
      ["a", "one two"],
    ]),
  );
  expect(matched.by).toBe("id");
  expect(matched.predicted.map(({ id }) => id)).toEqual(["a", "b"]);
});

test.each([
  ["no ids", [undefined, undefined]],
  ["one id twice", ["a", "a"]],
])("with %s the order decides", (_, [first, second]) => {
  const matched = matchSentences(
    gold,
    corpus("found", [
      [first, "one two"],
      [second, "three"],
    ]),
  );
  expect(matched.by).toBe("order");
  expect(matched.predicted.map(({ tokens }) => tokens)).toEqual([["one", "two"], ["three"]]);
});

test.each<[string, readonly (readonly [string | undefined, string])[], string]>([
  [
    "a prediction is missing",
    [["a", "one two"]],
    "found: 1 of 2 gold sentences have no prediction here; the first is b (gold:2)",
  ],
  [
    "there is one too many",
    [
      ["a", "one two"],
      ["b", "three"],
      ["c", "four"],
    ],
    "found:3: the sentence c is not in gold; there is 1 such",
  ],
  [
    "a token differs",
    [
      ["a", "one too"],
      ["b", "three"],
    ],
    'found:1 tokens[1]: "too" here, but "two" in the gold sentence at gold:1',
  ],
  [
    "tokens are missing",
    [
      ["a", "one"],
      ["b", "three"],
    ],
    'found:1 tokens[1]: the end here, but "two" in the gold sentence',
  ],
  [
    "tokens are too many",
    [
      ["a", "one two"],
      ["b", "three four"],
    ],
    'found:2 tokens[1]: "four" here, but the end in the gold',
  ],
  ["numbers differ without ids", [[undefined, "one two"]], "found: 1 sentences here, but 2 in gold, and they have no unique ids"],
])("it is an error when %s", (_, sentences, message) => {
  expect(() => matchSentences(gold, corpus("found", sentences))).toThrow(message);
});

test("sentences without ids in another order are matched by their words, repeats in order", () => {
  const wanted = corpus("gold", [
    [undefined, "one two"],
    [undefined, "three"],
    [undefined, "one two"],
  ]);
  const records = ["three", "one two", "one two"].map((text, index) => [`record-${index + 1}`, text] as const);
  const { by, predicted } = matchSentences(wanted, corpus("found", records));
  expect(by).toBe("words");
  expect(predicted.map(({ id }) => id)).toEqual(["record-2", "record-1", "record-3"]);
});

test("with `both`, sentences of one file alone are dropped", () => {
  const found = [
    ["b", "three"],
    ["c", "four"],
  ] as const;
  const matched = matchSentences(gold, corpus("found", found), { both: true });
  expect([matched.gold, matched.predicted].map((list) => list.map(({ id }) => id))).toEqual([["b"], ["b"]]);
  const unnamed = matchSentences(gold, corpus("found", [[undefined, "three"]]), { both: true });
  expect(unnamed.gold.map(({ id }) => id)).toEqual(["b"]);
  expect(() => matchSentences(gold, corpus("found", [["c", "four"]]), { both: true })).toThrow("2 of 2 gold sentences");
});
