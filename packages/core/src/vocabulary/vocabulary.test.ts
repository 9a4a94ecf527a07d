import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Sentence } from "../schema/index.ts";
import { vectorsOf } from "../testing/example-vectors.ts";
import { Labels, labelsOf } from "./labels.ts";
import { characterVocabulary, rowsOf, Vocabulary, type VocabularyOptions, wordVocabulary } from "./vocabulary.ts";
import { wordShape } from "./word-shape.ts";

const words = ["the", "Acme", "the", "of", "1990", "1984", "Of", "__proto__"];

test("numbers words from frequent to rare, after the unknown word", () => {
  const vocabulary = Vocabulary.build(words);
  expect(vocabulary.words).toEqual(["the", "1984", "1990", "Acme", "Of", "__proto__", "of"]);
  expect(vocabulary.indexOf("the")).toBe(1);
  expect(vocabulary.indexOf("The")).toBe(0);
  expect(vocabulary.countOf("the")).toBe(2);
  expect(vocabulary.countOf("constructor")).toBe(0);
  expect(vocabulary.size).toBe(8);
});

test("folding merges words that differ only in case or digits, for counting and lookup", () => {
  const vocabulary = Vocabulary.build(words, { foldCase: true, foldNumbers: true, minCount: 2 });
  expect(vocabulary.words).toEqual(["0000", "of", "the"]);
  expect(vocabulary.indexOf("2024")).toBe(1);
  expect(vocabulary.indexOf("OF")).toBe(2);
  expect(vocabulary.indexOf("24")).toBe(0);
  expect(vocabulary.has("acme")).toBe(false);
});

test("unknown words keep their shape", () => {
  const vocabulary = Vocabulary.build(words, { unknown: "shape", foldCase: true });
  const rows = ["Zeta", "ZETA", "12", "A4", "well-off", "?!", "running", "stayed", "rarely", "cats", "blue"].map((word) =>
    vocabulary.indexOf(word),
  );
  expect(new Set(rows).size).toBe(rows.length);
  expect(Math.max(...rows)).toBeLessThan(vocabulary.unknownRows);
  expect(vocabulary.indexOf("blue")).toBe(0);
  expect(vocabulary.indexOf("of")).toBe(vocabulary.unknownRows);
  expect(vocabulary.unknownIndexOf("the")).toBe(0);
});

test.each([
  ["Ada", "capitalised"],
  ["A", "capitalised"],
  ["NATO", "capitals"],
  ["U.S.", "capitals"],
  ["1,000.5", "digits"],
  ["15th", "with digit"],
  ["''", "punctuation"],
  ["day-to-day", "hyphenated"],
  ["-year", "other"],
  ["ring", "other"],
  ["bus", "other"],
  ["清", "other"],
])("%s is %s", (word, shape) => {
  expect(wordShape(word)).toBe(shape);
});

const options: fc.Arbitrary<VocabularyOptions> = fc.record({
  minCount: fc.integer({ min: 1, max: 3 }),
  foldCase: fc.boolean(),
  foldNumbers: fc.boolean(),
  unknown: fc.constantFrom("single", "shape"),
});

describe("with word vectors", () => {
  const vectors = vectorsOf(["paris", "Oslo", "1990", "0000", "the", "of", "rome"]);
  const built = (list: readonly string[], settings: VocabularyOptions = {}) => Vocabulary.build(list, settings, vectors);

  test("a word of train with a vector is known however rare it is, and only others need the count", () => {
    const vocabulary = built(["Paris", "Oslo", "Xyzzy", "Plugh", "Plugh"], { minCount: 2 });
    expect(vocabulary.words).toEqual(["Plugh", "Oslo", "Paris"]);
    expect(vocabulary.indexOf("Xyzzy")).toBe(0);
    expect(vocabulary.countOf("Paris")).toBe(1);
  });

  test("a word that train lacks has the row of its vector, after the rows of train", () => {
    const vocabulary = built(["Paris", "the", "the"]);
    const rowOfVector = (word: string): number => vocabulary.size + vectors.find(word);
    expect(vocabulary.size).toBe(3);
    expect(rowsOf(vocabulary)).toBe(3 + vectors.count);
    expect(vocabulary.indexOf("the")).toBe(1);
    expect(vocabulary.indexOf("Paris")).toBe(2);
    // Train does not know this form, so it has the vector itself, not the trained row of "Paris".
    expect(vocabulary.indexOf("paris")).toBe(rowOfVector("paris"));
    expect(vocabulary.indexOf("ROME")).toBe(rowOfVector("rome"));
    expect(vocabulary.indexOf("1987")).toBe(rowOfVector("0000"));
    expect(vocabulary.indexOf("Xyzzy")).toBe(0);
    expect(vocabulary.has("rome")).toBe(true);
    expect(vocabulary.countOf("rome")).toBe(0);
  });

  test("folding does not hide a word that has a vector of its own", () => {
    const vocabulary = built(["1990", "1984", "1984", "Oslo", "Paris", "paris"], { foldCase: true, foldNumbers: true });
    expect(vocabulary.words).toEqual(["0000", "paris", "1990", "Oslo"]);
    expect(["1990", "1984", "1985", "Oslo", "PARIS"].map((word) => vocabulary.indexOf(word))).toEqual([3, 1, 1, 4, 2]);
    expect(vocabulary.indexOf("OSLO")).toBe(0);
  });

  test("JSON names the vectors, and only the same ones restore it", () => {
    const vocabulary = built(["Paris", "the"]);
    const value = JSON.parse(JSON.stringify(vocabulary));
    expect(value.vectors).toEqual({ name: "test", count: 7, dimension: 2, digest: vectors.digest });
    expect(Vocabulary.fromJSON(value, {}, vectors).indexOf("rome")).toBe(vocabulary.indexOf("rome"));
    expect(() => Vocabulary.fromJSON(value)).toThrow("which are missing");
    expect(() => Vocabulary.fromJSON(value, {}, vectorsOf(["a"]))).toThrow("vectors");
  });
});

const wordList = fc.array(fc.string({ unit: "grapheme" }));

test("a vocabulary survives JSON exactly, and every word has a row", () => {
  fc.assert(
    fc.property(wordList, wordList, options, fc.string({ unit: "binary" }), (list, known, settings, word) => {
      const vectors = known.length === 0 ? undefined : vectorsOf(known);
      const vocabulary = Vocabulary.build(list, settings, vectors);
      const copy = Vocabulary.fromJSON(JSON.parse(JSON.stringify(vocabulary)), {}, vectors);
      expect(JSON.stringify(copy)).toBe(JSON.stringify(vocabulary));
      for (const any of [...list, ...known, word]) {
        expect(copy.indexOf(any)).toBe(vocabulary.indexOf(any));
        expect(vocabulary.indexOf(any)).toBeLessThan(rowsOf(vocabulary));
        expect(vocabulary.has(any)).toBe(vocabulary.indexOf(any) >= vocabulary.unknownRows);
      }
    }),
  );
});

test("the order of the data does not matter", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "b", "A", "1")), (list) => {
      expect(Vocabulary.build(list.toReversed())).toEqual(Vocabulary.build(list));
    }),
  );
});

test.each([
  [null],
  [{}],
  [{ words: ["a"], counts: [] }],
  [{ ...Vocabulary.build(["a"]).toJSON(), words: ["a", "a"], counts: [1, 1] }],
])("%j is not a vocabulary", (value) => {
  expect(() => Vocabulary.fromJSON(value, { source: "vocab.json" })).toThrow(/^vocab\.json(?:: | )/);
});

const sentence: Sentence = {
  id: "s",
  tokens: ["Ada", "🚀a"],
  pos: ["NNP", "SYM"],
  entities: [
    { start: 0, end: 1, type: "PER" },
    { start: 1, end: 2, type: null },
    { start: 0, end: 2, type: "LOC" },
  ],
  relations: [{ head: 0, tail: 1, type: "r" }],
};

test("collects words, characters and labels from sentences", () => {
  expect(wordVocabulary([sentence]).words).toEqual(["Ada", "🚀a"]);
  expect(characterVocabulary([sentence, sentence]).words).toEqual(["a", "A", "d", "🚀"]);
  const { entityTypes, untyped, relationTypes, pos } = labelsOf([sentence]);
  expect([[...entityTypes], untyped, [...relationTypes], [...pos]]).toEqual([["LOC", "PER"], true, ["r"], ["NNP", "SYM"]]);
});

test("numbers labels and finds them by name", () => {
  const labels = Labels.of(["b", "a", "b"]);
  expect([labels.indexOf("b"), labels.nameOf(0), labels.size, labels.find("toString")]).toEqual([1, "a", 2, undefined]);
  expect(Labels.fromJSON(JSON.parse(JSON.stringify(Labels.inOrder(["b", "a"])))).names).toEqual(["b", "a"]);
  expect(() => labels.indexOf("c", { source: "dev", line: 2 })).toThrow(
    'dev:2: the label "c" is not one of the 2 known labels (LABEL_UNKNOWN)',
  );
  expect(() => labels.nameOf(2)).toThrow(RangeError);
});
