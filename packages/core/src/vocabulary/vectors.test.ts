import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteStream } from "./byte-stream.ts";
import { readVectors, type VectorOptions } from "./vectors.ts";

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
const read = (bytes: Uint8Array, words: string[], options?: VectorOptions, size = 7) =>
  readVectors(cut(bytes, size), new Set(words), { source: "v", ...options });

describe.each(Object.entries(files))("%s", (format, bytes) => {
  test("is recognised, gives the first row of each requested word, and falls back to lower case", async () => {
    const vectors = await read(bytes, ["Paris", "THE", "missing", "naïve", "the"]);
    expect(vectors).toEqual({
      format,
      dimension: 3,
      words: ["Paris", "THE", "naïve", "the"],
      matrix: Float32Array.from([2, 2, 2, 0.5, -1, 2, -0.25, 0, 1e-3, 0.5, -1, 2]),
      coverage: { asked: 5, found: 4, lowerCased: 1, tokens: undefined },
    });
  });

  test("counts the share of running words covered", async () => {
    const counts = new Map([
      ["the", 6],
      ["missing", 2],
    ]);
    expect((await read(bytes, ["the", "missing"], { countOf: (word) => counts.get(word) ?? 0 })).coverage.tokens).toBe(0.75);
  });

  test("chunk boundaries do not matter", async () => {
    const whole = await read(bytes, ["the", "naïve"], {}, bytes.length);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: bytes.length }), async (size) => {
        expect(await read(bytes, ["the", "naïve"], {}, size)).toEqual(whole);
      }),
    );
  });

  test("is refused if truncated, unless a GloVe file ends with a whole row", async () => {
    for (let end = 0; end < bytes.length - 2; end++) {
      const reading = read(bytes.slice(0, end), ["the", "naïve"]);
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
    expect([...(await read(binary(list, between), ["b", "a"])).matrix]).toEqual([feed, feed, feed, feed, 1, feed]);
  }
});

test("GloVe words may contain spaces", async () => {
  expect((await read(encoder.encode("a 1 2\n. . . 3 4\nat x@y.org 5 6\n"), [". . .", "a"])).matrix).toEqual(
    Float32Array.from([3, 4, 1, 2]),
  );
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
  await expect(read(typeof file === "string" ? encoder.encode(file) : file, ["a", "b"])).rejects.toThrow(message);
});

test("refuses a file without lines or words before it fills the memory", async () => {
  function* endless(first: string): Generator<Uint8Array> {
    yield encoder.encode(first);
    for (;;) yield new Uint8Array(1 << 16).fill(120);
  }
  await expect(readVectors(endless(""), new Set(["a"]))).rejects.toThrow("VECTORS_INVALID");
  await expect(readVectors(endless("5 3\n"), new Set(["a"]))).rejects.toThrow("VECTORS_INVALID");
  await expect(readVectors(endless("5 3\n"), new Set(["a"]), { format: "word2vec-binary" })).rejects.toThrow("VECTORS_INVALID");
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
  await expect(readVectors(chunks(), new Set(["a"]))).rejects.toThrow("VECTORS_INVALID");
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
