import { createHash, type Hash } from "node:crypto";
import { DataError, type Document, WeftError } from "@weft-nlp/core";
import { documentFromRecord } from "@weft-nlp/core/formats";
import { parseJson } from "@weft-nlp/core/json";
import { documentFromText, type TextOptions } from "@weft-nlp/core/text";
import { FileError } from "../errors.ts";
import { type ByteLine, longestLineBytes, readByteLines } from "./byte-lines.ts";
import { type ByteRange, startOfRange } from "./byte-range.ts";
import { nameInIds, type ReadTextOptions, sourceName } from "./read-text.ts";

/**
 * How lines become records: each line is one, or the lines between blank lines, or each line is a
 * JSON object.
 */
export type RecordInput = "text" | "paragraphs" | "jsonl";

/** A document to extract from, a record that is none, or bytes that belong to no record. */
export type InputRecord = {
  readonly at: { readonly source: string; readonly line: number };
  /** The bytes from the end of the record before to the end of this one, in the unpacked file. */
  readonly bytes: Uint8Array;
  /** The byte and the line after it, where reading can resume; absent within a line. */
  readonly next?: { readonly byte: number; readonly line: number } | undefined;
} & (
  | { readonly kind: "document"; readonly document: Document }
  /** `raw` is the record, or the beginning of one that is too long. */
  | { readonly kind: "fault"; readonly error: WeftError; readonly raw: Uint8Array; readonly cut: boolean }
  | { readonly kind: "filler" }
);

/** Options of `readRecords`. */
export interface ReadRecordsOptions extends ReadTextOptions {
  /** Defaults to the one that fits the file's name. */
  readonly input?: RecordInput | undefined;
  readonly text?: TextOptions | undefined;
  /**
   * Whether a blank line of text is a record, with an empty document (default), or is skipped.
   * Blank lines are never records between paragraphs and in JSONL.
   */
  readonly blank?: "record" | "skip" | undefined;
  /** Only the records that begin in these bytes of the unpacked file. */
  readonly range?: ByteRange | undefined;
  /** Resumes where an earlier reading stopped. */
  readonly resume?: ReadFrom | undefined;
  /**
   * What distinguishes records without an id of their own: `name:line` (default), or `name@byte`,
   * which a reader of a range knows without what is before. In JSONL, `line-5` or `byte-412`.
   */
  readonly ids?: "line" | "byte" | undefined;
  /** The name of the file in ids and places; defaults to its path. */
  readonly source?: string | undefined;
}

/** The place after a record, and a hash to check that the bytes before it are still the same. */
export interface ReadFrom {
  readonly byte: number;
  readonly line: number;
  /** Receives the bytes before the place, from the first record of the range on. */
  readonly hash: Hash;
  /** Called when it has them all, to compare. Throws if they differ. */
  readonly check: () => void;
}

/** The input kind that fits a file's name. */
export function recordInputOf(path: string): RecordInput {
  return /\.(jsonl|ndjson)(\.gz)?$/i.test(path) ? "jsonl" : "text";
}

/**
 * Streams the records of a file in order, in constant memory, and continues after a record that
 * cannot be read. Documents of plain text have ids of the form `file:line`.
 *
 * Every byte of the file, or of the range from its first record on, belongs to one record or
 * filler.
 *
 * @throws {FileError} when the file itself cannot be read
 */
export async function* readRecords(path: string, options: ReadRecordsOptions = {}): AsyncGenerator<InputRecord> {
  const { input = recordInputOf(path), blank = "record", range, resume, signal, onBytes } = options;
  const source = options.source ?? sourceName(path);
  const start = await startOfRange(path, input === "paragraphs", range, { signal });
  if (start === undefined) return;
  let passed = start.seek;
  const before = (bytes: Uint8Array): void => {
    // The bytes before the range do not belong to what is resumed.
    const from = Math.max(0, start.byte - passed);
    passed += bytes.length;
    if (from < bytes.length) resume?.hash.update(bytes.subarray(from));
  };
  const lines = readByteLines(path, { signal, onBytes, from: resume ?? start, seek: start.seek, before });
  const maker = new RecordMaker(source, input, blank === "skip", options);
  let checked = false;
  const end = range?.end ?? Number.POSITIVE_INFINITY;
  const check = (): void => {
    if (!checked) resume?.check();
    checked = true;
  };
  for await (const group of lines) {
    check();
    for (const line of group) {
      if (line.start >= end && !maker.isWithin(line)) {
        yield* maker.end();
        return;
      }
      yield* maker.add(line);
    }
  }
  check();
  yield* maker.end();
}

/** A hash of the input that was used, to compare with on resuming. */
export function inputHash(): Hash {
  return createHash("sha256");
}

/** How much of a line that is too long its fault keeps. */
const keptBytes = 1 << 10;

/** Makes records of lines. */
class RecordMaker {
  readonly #source: string;
  readonly #input: RecordInput;
  readonly #skipsBlank: boolean;
  readonly #text: TextOptions | undefined;
  readonly #byByte: boolean;
  /** The lines of the paragraph under way. */
  #lines: ByteLine[] = [];
  #beginning: Uint8Array = new Uint8Array();

  constructor(source: string, input: RecordInput, skipsBlank: boolean, { text, ids }: ReadRecordsOptions) {
    this.#source = source;
    this.#input = input;
    this.#skipsBlank = skipsBlank;
    this.#text = text;
    this.#byByte = ids === "byte";
  }

  /** Whether a line belongs to a record that began before it. */
  isWithin({ text, overlong }: ByteLine): boolean {
    if (overlong === "continues" || overlong === "ends") return true;
    return this.#lines.length > 0 && text?.trim() !== "";
  }

  *add(line: ByteLine): Generator<InputRecord> {
    if (line.overlong !== undefined) {
      yield* this.end();
      yield this.#overlong(line);
      return;
    }
    const blank = line.text?.trim() === "";
    if (this.#input === "paragraphs") {
      if (!blank) this.#lines.push(line);
      else {
        yield* this.end();
        yield { kind: "filler", ...this.#place(line) };
      }
      return;
    }
    if (blank && (this.#input === "jsonl" || this.#skipsBlank)) yield { kind: "filler", ...this.#place(line) };
    else yield this.#record([line]);
  }

  /** Finishes a paragraph. */
  *end(): Generator<InputRecord> {
    const lines = this.#lines;
    if (lines.length === 0) return;
    this.#lines = [];
    yield this.#record(lines);
  }

  #record(lines: readonly ByteLine[]): InputRecord {
    const [first] = lines as [ByteLine];
    const last = lines.at(-1) as ByteLine;
    const place = {
      at: { source: this.#source, line: first.number },
      bytes: lines.length === 1 ? first.bytes : Buffer.concat(lines.map(({ bytes }) => bytes)),
      next: { byte: last.start + last.bytes.length, line: last.number + 1 },
    };
    const bad = lines.find(({ text }) => text === undefined);
    if (bad !== undefined)
      return { kind: "fault", ...place, error: notUtf8(this.#source, bad.number), raw: place.bytes, cut: false };
    try {
      return { kind: "document", ...place, document: this.#document(lines, place.at) };
    } catch (error) {
      if (!(error instanceof WeftError)) throw error;
      return { kind: "fault", ...place, error, raw: place.bytes, cut: false };
    }
  }

  #document(lines: readonly ByteLine[], at: InputRecord["at"]): Document {
    const text = lines.map((line) => line.text ?? "").join("\n");
    const byte = this.#byByte ? lines[0]?.start : undefined;
    if (this.#input !== "jsonl") {
      const file = nameInIds(this.#source);
      return documentFromText(byte === undefined ? `${file}:${at.line}` : `${file}@${byte}`, text, this.#text);
    }
    const value = parseJson(text, at);
    return documentFromRecord(byte === undefined ? value : withId(value, byte), at, this.#text).document;
  }

  #overlong(line: ByteLine): InputRecord {
    if (line.overlong === "begins") this.#beginning = line.bytes.slice(0, keptBytes);
    const place = this.#place(line);
    if (line.overlong !== "ends") return { kind: "filler", ...place, next: undefined };
    const error = new DataError("LINE_TOO_LONG", {
      at: place.at,
      message: `the line has more than ${longestLineBytes} bytes`,
      hint: "write one document per line",
    });
    return { kind: "fault", ...place, error, raw: this.#beginning, cut: true };
  }

  #place({ number, start, bytes }: ByteLine): Pick<InputRecord, "at" | "bytes" | "next"> {
    const at = { source: this.#source, line: number };
    return { at, bytes, next: { byte: start + bytes.length, line: number + 1 } };
  }
}

/** Names a record without an id by its first byte. */
function withId(value: unknown, byte: number): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value) || "id" in value) return value;
  return { id: `byte-${byte}`, ...value };
}

function notUtf8(source: string, line: number): FileError {
  return new FileError("ENCODING_INVALID", {
    at: { source, line },
    message: "these bytes are not UTF-8 text",
    hint: "if the text is Latin-1, convert it: iconv -f LATIN1 -t UTF-8",
  });
}
