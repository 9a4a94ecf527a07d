import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteStream } from "../byte-stream.ts";
import { readVectors, type VectorOptions } from "./read-vectors.ts";
import { VectorsBuilder } from "./vectors-builder.ts";
import type { WordVectors } from "./word-vectors.ts";

const encoder = new TextEncoder();
const rows: [string, number[]][] = [
  ["the", [0.5, -1, 2]],
  ["paris", [1, 1, 1]],
  ["Paris", [2, 2, 2]],
  ["naïve", [-0.25, 0, 1e-3]],
  ["the", [9, 9, 9]],
];
const text = rows.map(([word, numbers]) => `${word} ${numbers.join(" ")}\n`).join("");

function binary(list: [string, number[]][], between = "\n", header = `${list.length} 3\n`): Uint8Array {
  const parts = [encoder.encode(header)];
  for (const [word, numbers] of list) {
    parts.push(encoder.encode(`${word} `), new Uint8Array(Float32Array.from(numbers).buffer), encoder.encode(between));
  }
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const files = {
  glove: encoder.encode(text),
  "word2vec-text": encoder.encode(`5 3\n${text.replaceAll("\n", " \n")}`),
  "word2vec-binary": binary(rows),
};

const cut = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.slice(index * size, (index + 1) * size));
const read = (bytes: Uint8Array, options?: VectorOptions, size = 7) => readVectors(cut(bytes, size), { source: "v", ...options });

/** The numbers of a word, which 8 bits with a scale hold to half a 127th of the largest. */
function rowOf(vectors: WordVectors, word: string): number[] | undefined {
  const row = vectors.find(word);
  if (row < 0) return undefined;
  const numbers = new Float32Array(vectors.dimension);
  vectors.read(row, numbers);
  return [...numbers];
}

function expectRow(vectors: WordVectors, word: string, expected: readonly number[]): void {
  const found = rowOf(vectors, word) ?? [];
  const tolerance = (0.51 * Math.max(...expected.map(Math.abs))) / 127;
  expect(found).toHaveLength(expected.length);
  for (const [k, value] of expected.entries()) expect(Math.abs((found[k] as number) - value)).toBeLessThanOrEqual(tolerance);
}

describe.each(Object.entries(files))("%s", (format, bytes) => {
  test("is recognised, and the first row of each word is kept", async () => {
    const vectors = await read(bytes);
    expect(vectors).toMatchObject({ count: 4, dimension: 3, origin: { name: "v" } });
    expect(vectors.words()).toEqual(["Paris", "naïve", "paris", "the"]);
    for (const [word, numbers] of rows.slice(0, 4)) expectRow(vectors, word, numbers);
    expect(rowOf(vectors, "THE")).toBeUndefined();
  });

  test("asks for the origin when the file has been read", async () => {
    let count = 0;
    function* chunks(): Generator<Uint8Array> {
      for (const chunk of cut(bytes, 5)) {
        count += chunk.length;
        yield chunk;
      }
    }
    const { origin } = await readVectors(chunks(), { origin: () => ({ name: `${count} bytes`, licence: "CC0-1.0" }) });
    expect(origin).toEqual({ name: `${bytes.length} bytes`, licence: "CC0-1.0" });
  });

  test("chunk boundaries do not matter", async () => {
    const whole = (await read(bytes, {}, bytes.length)).bytes();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: bytes.length }), async (size) => {
        expect((await read(bytes, {}, size)).bytes()).toEqual(whole);
      }),
    );
  });

  test("is refused if truncated, unless a GloVe file ends with a whole row", async () => {
    for (let end = 0; end < bytes.length - 2; end++) {
      const reading = read(bytes.slice(0, end));
      const before = new TextDecoder().decode(bytes.slice(0, end));
      if (format === "glove" && end > 0) {
        const fields = before
          .trimEnd()
          .split("\n")
          .map((line) => line.trim().split(" ").length);
        // Without a header the first row sets the row length, and a truncated number is still a
        // number.
        const whole = fields.every((count) => count === fields[0]) && (fields[0] as number) > 1 && !before.endsWith("-");
        if (whole) await expect(reading).resolves.toBeDefined();
        else await expect(reading).rejects.toThrow("VECTORS_INVALID");
      } else await expect(reading).rejects.toThrow("VECTORS_INVALID");
    }
  });
});

test("binary rows need no line feeds between them, and their bytes may contain one", async () => {
  const feed = new DataView(Uint8Array.from([10, 10, 10, 10]).buffer).getFloat32(0, true);
  const list: [string, number[]][] = [
    ["a", [feed, 1, feed]],
    ["b", [feed, feed, feed]],
  ];
  for (const between of ["", "\n"]) {
    const vectors = await read(binary(list, between));
    for (const [word, numbers] of list) expectRow(vectors, word, numbers);
  }
});

test("GloVe words may contain spaces", async () => {
  const vectors = await read(encoder.encode("a 1 2\n. . . 3 4\nat x@y.org 5 6\n"));
  expectRow(vectors, ". . .", [3, 4]);
  expectRow(vectors, "at x@y.org", [5, 6]);
});

test.each<[string, string | Uint8Array, string]>([
  ["empty", "", "v: the file is empty"],
  ["one field", "the\n", "v:1: expected a word and its numbers, found one field"],
  ["a short row", "a 1 2 3\nb 1 2\n", "v:2: expected a word and 3 numbers, found 3 fields"],
  ["a long row", "a 1 2 3\nb 1 2 3 4\n", "v:2: expected a word and 3 numbers, found 4 numbers"],
  ["NaN", "a 1 2 3\nb 1 nan 3\n", 'v:2: number 2 of "b" is "nan", expected a finite number'],
  ["infinity", "a 1 2 3\nb 1 2 1e40\n", 'v:2: number 3 of "b" is "1e40"'],
  ["a word for a number", "a 1 2 3\nb 1 x 3\n", 'v:2: number 2 of "b" is "x"'],
  ["two spaces", "a 1 2 3\nb 1  3\n", 'v:2: number 2 of "b" is ""'],
  ["fewer rows than announced", "3 2\na 1 2\nb 1 2\n", "v:4: the header announces 3 rows, the file has 2"],
  ["dimension 0", "3 0\na\n", 'v:1: expected "rows dimension", found "3 0"'],
  ["a binary NaN", binary([["b", [1, Number.NaN, 3]]]), 'v: number 2 of "b", at byte 10, is NaN'],
  ["a binary file cut off", binary(rows).slice(0, 30), "v: the file ends at byte 30, in row 2 of 5"],
])("%s is refused", async (_, file, message) => {
  await expect(read(typeof file === "string" ? encoder.encode(file) : file)).rejects.toThrow(message);
});

const json = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value));

describe("json", () => {
  const vectors = { 'qu"ote\\': [1, 2, 9], é: [3, -4, 9], __proto__: [0, 0, 9], ["__proto__ "]: [5, 6, 9] };
  const file = json({ note: { a: [1, { b: "]}" }], c: null }, words: ["x", "y"], dimensions: 2, vectors, unkVector: [0, 0] });

  test("takes the first numbers of each word and skips what it does not know", async () => {
    for (let size = 1; size < 40; size++) {
      const found = await read(file, {}, size);
      expect(found).toMatchObject({ count: 3, dimension: 2 });
      expectRow(found, 'qu"ote\\', [1, 2]);
      expectRow(found, "é", [3, -4]);
    }
  });

  test("without dimensions all numbers count", async () => {
    expect(await read(json({ vectors: { a: [1, 2, 3], b: [1, 2, 3] } }))).toMatchObject({ count: 2, dimension: 3 });
    expect(await read(encoder.encode(' { "vectors" : { "a" : [ 1 , 2 ] } } '))).toMatchObject({ count: 1, dimension: 2 });
  });

  test.each<[string, Uint8Array, string]>([
    ["no vectors", json({ words: [] }), "the object has no vectors"],
    ["vectors that are a list", json({ vectors: [1] }), "expected an object of vectors"],
    ["a word that is no list", json({ vectors: { a: 1 } }), 'the vector of "a" is not a list'],
    ["a number that is text", json({ vectors: { a: [1, "2"] } }), 'the vector of "a" holds'],
    ["a number that is null", json({ vectors: { a: [null, 1] } }), 'the vector of "a" holds "null"'],
    ["a short vector", json({ vectors: { a: [1, 2], b: [1] } }), '"b" has 1 numbers, expected 2'],
    ["a long vector", json({ vectors: { a: [1, 2], b: [1, 2, 3] } }), '"b" has 3 numbers, expected 2'],
    ["an empty vector", json({ vectors: { a: [] } }), '"a" has 0 numbers'],
    ["impossible dimensions", json({ dimensions: 0.5, vectors: {} }), "dimensions is 0.5"],
    ["a file cut off", file.slice(0, -40), "the file ends here"],
    ["an escape that is none", encoder.encode('{"vectors": {"\\x": [1]}}'), "the string is not valid JSON"],
  ])("%s is refused", async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
    await expect(read(bytes)).rejects.toMatchObject({ code: "VECTORS_INVALID" });
  });

  test("a file that is cut off anywhere is refused", async () => {
    for (let end = 1; end < file.length; end++) await expect(read(file.slice(0, end))).rejects.toThrow("VECTORS_INVALID");
  });
});

test("a compact set is read back as it was, with its origin", async () => {
  const set = new VectorsBuilder(2);
  set.add(encoder.encode("b"), Float32Array.of(1, -2));
  set.add(encoder.encode("a"), Float32Array.of(0, 0));
  const whole = set.finish({ name: "mine", licence: "CC0-1.0", sha256: "00" });
  const back = await read(whole.bytes(), { origin: () => ({ name: "other" }) }, 3);
  expect(back.bytes()).toEqual(whole.bytes());
  expect(back.origin).toEqual({ name: "mine", licence: "CC0-1.0", sha256: "00" });
  expect(rowOf(back, "a")).toEqual([0, 0]);
});

test("refuses a file without lines or words before it fills the memory", async () => {
  function* endless(first: string): Generator<Uint8Array> {
    yield encoder.encode(first);
    for (;;) yield new Uint8Array(1 << 16).fill(120);
  }
  await expect(readVectors(endless(""))).rejects.toThrow("VECTORS_INVALID");
  await expect(readVectors(endless("5 3\n"))).rejects.toThrow("VECTORS_INVALID");
  await expect(readVectors(endless("5 3\n"), { format: "word2vec-binary" })).rejects.toThrow("VECTORS_INVALID");
});

test("closes the source when reading stops early", async () => {
  let closed = false;
  function* chunks(): Generator<Uint8Array> {
    try {
      for (;;) yield encoder.encode("a 1 2\nb 1\n");
    } finally {
      closed = true;
    }
  }
  await expect(readVectors(chunks())).rejects.toThrow("VECTORS_INVALID");
  expect(closed).toBe(true);
});

test("a stream's window holds the bytes not taken yet, whatever the chunk sizes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.uint8Array({ maxLength: 90_000 }), fc.nat(90_000)), { maxLength: 6 }),
      async (steps) => {
        const stream = new ByteStream(steps.map(([chunk]) => chunk));
        let expected = Buffer.alloc(0);
        for (const [chunk, take] of steps) {
          expect(await stream.more()).toBe(true);
          expected = Buffer.concat([expected, chunk]);
          const count = Math.min(take, expected.length);
          stream.take(count);
          expected = expected.subarray(count);
          expect(Buffer.compare(stream.window, expected)).toBe(0);
        }
        expect(await stream.more()).toBe(false);
      },
    ),
    { numRuns: 30 },
  );
});
