import fc from "fast-check";
import { expect, test } from "vitest";
import { DataError } from "../../errors.ts";
import { parseJson } from "../../json/json.ts";
import { readLines, readWhole, type TextChunks } from "./lines.ts";

const lines = async (chunks: TextChunks, limit?: number): Promise<string[]> => {
  const found: string[] = [];
  for await (const { text, number } of readLines(chunks, "a", limit)) {
    found.push(text);
    expect(number).toBe(found.length);
  }
  return found;
};

test("only LF and CRLF end lines", async () => {
  expect(await lines(["\uFEFFa\r", "\nb\n\n", "c\u2028d\u0085e\rf"])).toEqual(["a", "b", "", "c\u2028d\u0085e\rf"]);
  expect(await lines(["a\n"])).toEqual(["a"]);
  expect(await lines([])).toEqual([]);
  expect(await readWhole(["\uFEFFa", "\n\uFEFF"])).toBe("a\n\uFEFF");
});

test("chunk boundaries do not matter", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom("a", "\n", "\r", "\uFEFF", "🚀", "")), async (chunks) => {
      expect(await lines(chunks)).toEqual(await lines([chunks.join("")]));
    }),
  );
});

test("refuses an endless line before it fills the memory", async () => {
  function* endless(): Generator<string> {
    yield "ok\n";
    for (;;) yield "x".repeat(100);
  }
  await expect(lines(endless(), 1000)).rejects.toThrow("a:2: the line has more than 1000 UTF-16 units (LINE_TOO_LONG)");
  await expect(lines(["12345\n"], 4)).rejects.toThrow("LINE_TOO_LONG");
});

test("two megabytes in chunks of one character take linear time", async () => {
  expect((await lines("x".repeat(2_000_000)))[0]).toHaveLength(2_000_000);
});

test.each<[string, string]>([
  ["", "a:5:1: expected a value, found the end"],
  ['{"a":1,}', 'a:5:8: expected a name in double quotes, found "}"'],
  ["{'a':1}", `a:5:2: expected a name in double quotes or }, found "'"`],
  ['{"a" 1}', 'a:5:6: expected a colon after the name, found "1"'],
  ["[1 2]", 'a:5:4: expected a comma or the closing bracket, found "2"'],
  ["[1,2", "a:5:5: expected a comma or the closing bracket, found the end"],
  ["[1]]", 'a:5:4: expected nothing after the value, found "]"'],
  ['["a\tb"]', 'a:5:4: expected the string to continue or end, found "\\t"'],
  ['["a\\x"]', 'a:5:4: expected the string to continue or end, found "\\\\"'],
  ['["abc', "a:5:6: expected the string to continue or end, found the end"],
  ["[\n1,\n NaN]", 'a:7:2: expected a value, found "N"'],
  ["[01]", 'a:5:3: expected a comma or the closing bracket, found "1"'],
  ["[🚀]", 'a:5:2: expected a value or ], found "🚀"'],
])("%j is not JSON", (text, message) => {
  expect(() => parseJson(text, { source: "a", line: 5 })).toThrow(`${message} (JSON_INVALID)`);
});

test("accepts what JSON.parse accepts, and otherwise gives a place in the text", () => {
  const broken = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom("", ",", "}", "]", '"', "\\", "x", "\n"))
    .map(([text, place, extra]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + extra + text.slice(at + 1);
    });
  fc.assert(
    fc.property(broken, (text) => {
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        let error: unknown;
        try {
          parseJson(text);
        } catch (thrown) {
          error = thrown;
        }
        expect(error).toBeInstanceOf(DataError);
        const { line = 0, column = 0 } = (error as DataError).at ?? {};
        const faulty = text.split("\n")[line - 1] ?? "";
        expect(column).toBeGreaterThanOrEqual(1);
        expect(column).toBeLessThanOrEqual(faulty.length + 1);
        return;
      }
      expect(parseJson(text)).toEqual(expected);
    }),
    { numRuns: 1000 },
  );
});

test("refuses a million open brackets without a stack overflow", () => {
  expect(() => parseJson("[".repeat(1_000_000))).toThrow("JSON_INVALID");
});
