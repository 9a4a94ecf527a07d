import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Document,
  documentFromSentence,
  overlappingEntities,
  type Sentence,
  sentencesOf,
  validateDocument,
  validateSentence,
} from "./index.ts";
import { annotateDocument } from "./sentences.ts";

const sentence: Sentence = {
  id: "s",
  tokens: ["Ada", "Lovelace", "joined", "Acme", "Corp", "."],
  pos: ["NNP", "NNP", "VBD", "NNP", "NNP", "."],
  entities: [
    { start: 0, end: 2, type: "PER" },
    { start: 3, end: 5, type: null, confidence: 0.5 },
  ],
  relations: [{ head: 0, tail: 1, type: "works_for" }],
  group: "s",
};

const at = { source: "a.jsonl", line: 7 };

test("accepts a valid sentence", () => {
  expect(() => validateSentence(sentence, at)).not.toThrow();
  expect(() => validateDocument(documentFromSentence(sentence), at)).not.toThrow();
});

test.each<[string, Partial<Sentence>, string]>([
  [
    "end outside",
    { entities: [{ start: 0, end: 7, type: null }] },
    "a.jsonl:7 entities[0].end: end is 7, but this sentence has 6 tokens (SPAN_OUTSIDE)",
  ],
  ["negative start", { entities: [{ start: -1, end: 1, type: null }] }, "entities[0].start: start is -1, below 0 (SPAN_OUTSIDE)"],
  ["no token", { entities: [{ start: 2, end: 2, type: null }] }, "entities[0]: the span 2 to 2 is empty (SPAN_EMPTY)"],
  [
    "half a token",
    { entities: [{ start: 0.5, end: 2, type: null }] },
    "entities[0].start: start is 0.5, expected a whole number (FIELD_INVALID)",
  ],
  [
    "no such entity",
    { relations: [{ head: 0, tail: 2, type: "r" }] },
    "relations[0].tail: tail names entity 2, but this sentence has entities 0 to 1 (RELATION_END_MISSING)",
  ],
  [
    "no entity at all",
    { entities: [] },
    "relations[0].head: head names entity 0, but this sentence has no entities (RELATION_END_MISSING)",
  ],
  ["too few tags", { pos: ["NNP"] }, "pos: expected one tag per token, found 1 tag for 6 tokens (FIELD_INVALID)"],
  ["empty token", { tokens: ["Ada", "", "c", "d", "e", "f"] }, "tokens[1]: a token is the empty string (FIELD_INVALID)"],
  [
    "empty type",
    { relations: [{ head: 0, tail: 1, type: "" }] },
    "relations[0].type: the type is the empty string (FIELD_INVALID)",
  ],
  [
    "confidence above 1",
    { entities: [{ start: 0, end: 1, type: null, confidence: Number.NaN }], relations: [] },
    "entities[0].confidence: confidence is NaN",
  ],
])("%s is refused with its place", (_, change, message) => {
  expect(() => validateSentence({ ...sentence, ...change }, at)).toThrow(message);
});

test.each<[string, Partial<Document>, string]>([
  ["token beyond the text", { text: "Ada" }, "tokens[1].end: end is 12, but the text has 3 UTF-16 units (SPAN_OUTSIDE)"],
  [
    "sentences that leave a gap",
    { sentences: [{ start: 1, end: 6 }] },
    "sentences[0]: the sentence starts at token 1, expected 0 (FIELD_INVALID)",
  ],
  [
    "sentences that stop early",
    { sentences: [{ start: 0, end: 5 }] },
    "sentences: the sentences end at token 5 of 6 (FIELD_INVALID)",
  ],
])("a document with %s is refused", (_, change, message) => {
  expect(() => validateDocument({ ...documentFromSentence(sentence), ...change })).toThrow(message);
});

test("refuses overlapping tokens", () => {
  const document = documentFromSentence(sentence);
  const tokens = document.tokens.map((token, index) => (index === 1 ? { ...token, start: 2 } : token));
  expect(() => validateDocument({ ...document, tokens })).toThrow(
    "tokens[1]: the token starts at 2, before the previous one ends (3)",
  );
});

test("a sentence survives a round trip through a document", () => {
  expect(sentencesOf(documentFromSentence(sentence))).toEqual({ sentences: [sentence], omissions: [] });
  expect(sentencesOf(documentFromSentence({ ...sentence, group: "doc" })).sentences[0]?.group).toBe("doc");
});

const twoSentences: Document = {
  ...documentFromSentence({ ...sentence, id: "d", tokens: ["a", "b", ".", "c", "d", "."] }),
  sentences: [
    { start: 0, end: 3 },
    { start: 3, end: 6 },
  ],
  entities: [
    { start: 3, end: 4, type: "X" },
    { start: 0, end: 1, type: "X" },
    { start: 2, end: 4, type: "Y" },
    { start: 4, end: 5, type: "X" },
  ],
  relations: [
    { head: 3, tail: 0, type: "r" },
    { head: 0, tail: 1, type: "r" },
    { head: 2, tail: 1, type: "r" },
  ],
  metadata: {},
};

test("reports what no sentence can hold, and counts the rest from the sentence's start", () => {
  const { sentences, omissions } = sentencesOf(twoSentences, at);
  expect(sentences.map(({ id, entities, relations, pos }) => ({ id, entities, relations, pos }))).toEqual([
    { id: "d#0", entities: [{ start: 0, end: 1, type: "X" }], relations: [], pos: ["NNP", "NNP", "VBD"] },
    {
      id: "d#1",
      entities: [
        { start: 0, end: 1, type: "X" },
        { start: 1, end: 2, type: "X" },
      ],
      relations: [{ head: 1, tail: 0, type: "r" }],
      pos: ["NNP", "NNP", "."],
    },
  ]);
  expect(omissions).toEqual([
    { ...at, path: "entities[2]", reason: "the entity crosses a sentence boundary" },
    { ...at, path: "relations[1]", reason: "the ends of the relation are in different sentences" },
    { ...at, path: "relations[2]", reason: "an end of the relation crosses a sentence boundary" },
  ]);
});

test("merges the annotations of sentences into one of the document", () => {
  const { sentences } = sentencesOf(twoSentences);
  const { entities, relations } = annotateDocument(twoSentences, sentences);
  expect(entities.map(({ start, end }) => [start, end])).toEqual([
    [0, 1],
    [3, 4],
    [4, 5],
  ]);
  expect(relations).toEqual([{ head: 2, tail: 1, type: "r" }]);
  expect(() => annotateDocument(twoSentences, [])).toThrow(RangeError);
});

test("keeps flat entities, and drops none that would have fitted", () => {
  const span = fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 5 })).map(([start, length]) => ({ start, end: start + length }));
  fc.assert(
    fc.property(fc.array(span), (spans) => {
      const omitted = new Set(overlappingEntities(spans));
      const kept = spans.filter((_, index) => !omitted.has(index));
      const overlaps = (a: (typeof spans)[0], b: (typeof spans)[0]): boolean => a.start < b.end && b.start < a.end;
      for (const [i, a] of kept.entries()) for (const b of kept.slice(i + 1)) expect(overlaps(a, b)).toBe(false);
      for (const index of omitted) expect(kept.some((other) => overlaps(other, spans[index] as (typeof spans)[0]))).toBe(true);
    }),
  );
});
