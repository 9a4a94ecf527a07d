import fc from "fast-check";
import { expect, test } from "vitest";
import { type Delimiter, printRow, readTable } from "./delimited.ts";

async function rows(text: string, delimiter?: Delimiter, size = 2): Promise<{ cells: readonly string[]; line: number }[]> {
  const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  );
  const all: { cells: readonly string[]; line: number }[] = [];
  for await (const row of readTable(pieces, "t.csv", delimiter)) all.push(row);
  return all;
}
const cells = async (text: string, delimiter?: Delimiter) => (await rows(text, delimiter)).map((row) => row.cells);

test("reads quotes, doubled quotes, and delimiters and line ends inside them", async () => {
  expect(await cells('a,b\r\n"x, y","say ""hi"""\n\n"two\r\nlines",\n')).toEqual([
    ["a", "b"],
    ["x, y", 'say "hi"'],
    ["two\r\nlines", ""],
  ]);
});

test("a row knows the line on which it begins", async () => {
  expect((await rows('a,b\n"1\n2",x\n\n3,4')).map(({ line }) => line)).toEqual([1, 2, 5]);
});

test("detects the delimiter from the first line, quoted cells included", async () => {
  expect(await cells("a;b,c;d\n")).toEqual([["a", "b,c", "d"]]);
  expect(await cells("\uFEFFa\tb, c\td\n")).toEqual([["a", "b, c", "d"]]);
  expect(await cells('"a;b;c",d\n')).toEqual([["a;b;c", "d"]]);
  expect(await cells("a|b\n")).toEqual([["a", "b"]]);
  expect(await cells("alone\n")).toEqual([["alone"]]);
  expect(await cells("")).toEqual([]);
});

test("a quote that quotes no cell is a character", async () => {
  expect(await cells('a,b\n"Yes" she said,5"\n')).toEqual([
    ["a", "b"],
    ['"Yes" she said', '5"'],
  ]);
  expect(await cells('a\tb\n"Yes, she said\tx\n"no\tmore"\ty', "\t")).toEqual([
    ["a", "b"],
    ['"Yes, she said', "x"],
    ['"no', 'more"', "y"],
  ]);
});

test("a quote that is never closed is refused where it opens", async () => {
  await expect(rows('a,b\nx,"y\nz\n')).rejects.toThrow("t.csv:2: a quote is not closed (FIELD_INVALID)");
});

test("what RFC 4180 writes comes back, however the file is cut", async () => {
  const cell = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", " ", "é", "🚀") });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 7 }),
      async (table, size) => {
        const text = table.map((row) => printRow(row)).join("");
        expect((await rows(text, ",", size)).map((row) => row.cells)).toEqual(table);
      },
    ),
    { numRuns: 500 },
  );
});
