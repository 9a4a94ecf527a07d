import { Random } from "@weft-nlp/tensor";
import { expect, test } from "vitest";
import { eightSentences, sentence, tagged } from "../testing/example-sentences.ts";
import { buildLexicon, lexiconSettings } from "../vocabulary/index.ts";
import { packSentences, pickWords } from "./pack.ts";
import { SentenceReader } from "./sentence-reader.ts";

const lexicon = buildLexicon(tagged(eightSentences), lexiconSettings.parse({ unknown: "shape" }));
const reader = new SentenceReader({ words: {}, characters: {}, wordShape: {}, pos: {} }, lexicon);
const empty = reader.read(sentence("", ""));
const examples = tagged(eightSentences).map((item) => reader.read(item));

test("sentences are packed end to end, column by column", () => {
  const { offsets, inputs } = packSentences(examples, empty, undefined);
  const tokens = eightSentences.flatMap((item) => item.tokens);
  expect([...offsets]).toEqual([0, 7, 15, 24, 31, 38, 41, 42, tokens.length]);
  expect(inputs["characters"]?.["tokens"]).toEqual(tokens);
  expect(Array.from(inputs["words"]?.["ids"] ?? [], Number)).toEqual(tokens.map((token) => lexicon.words.indexOf(token)));
  expect(Object.keys(inputs["words"] ?? {})).toEqual(["ids"]);
  expect(packSentences([], empty, undefined).inputs["words"]).toEqual({ ids: new Int32Array(0) });
});

test("word dropout draws once per word in text order, and affects only the words part", () => {
  const { inputs: whole } = packSentences(examples, empty, undefined);
  const { inputs } = packSentences(examples, empty, { rate: 0.4, random: Random.of(3) });
  const random = Random.of(3);
  const expected = eightSentences
    .flatMap((item) => item.tokens)
    .map((token) => (random.next() < 0.4 ? lexicon.words.unknownIndexOf(token) : lexicon.words.indexOf(token)));
  expect(Array.from(inputs["words"]?.["ids"] ?? [], Number)).toEqual(expected);
  for (const part of ["characters", "wordShape", "pos"]) expect(inputs[part]).toEqual(whole[part]);
});

test("without words, or at a rate of zero, nothing is drawn", () => {
  const random = Random.of(3);
  const bare = new SentenceReader({ wordShape: {} }, lexicon);
  packSentences([bare.read(eightSentences[0] ?? sentence("", ""))], bare.read(sentence("", "")), { rate: 0.4, random });
  packSentences(examples, empty, { rate: 0, random });
  expect(random.next()).toBe(Random.of(3).next());
});

test("words are picked from every column", () => {
  expect(pickWords({ ids: Int32Array.of(4, 5, 6), tokens: ["a", "b", "c"] }, Int32Array.of(2, 0, 2))).toEqual({
    ids: Int32Array.of(6, 4, 6),
    tokens: ["c", "a", "c"],
  });
});
