import fc from "fast-check";
import { expect, test } from "vitest";
import { DataError } from "../../errors.ts";
import { parseDecimal } from "./parse-decimal.ts";
import { vectorCoverage } from "./vector-coverage.ts";
import { VectorsBuilder } from "./vectors-builder.ts";
import { WordVectors } from "./word-vectors.ts";

const encoder = new TextEncoder();

/** A set in which the vector of the k-th word is [k + 1, −k]. */
function setOf(words: readonly string[]): WordVectors {
  const builder = new VectorsBuilder(2);
  for (const [k, word] of words.entries()) builder.add(encoder.encode(word), Float32Array.of(k + 1, -k));
  return builder.finish({ name: "test" });
}

test("every word is found, and no other, whatever its characters", () => {
  const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 5 }).filter((text) => !text.includes("\n"));
  fc.assert(
    fc.property(fc.uniqueArray(word, { maxLength: 40 }), fc.array(word), (words, others) => {
      const set = setOf(words);
      expect(set.count).toBe(words.length);
      const stored = set.words();
      for (const text of [...words, ...others]) {
        const row = set.find(text);
        expect(row >= 0).toBe(words.includes(text));
        if (row >= 0) expect(stored[row]).toBe(text);
      }
      const back = WordVectors.fromBytes(set.bytes());
      expect(back.bytes()).toEqual(set.bytes());
      expect(back.digest).toBe(set.digest);
    }),
  );
});

test("a row is within half a step of its numbers, and its spread is that of the set", () => {
  const values = Array.from({ length: 300 }, (_, k) => Math.sin(k) * (1 + (k % 7)));
  const builder = new VectorsBuilder(300);
  builder.add(encoder.encode("a"), Float32Array.from(values));
  const set = builder.finish({ name: "test" });
  const found = new Float32Array(300);
  set.read(0, found);
  const step = Math.max(...values.map(Math.abs)) / 127;
  for (const [k, value] of values.entries()) expect(Math.abs((found[k] as number) - value)).toBeLessThanOrEqual(0.501 * step);
  const mean = values.reduce((sum, value) => sum + value, 0) / 300;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 300);
  expect(set.deviation).toBeCloseTo(deviation, 1);
});

test("words match as written, then in lower case, then with digits folded", () => {
  const set = setOf(["paris", "Paris", "york", "1990", "0000", "route-00"]);
  const by = (word: string) => set.match(word)?.by;
  expect(["Paris", "PARIS", "York", "1990", "1991", "Route-66", "route-66", "Rome", "90"].map(by)).toEqual([
    "exact",
    "lowerCased",
    "lowerCased",
    "exact",
    "digitsFolded",
    "digitsFolded",
    "digitsFolded",
    undefined,
    undefined,
  ]);
  const tokens = ["Paris", "PARIS", "1990", "1991", "Rome", "Rome"];
  expect(vectorCoverage(set, [{ tokens }, { tokens: ["york"] }])).toEqual({
    words: 7,
    exact: 3,
    lowerCased: 1,
    digitsFolded: 1,
  });
});

test("the same rows in another order give the same set; the first of repeated words wins", () => {
  const rows: [string, number][] = [
    ["b", 1],
    ["a", 2],
    ["b", 3],
  ];
  const build = (list: readonly [string, number][]): WordVectors => {
    const builder = new VectorsBuilder(1);
    for (const [word, number] of list) builder.add(encoder.encode(word), Float32Array.of(number));
    return builder.finish({ name: "test" });
  };
  expect(build(rows).bytes()).toEqual(build([rows[1], rows[0]] as [string, number][]).bytes());
  expect(build(rows).digest).not.toBe(build([rows[1], rows[2]] as [string, number][]).digest);
  expect(build([["a\nb", 1]]).count).toBe(0);
});

test("another thread sees the same memory", () => {
  const set = setOf(["b", "a"]);
  const attached = WordVectors.attach(set.share());
  expect(attached.share().buffer).toBe(set.share().buffer);
  expect(attached.find("b")).toBe(1);
  expect(set.share().buffer).toBeInstanceOf(SharedArrayBuffer);
});

test("a word longer than any set has is not found", () => {
  expect(setOf(["a"]).find("a".repeat(100_000))).toBe(-1);
});

test("any change of any byte is refused or gives a whole set", () => {
  const file = setOf(["a", "b", "é", "word"]).bytes();
  const change = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(change, fc.nat(file.length), (changes, cut) => {
      for (const broken of [file.slice(), file.slice(0, cut)]) {
        for (const [at, value] of changes) if (at < broken.length) broken[at] = value;
        try {
          const set = WordVectors.fromBytes(broken, "v.bin");
          expect(set.words()).toHaveLength(set.count);
          const row = new Float32Array(set.dimension);
          for (let k = 0; k < set.count; k++) set.read(k, row);
          expect(row.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
          expect(error).toMatchObject({ code: "VECTORS_INVALID" });
        }
      }
    }),
    { numRuns: 500 },
  );
});

test("a set that is cut off anywhere is refused", () => {
  const file = setOf(["a", "b"]).bytes();
  for (let end = 0; end < file.length; end++) expect(() => WordVectors.fromBytes(file.slice(0, end))).toThrow("VECTORS_INVALID");
  for (let end = 0; end < 8; end++) expect(WordVectors.recognises(file.slice(0, end))).toBe(false);
});

test("words that are not sorted are refused", () => {
  const file = setOf(["a", "b"]).bytes();
  file[file.length - 1] = 0x61;
  expect(() => WordVectors.fromBytes(file)).toThrow("not sorted at row 1");
});

test("printed numbers are read as Number reads them", () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.integer().map((value) => value / 1e5),
  );
  const parsed = (text: string): number => parseDecimal(encoder.encode(text), 0, text.length);
  fc.assert(fc.property(number, (value) => parsed(String(value)) === value));
  fc.assert(
    fc.property(fc.stringMatching(/^[-+]?[0-9]{0,12}\.?[0-9]{0,12}(e-?[0-9]{1,2})?$/), (text) => {
      if (text !== "") expect(parsed(text)).toBe(Number(text));
    }),
  );
  for (const text of ["", "-", "+", ".", "1.2.3", "nan", "1e", "--1"]) expect(parsed(text)).toBeNaN();
});
