import { expect, test } from "vitest";
import { type TokenizerOptions, tokenize } from "./tokenizer.ts";

const words = (text: string, split: TokenizerOptions["split"]): string =>
  tokenize(text, { split })
    .map((token) => token.text)
    .join(" ");

test.each([
  ["5mg at 37.5%, 10km/h, 120m2 and 3×5cm", "5 mg at 37.5 % , 10 km/h , 120 m2 and 3 × 5 cm"],
  ["the 2nd of the 1990s, B12, H2O, 4f3a9, 0.5µm-thick", "the 2nd of the 1990s , B12 , H2O , 4f3a9 , 0.5 µm-thick"],
  ["https://a.org/5mg 5mg@a.org", "https://a.org/5mg 5mg@a.org"],
])("units: %s", (text, expected) => {
  expect(words(text, ["units"])).toBe(expected);
});

test.each([
  ["COVID-19-related, U.S.-based, -5 and 10-20", "COVID - 19 - related , U.S. - based , -5 and 10 - 20"],
  ["a -- b, https://a-b.org", "a -- b , https://a-b.org"],
])("hyphens: %s", (text, expected) => {
  expect(words(text, ["hyphens"])).toBe(expected);
});

test("both together, and neither by default", () => {
  expect(words("a 5mg-dose", ["units", "hyphens"])).toBe("a 5 mg - dose");
  expect(words("a 5mg-dose", undefined)).toBe("a 5mg-dose");
});

test("the pieces are slices of the text", () => {
  const text = "  5mg and COVID-19-related 🚀7km";
  for (const { text: word, start, end } of tokenize(text, { split: ["units", "hyphens"] }))
    expect(text.slice(start, end)).toBe(word);
});
