import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import { readText } from "./read-text.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weft-read-"));
});
afterAll(async () => rm(folder, { recursive: true, force: true, maxRetries: 9 }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function read(path: string): Promise<string> {
  let text = "";
  for await (const chunk of readText(path)) text += chunk;
  return text;
}

test("any text comes back, plain or packed, whatever its name", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 300 }), async (text) => {
      expect(await read(await file("any.txt", text))).toBe(text);
      expect(await read(await file("any.txt.gz", gzipSync(text)))).toBe(text);
      expect(await read(await file("packed.txt", gzipSync(text)))).toBe(text);
    }),
    { numRuns: 30 },
  );
});

test("a character cut by the end of a piece stays whole", async () => {
  const text = "🚀é".repeat(100_000);
  expect(await read(await file("long.txt", text))).toBe(text);
  expect(await read(await file("long.gz", gzipSync(text)))).toBe(text);
});

test("two gzip members in a row are one text, as zcat reads them", async () => {
  expect(await read(await file("two.gz", Buffer.concat([gzipSync("a\n"), gzipSync("b\n")])))).toBe("a\nb\n");
});

const packed = gzipSync("0123456789 ".repeat(1000));
test.each([
  ["cut.gz", packed.subarray(0, packed.length - 20), "GZIP_INVALID", "the compressed data ends too early"],
  ["damaged.gz", Buffer.concat([packed.subarray(0, 12), Buffer.alloc(20, 0xff), packed.subarray(32)]), "GZIP_INVALID", "damaged"],
  ["plain.gz", Buffer.from("plain"), "GZIP_INVALID", "called .gz but is not gzip"],
  ["empty.gz", Buffer.alloc(0), "GZIP_INVALID", "called .gz but is not gzip"],
  ["latin.txt", Buffer.from("a\nb\ncaf\xe9 x\n", "latin1"), "ENCODING_INVALID", "latin.txt:3: these bytes are not UTF-8 text"],
  ["cut.txt", Buffer.from([0x61, 0x0a, 0xf0, 0x9f]), "ENCODING_INVALID", "cut.txt:2: these bytes"],
  ["utf16.txt", Buffer.from("\ufeffab", "utf16le"), "ENCODING_INVALID", "the text is UTF-16, expected UTF-8"],
])("%s is refused", async (name, content, code, message) => {
  const path = await file(name, content);
  await expect(read(path)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
});

test("a missing file, a folder, and a path through a file are named as such", async () => {
  const path = await file("a.txt", "a");
  await expect(read(join(folder, "none"))).rejects.toMatchObject({ code: "FILE_MISSING" });
  await expect(read(folder)).rejects.toMatchObject({ code: "FILE_IS_FOLDER" });
  // Windows says no more than that there is no such file.
  const code = process.platform === "win32" ? "FILE_MISSING" : "FILE_IS_FOLDER";
  await expect(read(join(path, "b"))).rejects.toMatchObject({ code });
});

test("a signal ends the stream with its own reason", async () => {
  const path = await file("endless.txt", "x".repeat(3_000_000));
  const controller = new AbortController();
  const reason = new Error("enough");
  const stream = readText(path, { signal: controller.signal });
  await stream.next();
  controller.abort(reason);
  await expect(
    (async () => {
      for await (const chunk of stream) expect(chunk).not.toBe("");
    })(),
  ).rejects.toBe(reason);
  await expect(readText(path, { signal: controller.signal }).next()).rejects.toBe(reason);
});

test("progress counts the bytes of the file", async () => {
  const content = gzipSync("word ".repeat(100_000));
  const path = await file("counted.gz", content);
  let bytes = 0;
  for await (const chunk of readText(path, { onBytes: (count) => void (bytes += count) })) expect(chunk).not.toBe("");
  expect(bytes).toBe(content.length);
});

test("a JSON file comes back; an invalid one names the place, a large one is not read", async () => {
  const path = join(folder, "a.json");
  await writeJsonFile(path, { a: [1, "é"] });
  expect(await readJsonFile(path)).toEqual({ a: [1, "é"] });
  await expect(readJsonFile(path, { maxBytes: 5 })).rejects.toMatchObject({ code: "FILE_TOO_LARGE" });
  const broken = await file("broken.json", '{\n  "a": }\n');
  await expect(readJsonFile(broken)).rejects.toMatchObject({ code: "JSON_INVALID", at: { source: broken, line: 2, column: 8 } });
});
