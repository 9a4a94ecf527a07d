import fc from "fast-check";
import { expect, test } from "vitest";
import { documentFromText } from "./document-from-text.ts";
import { softBreaks } from "./line-breaks.ts";

/** The sentences of a text, with a line break as ⏎. */
function sentences(text: string): string[] {
  const { tokens, sentences } = documentFromText("d", text);
  return sentences.map(({ start, end }) => text.slice(tokens[start]?.start, tokens[end - 1]?.end).replaceAll(/\r\n|\r|\n/g, "⏎"));
}

test.each<[string, string, string[]]>([
  [
    "wrapped prose whose names cross line breaks",
    "The board met Prof. Lena\nHart on Friday. He leads Red\nStone Works in Turin and\nhe still chairs\nthe fund.\n",
    ["The board met Prof. Lena⏎Hart on Friday.", "He leads Red⏎Stone Works in Turin and⏎he still chairs⏎the fund."],
  ],
  [
    "three lines, the last one short",
    "Ines Roth started Copper\nForge in Bergen and later\nsold it.\n",
    ["Ines Roth started Copper⏎Forge in Bergen and later⏎sold it."],
  ],
  ["two lines without lower case", "Ines Roth started Copper\nForge in Oslo.\n", ["Ines Roth started Copper⏎Forge in Oslo."]],
  ["Windows line ends", "Ines Roth started a firm\r\nin Oslo.\r\n", ["Ines Roth started a firm⏎in Oslo."]],
  [
    "paragraphs, a heading and a list",
    "Growth and sales\nThe firm that Ines Roth started in the north has grown in\neach year since it was sold. Its owner, the Copper Forge\nGroup, is content:\n\n- more sales in Oslo\n- fewer in Bergen\n\nThe group was founded by a brother of Ines\nRoth.\n",
    [
      "Growth and sales",
      "The firm that Ines Roth started in the north has grown in⏎each year since it was sold.",
      "Its owner, the Copper Forge⏎Group, is content:",
      "- more sales in Oslo",
      "- fewer in Bergen",
      "The group was founded by a brother of Ines⏎Roth.",
    ],
  ],
  [
    "German, with its capitals",
    "Die Firma wurde im Jahr 1990 von Ines\nRoth in Bergen gegründet und wächst\nseitdem in jedem Jahr. Der Umsatz der\nFirma steigt.\n",
    [
      "Die Firma wurde im Jahr 1990 von Ines⏎Roth in Bergen gegründet und wächst⏎seitdem in jedem Jahr.",
      "Der Umsatz der⏎Firma steigt.",
    ],
  ],
  [
    "names and numbers at the beginning of every line",
    "Last year Lena Hart founded\nCopper Forge in Turin and owned\n80 of it. It is well known in\nTurin.\n",
    ["Last year Lena Hart founded⏎Copper Forge in Turin and owned⏎80 of it.", "It is well known in⏎Turin."],
  ],
  ["a title at a line's end", "It was\nfounded by Dr.\nLena Hart.\n", ["It was⏎founded by Dr.⏎Lena Hart."]],
  [
    "Chinese at a width",
    "李明在一九九〇年于上海创立了一家公\n司并于二〇〇一年将其出售给了北京的一\n家集团。\n",
    ["李明在一九九〇年于上海创立了一家公⏎司并于二〇〇一年将其出售给了北京的一⏎家集团。"],
  ],
])("soft: %s", (_, text, expected) => {
  expect(sentences(text)).toEqual(expected);
});

test.each<[string, string]>([
  ["names", "Lena Hart\nInes Roth\nJon Bell"],
  ["one sentence per line", "Lena Hart joined Red Stone.\nInes Roth left it.\nit grew."],
  ["one sentence per line, not all with a full stop", "Lena Hart joined Red Stone in Turin .\nHe left\nInes Roth met Jon ."],
  ["transcripts in small letters", "lena joined the firm in turin\nines met lena\nshe lives in oslo now\nhe left"],
  [
    "a poem",
    "The river runs beneath the hill,\nAnd all the stones are dark and still;\nThe night has come to Bergen town,\nAnd slow the snow is coming down.",
  ],
  ["a poem without marks", "Snow is white\nRivers are grey\nWinter is long\nSpring is away."],
  ["small things", "flour\nsugar\nbutter\neggs"],
  ["numbered items", "1. Lena Hart founded\n2. the firm in Turin\n3. and sold it."],
  ["bullets", "- the firm of Lena\n- the firm of Ines"],
  ["names and values", "Name: Lena Hart\nborn: 1960 in Turin\nfirm: Red Stone."],
  ["a table", "Lena Hart\tTurin\tred\nInes Roth\tOslo\tblue."],
  ["an address", "Red Stone Works\nHill Road 5\nTurin"],
  [
    "a Chinese poem",
    "白日依山尽黄河入海流，白日依山尽黄河，\n欲穷千里目更上一层楼，欲穷千里目更，\n白日依山尽黄河入海流，白日依山尽黄。",
  ],
  ["a heading and its text", "Red Stone buys Copper Forge\nThe firm paid 3 million."],
  ["a heading in capitals", "SALES IN TURIN\nLena Hart leads Red Stone and its sales in Turin."],
])("hard: %s", (_, text) => {
  expect(sentences(text)).toEqual(text.split("\n"));
});

test("any text: only single line breaks are soft, and its other characters never are", () => {
  const piece = fc.constantFrom("a", "Ab ", "word ", ".", "\n", "\n", "\r\n", "\r", "\u2028", "- ", "  ", "中", "|", "\t", "1. ");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join("");
      for (const at of softBreaks(text)) expect(text.charAt(at)).toMatch(/[\n\r]/);
    }),
    { numRuns: 1000 },
  );
});
