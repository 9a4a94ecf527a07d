import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type TokenizerMode, tokenize } from "./tokenizer.ts";

const words = (text: string): string =>
  tokenize(text)
    .map((token) => token.text)
    .join(" ");

test.each([
  ["It doesn't, can't and cannot.", "It does n't , ca n't and can not ."],
  ["Acme's chief says they've won; I'd say O'Brien hasn't.", "Acme 's chief says they 've won ; I 'd say O'Brien has n't ."],
  ["the Chefs' vote, d'Azur and the '60s", "the Chefs ' vote , d'Azur and the '60s"],
  ["U.S.-based, in the U.S. Senate, i.e. at 2:00 p.m. today", "U.S.-based , in the U.S. Senate , i.e. at 2:00 p.m. today"],
  ["Mr. J. R. Hart Jr. of Acme Inc. left No. 5.", "Mr. J. R. Hart Jr. of Acme Inc. left No. 5 ."],
  ["She said no. I. Left it to Ph.D. students", "She said no . I . Left it to Ph.D. students"],
  ["He lives in Washington, D.C.", "He lives in Washington , D.C ."],
  ["$1,250.50 or US$5, 5% of €3", "$ 1,250.50 or US$ 5 , 5 % of € 3"],
  ["-3.5 and .38-caliber, 10/03/1983, 0-374-26131-8, 1,2", "-3.5 and .38-caliber , 10/03/1983 , 0-374-26131-8 , 1 , 2"],
  ["see https://example.org/a?b=1, or (www.example.org).", "see https://example.org/a?b=1 , or ( www.example.org ) ."],
  ["mail ada@mail.example.org. #tags @user", "mail ada@mail.example.org . #tags @user"],
  ["day-to-day and/or AT&T, R & D, Node.js", "day-to-day and/or AT&T , R & D , Node.js"],
  ["wait... what?! -- yes", "wait ... what ?! -- yes"],
  ["``quoted'' and \"quoted\"", "`` quoted '' and \" quoted \""],
  ["a -LRB- b -RRB- c", "a -LRB- b -RRB- c"],
  ["👩‍👩‍👧🚀🇫🇷🇩🇪 1️⃣ 👍🏽", "👩‍👩‍👧 🚀 🇫🇷 🇩🇪 1️⃣ 👍🏽"],
  ["e\u0301te\u0301 𝒳𝒴 Bütüner", "e\u0301te\u0301 𝒳𝒴 Bütüner"],
  ["他在Acme工作", "他 在 Acme 工 作"],
])("%s", (text, expected) => {
  expect(words(text)).toBe(expected);
});

test("characters mode splits letters and digits, but not composed characters", () => {
  expect(tokenize("A股50 👩‍👧e\u0301", { mode: "characters" }).map((token) => token.text)).toEqual([
    "A",
    "股",
    "5",
    "0",
    "👩‍👧",
    "e\u0301",
  ]);
});

test("segmenter mode finds words without separators", () => {
  expect(tokenize("สวัสดีชาวโลก\nok", { mode: "segmenter", locale: "th" }).map((token) => token.text)).toEqual([
    "สวัสดี",
    "ชาว",
    "โลก",
    "ok",
  ]);
});

const modes: TokenizerMode[] = ["words", "characters", "segmenter"];
const pieces = [
  "don't",
  "U.S.",
  "Mr.",
  " ",
  "\n",
  "\n\n",
  "\r\n",
  "'",
  '"',
  ".",
  "-",
  "a@b.co",
  "http://x.y/z",
  "5",
  "1,000",
  "🚀",
  "清",
  "\u200d",
  "\ufe0f",
  "e\u0301",
  "\ud83d",
  "\u00a0",
  "$",
  "...",
  "B.",
];
const hostileText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join("")),
);

describe.each(modes)("%s", (mode) => {
  test("offsets match the tokens, and tokens with white space rebuild the text", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        let reached = 0;
        for (const token of tokenize(text, { mode })) {
          expect(text.slice(token.start, token.end)).toBe(token.text);
          expect(token.text).toMatch(/^\S+$/u);
          expect(text.slice(reached, token.start)).toMatch(/^\s*$/u);
          reached = token.end;
        }
        expect(text.slice(reached)).toMatch(/^\s*$/u);
      }),
      { numRuns: 500 },
    );
  });
});

const repeated = [
  "a",
  ".",
  "-",
  "'",
  " ",
  "a.",
  "a-",
  "a'",
  "www.",
  "http://",
  "a@",
  "@a",
  "n't",
  "1,",
  "A.",
  "A&",
  "Mr. ",
  "I.   ",
  "\u0301",
  "🚀",
  "\u200d",
  "清",
  "\n",
];

test.each(repeated)("a million times %j takes linear time", (unit) => {
  const text = unit.repeat(1_000_000);
  // Quadratic work on this much text takes longer than a test may.
  expect(tokenize(text).at(-1)?.end ?? 0).toBeLessThanOrEqual(text.length);
});

test("tokens stay short however long a run is", () => {
  expect(Math.max(...tokenize("a".repeat(100_000)).map((token) => token.text.length))).toBe(200);
});
