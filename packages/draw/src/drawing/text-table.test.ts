import { expect, test } from "vitest";
import { sparkline, textTable } from "./text-table.ts";
import { cellWidth, fitText, textWidth } from "./text-width.ts";

test("a sparkline runs from the lowest to the highest block", () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe("▁▂▃▄▅▆▇█");
  expect(sparkline([3, 3])).toBe("▄▄");
  expect(sparkline([1, Number.NaN, 2])).toBe("▁ █");
  expect(sparkline([])).toBe("");
});

test("a sparkline with a width averages neighbours", () => {
  expect(sparkline([0, 0, 10, 10], 2)).toBe("▁█");
  expect(
    sparkline(
      Array.from({ length: 1000 }, (_, index) => index),
      40,
    ),
  ).toHaveLength(40);
});

test("columns align, numbers to the right, with wide characters counted as two", () => {
  const table = textTable(
    ["type", "F1"],
    [
      ["人物", "0.9"],
      ["Person", "12.25"],
      ["e\u0301", "–"],
    ],
  );
  expect(table.split("\n")).toEqual(["type       F1", "──────  ─────", "人物      0.9", "Person  12.25", "e\u0301           –"]);
  expect(new Set(table.split("\n").map(cellWidth))).toEqual(new Set([13]));
});

test("a table fits the terminal, and its cells cannot send control characters", () => {
  const table = textTable(
    ["name", "n"],
    [
      ["a very long name for such a narrow table", "1"],
      ["\u001b[31mred\nline", "2"],
    ],
    { width: 20 },
  );
  for (const line of table.split("\n")) expect(cellWidth(line)).toBeLessThanOrEqual(20);
  expect(table).not.toContain("\u001b");
  expect(table.split("\n")).toHaveLength(4);
  expect(table).toContain("…");
});

test("a table without rows or columns is just its header", () => {
  expect(textTable(["a", "b"], [])).toBe("a  b\n─  ─");
  expect(textTable([], [])).toBe("\n");
});

test("widths: combining marks take none, wide characters two columns, joined emoji one place", () => {
  expect(textWidth("e\u0301", 10)).toBe(textWidth("e", 10));
  expect(textWidth("é", 10)).toBe(textWidth("e", 10));
  expect(textWidth("漢", 10)).toBe(10);
  expect(textWidth("👩‍🔬", 10)).toBe(textWidth("👩", 10));
  expect(["é", "漢字", "👩‍🔬", "🇳🇴", "\u200b", "한글", "a"].map(cellWidth)).toEqual([1, 4, 2, 2, 0, 4, 1]);
});

test("text that is too wide ends in an ellipsis and fits", () => {
  expect(fitText("short", 10, 100)).toBe("short");
  const cut = fitText("a much longer text", 10, 40);
  expect(cut.endsWith("…")).toBe(true);
  expect(textWidth(cut, 10)).toBeLessThanOrEqual(40);
});
