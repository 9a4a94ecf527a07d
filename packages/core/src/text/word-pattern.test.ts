import fc from "fast-check";
import { expect, test } from "vitest";
import { tokenize } from "./tokenizer.ts";
import { simpleClasses, unicodePattern, wordPattern } from "./word-pattern.ts";

const codes = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code));
const isSimple = (text: string): boolean => wordPattern(text) !== unicodePattern();
const simple = codes.filter(isSimple);

test("the classes of the simple pattern are those of Unicode for all its characters", () => {
  expect(simple.length).toBe(384 + 24 + 1);
  const properties = { letter: "L", upper: "Lu", lower: "Ll", number: "N", currency: "Sc" } as const;
  for (const [name, property] of Object.entries(properties)) {
    const own = new RegExp(`[${simpleClasses[name as keyof typeof properties]}]`);
    const whole = new RegExp(`\\p{${property}}`, "u");
    for (const character of simple)
      expect([name, character, own.test(character)]).toEqual([name, character, whole.test(character)]);
  }
  const others = /[\p{M}\p{Script=Han}\p{Script=Hiragana}\p{Regional_Indicator}\p{Emoji_Modifier}]|\u200c|\u200d|\ufe0f|\u20e3/u;
  expect(simple.filter((character) => others.test(character))).toEqual([]);
  const emoji = new RegExp(simpleClasses.emoji);
  for (const character of simple) expect(emoji.test(character)).toBe(/\p{Extended_Pictographic}/u.test(character));
});

const pieces = [
  ...[
    "word",
    "A",
    "I",
    "cannot",
    "Cannot",
    "can",
    "not",
    "don't",
    "’s",
    "U.S.",
    "Mr.",
    "Inc.",
    "No. 5",
    "J. ",
    "'60s",
    "x".repeat(70),
  ],
  ...[
    "y".repeat(201),
    "3.14",
    "1,121",
    "$",
    "US€5",
    "½",
    "http://a.b/c?d",
    "www.",
    "a@b.co",
    "#tag",
    "-LRB-",
    "AT&T",
    "Node.js",
    "©",
  ],
  ...[
    ".",
    ". ",
    "...",
    "!?",
    ",",
    ";",
    "(",
    ")",
    '"',
    "[",
    "]",
    "``",
    "''",
    "-",
    "–",
    "…",
    "·",
    "_",
    "\u00ad",
    "é",
    "č",
    "Ş",
    "ı",
    "ß",
    "ª",
    "\u00a0",
  ],
  ...[" ", "  ", "\n", "\n\n", "\t", "\0", "Ł", "漢", "\u0301", "\u200d", "👍🏽", "1️⃣", "™", "\ud83d", "\u2028"],
];
const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((some) => some.join(""));

test("every text gets the tokens of the whole pattern", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const whole = new RegExp(unicodePattern());
      const expected = Array.from(text.matchAll(whole), ({ 0: token, index }) => ({
        text: token,
        start: index,
        end: index + token.length,
      }));
      expect(tokenize(text)).toEqual(expected);
    }),
    { numRuns: 2000 },
  );
});
