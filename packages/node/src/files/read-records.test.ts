import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { type ByteLine, readByteLines } from "./byte-lines.ts";
import { type InputRecord, inputHash, type ReadRecordsOptions, readRecords } from "./read-records.ts";
import { nameInIds } from "./read-text.ts";

const folder = mkdtempSync(join(tmpdir(), "weft-records-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(content: string | Uint8Array, ending = ".txt"): string {
  const path = join(folder, `${++files}${ending}`);
  writeFileSync(path, content);
  return path;
}

async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}

const records = async (path: string, options: ReadRecordsOptions = {}): Promise<InputRecord[]> =>
  collect(readRecords(path, options));

/** What a record says, with the number of its line. */
function said(record: InputRecord): string {
  if (record.kind === "document") return `${record.at.line} ${record.document.text}`;
  return record.kind === "fault" ? `${record.at.line} ${record.error.code}` : `${record.at.line} -`;
}

const texts = async (path: string, options: ReadRecordsOptions = {}): Promise<string[]> =>
  (await records(path, options)).filter(({ kind }) => kind !== "filler").map(said);

/** Text with every kind of line: blank, not UTF-8, with CR, with characters of 1 to 4 bytes. */
const line = fc.constantFrom("", " ", "Ada", "é", "日本", "😀 x", "\r", "a\r", "bad");
const content = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
  .map(([lines, ended]) =>
    Buffer.concat(
      lines.flatMap((text, k) => [...(k > 0 ? [Buffer.from("\n")] : []), bytesOf(text)]).concat(ended ? [Buffer.from("\n")] : []),
    ),
  );

function bytesOf(text: string): Buffer {
  return text === "bad" ? Buffer.from([0x63, 0xe9, 0x20]) : Buffer.from(text);
}

test("a record for every line, in order: also for blank lines, and after one that is not UTF-8", async () => {
  const path = file(Buffer.concat([Buffer.from("\ufeffone\r\n\n"), bytesOf("bad"), Buffer.from("\n two \nthree")]));
  expect(await texts(path)).toEqual(["1 one", "2 ", "3 ENCODING_INVALID", "4  two ", "5 three"]);
  expect(await texts(path, { blank: "skip" })).toEqual(["1 one", "3 ENCODING_INVALID", "4  two ", "5 three"]);
  const [, , fault] = await records(path);
  expect(fault).toMatchObject({ kind: "fault", raw: Buffer.from([0x63, 0xe9, 0x20, 10]), cut: false });
  expect((await records(path))[0]).toMatchObject({ document: { id: `${nameInIds(path)}:1` } });
});

test("paragraphs end at blank lines, and one bad line spoils only its own", async () => {
  const path = file(Buffer.concat([Buffer.from("a\nb\n\n\nc\n"), bytesOf("bad"), Buffer.from("\n\nd")]));
  expect(await texts(path, { input: "paragraphs" })).toEqual(["1 a\nb", "5 ENCODING_INVALID", "8 d"]);
});

test("lines of JSON are records by themselves", async () => {
  const path = file('{"text":"a"}\n\n{"tokens":["b",3]}\nnull\n{"text":"c"\n{"text":"d"}\n', ".jsonl");
  expect(await texts(path)).toEqual(["1 a", "3 FIELD_INVALID", "4 FIELD_INVALID", "5 JSON_INVALID", "6 d"]);
});

test("UTF-16 is refused as a whole, and gzip that ends too early after the records before it", async () => {
  await expect(records(file(Buffer.from("\ufeffa\n", "utf16le")))).rejects.toMatchObject({ code: "ENCODING_INVALID" });
  const many = Array.from({ length: 20_000 }, (_, k) => `line ${k} ${Math.sin(k)}\n`).join("");
  const packed = gzipSync(many);
  const path = file(packed.subarray(0, packed.length >> 1), ".txt.gz");
  const seen: string[] = [];
  const reading = (async () => {
    for await (const record of readRecords(path)) seen.push(said(record));
  })();
  await expect(reading).rejects.toMatchObject({ code: "GZIP_INVALID" });
  expect(seen.length).toBeGreaterThan(100);
  expect(seen).toEqual(
    many
      .split("\n")
      .slice(0, seen.length)
      .map((text, k) => `${k + 1} ${text}`),
  );
});

test("a line that is too long passes in pieces, and the next is read", async () => {
  const path = file(`ab\n${"x".repeat(400_000)}\ncd\n${"y".repeat(90)}\n`);
  const lines = (await collect(readByteLines(path, { limit: 80 }))).flat();
  const kinds = lines.map(({ number, text, overlong }: ByteLine) => `${number} ${text ?? overlong}`);
  expect(kinds.slice(0, 2)).toEqual(["1 ab", "2 begins"]);
  expect(kinds.filter((kind) => !kind.endsWith("continues")).slice(2)).toEqual(["2 ends", "3 cd", "4 begins", "4 ends"]);
  expect(Buffer.concat(lines.map(({ bytes }) => bytes)).length).toBe(400_098);
});

test.each(["text", "paragraphs", "jsonl"] as const)("every byte belongs to one record or filler, for %s", async (input) => {
  await fc.assert(
    fc.asyncProperty(content, async (bytes) => {
      const all = await records(file(bytes), { input });
      expect(Buffer.concat(all.map((record) => record.bytes)).equals(bytes)).toBe(true);
      let at = 0;
      for (const { bytes: own, next } of all) {
        at += own.length;
        expect(next?.byte).toBe(at);
      }
    }),
    { numRuns: 60 },
  );
});

test.each(["text", "paragraphs"] as const)("ranges that cover a file cover each record once, for %s", async (input) => {
  await fc.assert(
    fc.asyncProperty(content, fc.array(fc.nat(60), { maxLength: 4 }), fc.boolean(), async (bytes, cuts, packed) => {
      const path = packed ? file(gzipSync(bytes), ".gz") : file(bytes);
      const edges = [0, ...cuts.toSorted((a, b) => a - b)];
      const parts: string[] = [];
      for (const [k, start] of edges.entries())
        parts.push(...(await texts(path, { input, range: { start, end: edges[k + 1] } })));
      expect(parts).toEqual(await texts(path, { input }));
    }),
    { numRuns: 60 },
  );
});

test("a range whose line is known begins there without reading what is before", async () => {
  const path = file("one\ntwo\nthree\n");
  expect(await texts(path, { range: { start: 4, line: 2 } })).toEqual(["2 two", "3 three"]);
  expect(await texts(path, { range: { start: 4, end: 8, line: 2 } })).toEqual(["2 two"]);
  expect(await texts(path, { range: { start: 99 } })).toEqual([]);
  await expect(records(path, { range: { start: 5, line: 2 } })).rejects.toMatchObject({ code: "FIELD_INVALID" });
  await expect(records("-", { range: { start: 5 } })).rejects.toMatchObject({ code: "USAGE_INVALID" });
});

test.each(["text", "paragraphs"] as const)(
  "reading resumes after any record, if the bytes before it are the same, for %s",
  async (input) => {
    await fc.assert(
      fc.asyncProperty(content, fc.nat(20), fc.nat(20), fc.boolean(), async (bytes, pick, start, packed) => {
        const path = packed ? file(gzipSync(bytes), ".gz") : file(bytes);
        const options = { input, range: { start } };
        const all = await records(path, options);
        if (all.length === 0) return;
        const done = all.slice(0, 1 + (pick % all.length));
        const used = inputHash();
        for (const record of done) used.update(record.bytes);
        const hash = inputHash();
        let checked = false;
        const check = (): void => {
          expect(hash.copy().digest("hex")).toBe(used.copy().digest("hex"));
          checked = true;
        };
        const next = done.at(-1)?.next as NonNullable<InputRecord["next"]>;
        const rest = await texts(path, { ...options, resume: { ...next, hash, check } });
        expect(checked).toBe(true);
        expect(rest).toEqual(
          all
            .slice(done.length)
            .filter(({ kind }) => kind !== "filler")
            .map(said),
        );
      }),
      { numRuns: 60 },
    );
  },
);
