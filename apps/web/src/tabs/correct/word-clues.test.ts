import { expect, test } from "vitest";
import { ClueCounts, cluesOf, saidIn } from "./word-clues.ts";

test("the type of new words follows from those that look like them and stand like them", () => {
  const counts = new ClueCounts();
  const words = "In 1948 Signe Brekke founded Fjordglass in Odda .".split(" ");
  expect(counts.likeliest(cluesOf(words, { start: 0, end: 1 }))).toBeNull();
  for (const [type, start, end] of [
    ["DATE", 1, 2],
    ["PER", 2, 4],
    ["ORG", 5, 6],
    ["LOC", 7, 8],
  ] as const) {
    counts.add(type, cluesOf(words, { start, end }), 5);
  }
  const others = "Since 2021 Halvard Brekke has lived in Bergen .".split(" ");
  const found = [
    [1, 2],
    [2, 4],
    [7, 8],
  ].map(([start = 0, end = 0]) => counts.likeliest(cluesOf(others, { start, end })));
  expect(found).toEqual(["DATE", "PER", "LOC"]);
});

test.each([
  ["works_for", "works for", 1],
  ["worksFor", "now works for", 1],
  ["founded_on", "was founded by", 0.5],
  ["based_in", "in", 0],
  ["part_of", "of", 0],
  ["leads", "runs", 0],
  ["", "", 0],
])("%s in “%s”", (type, words, share) => {
  expect(saidIn(type, words.split(" "))).toBe(share);
});
