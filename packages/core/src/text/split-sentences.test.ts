import fc from "fast-check";
import { expect, test } from "vitest";
import { newlineRules } from "./line-breaks.ts";
import { type SentenceOptions, splitSentences } from "./split-sentences.ts";
import { tokenize } from "./tokenizer.ts";

function sentences(text: string, options?: SentenceOptions): string[] {
  const tokens = tokenize(text);
  return splitSentences(text, tokens, options).map(({ start, end }) => text.slice(tokens[start]?.start, tokens[end - 1]?.end));
}

test.each([
  ["two plain ones", ["Ada joined Acme.", "It makes engines."]],
  ["titles and initials", ["Mr. J. R. Hart met Dr. Lee.", "They spoke."]],
  ["an abbreviation before a name", ["Acme Inc. Chairman Lee left the U.S. Senate."]],
  ["an abbreviation that ends a sentence", ["He works at Acme Inc.", "The firm is in the U.S.", "It grows."]],
  ["decimals and versions", ["It cost 3.5 million.", "Version 2.0.1 came."]],
  ["quotes", ['"Stop!" she said.', "“Yes.”", "He left (in May.)", "Then 'No.'", "End."]],
  ["an ellipsis inside", ["Well ... maybe not.", "Or...", "Perhaps?!", "Yes"]],
  ["a lower-case word does not open one", ["Yahoo! is big."]],
  ["Chinese", ["他来了。", "她走了！", "真的吗？”", "是"]],
])("%s", (_, expected) => {
  const text = expected.join(" ");
  expect(sentences(text)).toEqual(expected);
});

test("Chinese needs no space after the full stop, and a missing one elsewhere is tolerated", () => {
  expect(sentences("他来了。她走了。")).toEqual(["他来了。", "她走了。"]);
  expect(sentences("It came in 1990.The next one broke.")).toEqual(["It came in 1990.", "The next one broke."]);
});

test("hard line breaks end sentences; of soft ones, empty lines and list items do", () => {
  const text = "A title\nThe text goes\non here.\n\nMore text:\n- one\n- two\n1. three\r\n \r\nEnd";
  expect(sentences(text, { newlines: "hard" })).toEqual([
    "A title",
    "The text goes",
    "on here.",
    "More text:",
    "- one",
    "- two",
    "1. three",
    "End",
  ]);
  expect(sentences(text, { newlines: "soft" })).toEqual([
    "A title\nThe text goes\non here.",
    "More text:",
    "- one",
    "- two",
    "1. three",
    "End",
  ]);
});

test("quotes stay with their sentence in tokenised text", () => {
  expect(sentences("`` It works . '' He left . \" Yes . \" No .")).toEqual([
    "`` It works . ''",
    "He left .",
    '" Yes . "',
    "No .",
  ]);
});

test("sentences cover every token exactly once, in order, and none is empty", () => {
  const piece = fc.constantFrom(
    "Mr.",
    "A",
    "b",
    ".",
    "...",
    '"',
    "''",
    ")",
    "(",
    "\n",
    "\n\n",
    "。",
    "5",
    "- ",
    "Inc.",
    "The",
    "🚀",
    "?",
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(piece, fc.constantFrom("", " "))), fc.constantFrom(...newlineRules), (parts, newlines) => {
      const text = parts.flat().join("");
      const tokens = tokenize(text);
      let reached = 0;
      for (const span of splitSentences(text, tokens, { newlines })) {
        expect(span.start).toBe(reached);
        expect(span.end).toBeGreaterThan(span.start);
        reached = span.end;
      }
      expect(reached).toBe(tokens.length);
    }),
    { numRuns: 500 },
  );
});

test.each([". ", '"', ".\n", "A. ", "。", "- ", "A a\n"])("a million times %j takes linear time", (unit) => {
  const text = unit.repeat(1_000_000);
  const tokens = tokenize(text);
  // Quadratic work on this much text takes longer than a test may.
  expect(splitSentences(text, tokens).at(-1)?.end).toBe(tokens.length);
});
