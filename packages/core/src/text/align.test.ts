import fc from "fast-check";
import { expect, test } from "vitest";
import { alignTokens, coveringTokens } from "./align.ts";
import { offsetTranslation } from "./code-points.ts";
import { tokenize } from "./tokenizer.ts";

test("finds tokens in their original text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const tokens = tokenize(text);
      expect(
        alignTokens(
          text,
          tokens.map((token) => token.text),
        ),
      ).toEqual(tokens);
    }),
  );
});

test("matches Treebank brackets and quotes to the characters that they encode", () => {
  expect(
    alignTokens('say "a" (b)', ["say", "``", "a", "''", "-LRB-", "b", "-RRB-"]).map(({ start, end }) => [start, end]),
  ).toEqual([
    [0, 3],
    [4, 5],
    [5, 6],
    [6, 7],
    [8, 9],
    [9, 10],
    [10, 11],
  ]);
});

test("names a missing token", () => {
  expect(() => alignTokens("Ada left", ["Ada", "went"], { source: "a.jsonl", line: 3 })).toThrow(
    'a.jsonl:3 tokens[1]: the token "went" is not in the text at character 4, which continues with "left" (SPAN_MISALIGNED)',
  );
  expect(() => alignTokens("Ada", [""])).toThrow("SPAN_MISALIGNED");
});

test("maps a character span to the tokens that it touches", () => {
  const tokens = tokenize("Ada Lovelace left");
  expect(coveringTokens(tokens, { start: 4, end: 12 })).toEqual({ span: { start: 1, end: 2 }, exact: true });
  expect(coveringTokens(tokens, { start: 1, end: 5 })).toEqual({ span: { start: 0, end: 2 }, exact: false });
  expect(coveringTokens(tokens, { start: 3, end: 4 })).toBeUndefined();
  expect(coveringTokens([], { start: 0, end: 4 })).toBeUndefined();
});

test("counts an astral character as one code point", () => {
  const text = "🚀 Ada 𝒳!";
  const translation = offsetTranslation(text, "codepoint");
  const places = Array.from(text).map((_, index) => Array.from(text).slice(0, index).join("").length);
  expect(places.map((_, index) => translation.toUtf16(index))).toEqual(places);
  expect(places.map((place) => translation.fromUtf16(place))).toEqual(places.map((_, index) => index));
  expect(translation.toUtf16(places.length)).toBe(text.length);
  expect(translation.toUtf16(places.length + 1)).toBeUndefined();
  expect(translation.fromUtf16(1)).toBeUndefined();
  expect(offsetTranslation(text, "utf16").toUtf16(1)).toBe(1);
  expect(offsetTranslation(text, "utf16").toUtf16(-1)).toBeUndefined();
});

test("offsets survive a round trip through code points", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const { toUtf16, fromUtf16 } = offsetTranslation(text, "codepoint");
      for (let offset = 0; offset <= Array.from(text).length; offset++) expect(fromUtf16(toUtf16(offset) as number)).toBe(offset);
    }),
  );
});
