import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type InputRecord, type RecordInput, readRecords } from "@weft-nlp/node/files";
import { Random } from "@weft-nlp/tensor";
import { afterAll, expect, test } from "vitest";
import { type Cut, cutInput } from "./cut-input.ts";
import { seekCuts } from "./seek-cuts.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-cut-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pieces = ["Ada met Bob.\n", "\n", " \t\n", '{"text":"Ada"}\n', "Grüße aus Köln\r\n", "caf\xe9\n"];

/** A file of random lines: some blank, some not UTF-8, the last one perhaps without its end. */
function randomFile(seed: number): { path: string; bytes: Buffer } {
  const random = Random.of(seed);
  const lines = Array.from({ length: 1 + random.integer(60) }, () => {
    const text = pieces[random.integer(pieces.length)] ?? "";
    return text.includes("caf") ? Buffer.from(text, "latin1") : Buffer.from(text);
  });
  const whole = Buffer.concat(lines);
  const bytes = random.integer(2) === 0 ? whole : whole.subarray(0, -1);
  const path = join(folder, `${seed}.txt`);
  writeFileSync(path, bytes);
  return { path, bytes };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const placed = (records: readonly InputRecord[]): unknown[] =>
  records.filter(({ kind }) => kind !== "filler").map(({ kind, at, next }) => [kind, at.line, next]);

const kinds = ["text", "paragraphs", "jsonl"] as const satisfies readonly RecordInput[];
const cases = kinds.flatMap((kind) => Array.from({ length: 12 }, (_, seed) => [kind, seed] as const));

test.each(cases)("cuts of %s, seed %i, hold each record once, with its line and checksum", async (kind, seed) => {
  const { path, bytes } = randomFile(seed);
  for (const blank of ["record", "skip"] as const) {
    const reading = { input: kind, blank };
    const whole = placed(await all(readRecords(path, reading)));
    const cuts = await all(cutInput(path, { kind, blank, records: 1 + (seed % 5) }));
    const parts: unknown[] = [];
    for (const { start, end, line, records, sha256 } of cuts) {
      const part = placed(await all(readRecords(path, { ...reading, range: { start, end, line } })));
      expect(part).toHaveLength(records);
      expect(sha256).toBe(createHash("sha256").update(bytes.subarray(start, end)).digest("hex"));
      parts.push(...part);
    }
    expect(parts).toEqual(whole);
    for (const { records } of cuts) expect(records).toBeLessThanOrEqual(1 + (seed % 5));
  }
});

test.each(cases)("cuts of %s by seeking, seed %i, cover the file and hold each record once", async (kind, seed) => {
  const { path, bytes } = randomFile(seed);
  const whole = await all(readRecords(path, { input: kind, ids: "byte" }));
  const cuts = await all(seekCuts(path, bytes.length, { kind, blank: "record", records: 3 }));
  expect(cuts.map(({ start }) => start)).toEqual([0, ...cuts.map(({ end }) => end)].slice(0, -1));
  expect(cuts.at(-1)?.end ?? 0).toBe(bytes.length);
  const parts: InputRecord[] = [];
  for (const range of cuts)
    parts.push(...(await all(readRecords(path, { input: kind, ids: "byte", range: { ...range, line: 1 } }))));
  const documents = (records: readonly InputRecord[]): unknown[] =>
    records.flatMap((record) =>
      record.kind === "filler" ? [] : [record.kind === "document" ? record.document : record.error.code],
    );
  expect(documents(parts)).toEqual(documents(whole));
});

test("a part of a file, packed or not, is cut as the whole is", async () => {
  const { path } = randomFile(4711);
  const packed = join(folder, "4711.txt.gz");
  writeFileSync(packed, gzipSync(readFileSync(path)));
  const options = { kind: "text", blank: "record", records: 4 } as const;
  const [first, second, third] = (await all(cutInput(path, options))) as [Cut, Cut, Cut];
  expect(await all(cutInput(path, { ...options, range: { ...second, end: third.end } }))).toEqual([second, third]);
  expect(await all(cutInput(packed, { ...options, packed: true, range: { ...first, end: second.end } }))).toEqual([
    first,
    second,
  ]);
  expect(await all(cutInput(packed, { ...options, packed: true, range: { ...second, end: third.end } }))).toEqual([
    second,
    third,
  ]);
});
