import { expect, test } from "vitest";
import type { Omission, Sentence } from "../../schema/index.ts";
import { nestedSentences } from "../../testing/nested-sentences.ts";
import { buildLexicon, lexiconFromJson, lexiconSettings } from "../../vocabulary/index.ts";
import { readSpans } from "./read-spans.ts";
import { spanTypes } from "./span-types.ts";
import { spansOfSentence } from "./span-units.ts";

const lexicon = buildLexicon(nestedSentences, lexiconSettings.parse({}));

test.each(nestedSentences)("the labels of sentence $id hold all its entities", (sentence) => {
  const omissions: Omission[] = [];
  const { labels, lost } = readSpans(sentence, lexicon, 5, omissions);
  const types = spanTypes(lexicon);
  const held = spansOfSentence(sentence.tokens.length, 5).flatMap((span, k) =>
    (labels[k] ?? 0) > 0 ? [{ ...span, type: types[(labels[k] ?? 0) - 1] }] : [],
  );
  expect(held).toHaveLength(sentence.entities.length);
  expect(held).toEqual(expect.arrayContaining([...sentence.entities]));
  expect([omissions, lost]).toEqual([[], []]);
});

test("what spans cannot hold is reported", () => {
  const sentence: Sentence = {
    id: "s",
    tokens: ["chronic", "renal", "failure"],
    entities: [
      { start: 0, end: 3, type: "EFFECT" },
      { start: 1, end: 3, type: "EFFECT" },
      { start: 1, end: 3, type: "EFFECT" },
      { start: 1, end: 3, type: "DRUG" },
      { start: 2, end: 3, type: "GOD" },
    ],
    relations: [],
  };
  const omissions: Omission[] = [];
  const { labels, lost } = readSpans(sentence, lexicon, 2, omissions);
  expect(omissions.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
    "entities[0]: tokens 0 to 3 are longer than a span, which has up to 2 tokens",
    "entities[3]: tokens 1 to 3 are also EFFECT, and a span holds one type",
    "entities[4]: training has no entity type GOD; the loss skips the span",
  ]);
  expect(lost).toEqual([0]);
  expect([...labels]).toEqual([0, 0, 0, 1 + spanTypes(lexicon).indexOf("EFFECT"), -1]);
});

test("the lexicon knows the longest entity of train, and whether entities overlap", () => {
  expect(lexicon.spans).toEqual({ longest: 4, nested: true });
  const stored = JSON.parse(JSON.stringify(lexicon)) as object;
  expect(lexiconFromJson(stored).spans).toEqual(lexicon.spans);
  expect(() => lexiconFromJson({ ...stored, spans: { longest: "3" } })).toThrow("spans.longest");
  const flat = nestedSentences.map((sentence) => ({ ...sentence, entities: sentence.entities.slice(0, 1), relations: [] }));
  expect(buildLexicon(flat, lexiconSettings.parse({})).spans?.nested).toBe(false);
  const twice = flat.map((sentence) => ({ ...sentence, entities: sentence.entities.flatMap((each) => [each, each]) }));
  expect(buildLexicon(twice, lexiconSettings.parse({})).spans?.nested).toBe(false);
  expect(buildLexicon(nestedSentences, lexiconSettings.parse({}), {}).spans).toBeUndefined();
});
