import fc from "fast-check";
import { expect, test } from "vitest";
import { DataError } from "../../errors.ts";
import { firstJsonValue, readJsonValues } from "./json-values.ts";

async function valuesOf(chunks: readonly string[], limit?: number) {
  const values: { value: unknown; line: number | undefined }[] = [];
  for await (const { value, at } of readJsonValues(chunks, "a.json", limit)) values.push({ value, line: at.line });
  return values;
}

function cut(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) => text.slice(index * size, (index + 1) * size));
}

test("yields the elements of a list, whatever its layout and chunks", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue(), { maxLength: 5 }),
      fc.constantFrom(undefined, 1, "\t"),
      fc.integer({ min: 1, max: 9 }),
      async (list, space, size) => {
        const text = `\uFEFF \n${JSON.stringify(list, undefined, space)}\r\n`;
        expect((await valuesOf(cut(text, size))).map(({ value }) => value)).toEqual(JSON.parse(JSON.stringify(list)));
      },
    ),
  );
});

test("yields consecutive values, such as JSON lines or a single object", async () => {
  expect(await valuesOf(['{"a":1}\n{"a":\n2}\n\n3 "x"'])).toEqual([
    { value: { a: 1 }, line: 1 },
    { value: { a: 2 }, line: 2 },
    { value: 3, line: 5 },
    { value: "x", line: 5 },
  ]);
  expect(await valuesOf(["", "\n"])).toEqual([]);
});

test("accepts exactly the lists that JSON.parse accepts, and otherwise gives a place in the file", async () => {
  const piece = fc.constantFrom("[", "]", "{", "}", ",", ":", '"', "\\", "1", "-", "true", "nul", '"a"', " ", "\n", "{}", "[1]");
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 10 }), fc.integer({ min: 1, max: 4 }), async (pieces, size) => {
      const text = `[${pieces.join("")}`;
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        expected = undefined;
      }
      try {
        const values = await valuesOf(cut(text, size));
        expect(values.map(({ value }) => value)).toEqual(expected);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        expect(expected).toBeUndefined();
        expect(error.code).toBe("JSON_INVALID");
        const { line = 0, column = 0 } = error.at ?? {};
        const lines = text.split("\n");
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
      }
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['[{"a":1}\n{"a":2}]', 'a.json:2:1: expected a comma or the closing bracket, found "{"'],
  ["[1,2", "a.json:1:5: expected a comma or the closing bracket, found the end"],
  ["[1,]", 'a.json:1:4: expected a value, found "]"'],
  ["[1,\n", "a.json:2:1: expected a value, found the end"],
  ["[1]\n x", 'a.json:2:2: expected nothing after the list, found "x"'],
  ['[1,\n  {"a":}]', 'a.json:2:8: expected a value, found "}"'],
  ['[1,\n  {"a":\n]}]', 'a.json:3:1: expected a value, found "]"'],
])("%j is refused with its line and column", async (text, message) => {
  await expect(valuesOf([text])).rejects.toThrow(message);
});

test("holds one value at a time, and refuses one that is too long", async () => {
  let given = 0;
  function* chunks(): Generator<string> {
    yield "[";
    for (; given < 1000; given++) yield `"${"x".repeat(100)}",`;
    yield "1]";
  }
  for await (const _ of readJsonValues(chunks(), "a.json", 200)) break;
  expect(given).toBeLessThan(3);
  await expect(valuesOf([`["${"x".repeat(300)}"]`], 200)).rejects.toThrow(
    "a.json:1:2: the value has more than 200 UTF-16 units (LINE_TOO_LONG)",
  );
});

test("a list of three million characters in small pieces takes linear time", async () => {
  const text = JSON.stringify(Array.from({ length: 30_000 }, (_, index) => ({ index, text: "x".repeat(80) })));
  expect(await valuesOf(cut(text, 64))).toHaveLength(30_000);
});

test("finds the first value when the rest is cut off", () => {
  expect(firstJsonValue('\uFEFF[{"a":1},{"b"')).toEqual({ a: 1 });
  expect(firstJsonValue('{"a":1}\n{"b"')).toEqual({ a: 1 });
  expect(firstJsonValue("7")).toBe(7);
  expect(firstJsonValue('[{"a":')).toBeUndefined();
  expect(firstJsonValue("[")).toBeUndefined();
  expect(firstJsonValue("no JSON")).toBeUndefined();
});

test("with `onInvalid`, reading goes on behind a value that is not JSON, but not behind one without an end", async () => {
  const faults: string[] = [];
  const read = async (text: string): Promise<unknown[]> => {
    const values: unknown[] = [];
    for await (const { value } of readJsonValues([text], "f", undefined, ({ message }) => faults.push(message)))
      values.push(value);
    return values;
  };
  expect(await read('[{"a":1},{"b"},{"c":3}]')).toEqual([{ a: 1 }, { c: 3 }]);
  expect(await read('{"a":1}\n{"b" 2}\n{"c":3}\n')).toEqual([{ a: 1 }, { c: 3 }]);
  expect(faults).toHaveLength(2);
  expect(faults[1]).toMatch(/^f:2:/);
  await expect(read('{"a":1}\n{"b":[2}\n{"c":3}\n')).rejects.toThrow(/^f:2:.*JSON_INVALID/);
});
