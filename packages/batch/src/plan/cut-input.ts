import { createHash, type Hash } from "node:crypto";
import { type ByteLine, type ByteRange, type RecordInput, readByteLines } from "@weft-nlp/node/files";
import type { BatchOptions } from "../types.ts";

/** A range of an input with whole records. */
export interface Cut {
  /** Half-open bytes of the unpacked input. */
  readonly start: number;
  readonly end: number;
  /** Counted from 1. */
  readonly line: number;
  readonly records: number;
  readonly sha256: string;
}

/** How an input is cut. */
export interface CutOptions {
  readonly kind: RecordInput;
  readonly blank: BatchOptions["blank"];
  /** The max records of a range. */
  readonly records: number;
  /** The max bytes of a range, unless one record has more. */
  readonly maxBytes?: number | undefined;
  /** Only these bytes, which begin with a record; needs `line` if they are not the first. */
  readonly range?: ByteRange | undefined;
  readonly packed?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Receives every piece of the input in order. */
  readonly onPiece?: ((piece: Uint8Array) => void) | undefined;
}

/** Far more than a worker writes between two progress reports, far less than a day's work. */
export const maxShardBytes = 1 << 26;

/**
 * Reads an input once, in constant memory, and cuts it into ranges of whole records. Bytes that
 * belong to no record stay with the record before them.
 *
 * @throws {FileError} when the input cannot be read
 */
export async function* cutInput(path: string, options: CutOptions): AsyncGenerator<Cut> {
  const { range, packed = false, signal, onPiece, maxBytes = maxShardBytes } = options;
  const from = range === undefined || range.start === 0 ? undefined : { byte: range.start, line: range.line ?? 1 };
  const reading = { signal, ...(from === undefined ? {} : { from, seek: packed ? 0 : from.byte }) };
  const finder = new RecordFinder(options);
  const end = range?.end ?? Number.POSITIVE_INFINITY;
  const span = new Span(onPiece);
  let open: OpenCut | undefined;
  let done = false;
  for await (const lines of readByteLines(path, reading)) {
    for (const line of lines) {
      done = line.start >= end;
      if (done) break;
      const begins = finder.begins(line);
      if (begins && open?.isFull(line.start, options.records, maxBytes) === true) {
        span.flush(open);
        yield open.close(line.start);
        open = undefined;
      }
      open ??= new OpenCut(line);
      if (begins) open.records++;
      span.add(line.bytes, open);
      open.end = line.start + line.bytes.length;
    }
    if (open !== undefined) span.flush(open);
    if (done) break;
  }
  if (open !== undefined && open.records > 0) yield open.close(open.end);
}

/** Says which lines begin a record, as `readRecords` does. */
class RecordFinder {
  readonly #kind: RecordInput;
  readonly #skipsBlank: boolean;
  #within = false;

  constructor({ kind, blank }: CutOptions) {
    this.#kind = kind;
    this.#skipsBlank = kind !== "text" || blank === "skip";
  }

  begins({ text, overlong }: ByteLine): boolean {
    if (overlong !== undefined) {
      this.#within = false;
      return overlong === "begins";
    }
    const blank = text?.trim() === "";
    if (this.#kind !== "paragraphs") return !(blank && this.#skipsBlank);
    const begins = !blank && !this.#within;
    this.#within = !blank;
    return begins;
  }
}

class OpenCut {
  readonly start: number;
  readonly line: number;
  readonly hash: Hash = createHash("sha256");
  records = 0;
  end: number;

  constructor({ start, number }: ByteLine) {
    [this.start, this.line, this.end] = [start, number, start];
  }

  /** Whether a record that begins at a byte belongs to the next cut. */
  isFull(start: number, records: number, bytes: number): boolean {
    return this.records >= records || (this.records > 0 && start - this.start >= bytes);
  }

  close(end: number): Cut {
    const { start, line, records } = this;
    return { start, end, line, records, sha256: this.hash.digest("hex") };
  }
}

/** Neighbouring lines in memory: hashing them one by one takes several times as long. */
class Span {
  readonly #onPiece: ((piece: Uint8Array) => void) | undefined;
  #first: Uint8Array | undefined;
  #length = 0;

  constructor(onPiece: ((piece: Uint8Array) => void) | undefined) {
    this.#onPiece = onPiece;
  }

  add(bytes: Uint8Array, cut: OpenCut): void {
    const first = this.#first;
    const follows = first !== undefined && bytes.buffer === first.buffer && bytes.byteOffset === first.byteOffset + this.#length;
    if (!follows) {
      this.flush(cut);
      this.#first = bytes;
    }
    this.#length += bytes.length;
  }

  flush(cut: OpenCut): void {
    if (this.#first === undefined) return;
    const piece = Buffer.from(this.#first.buffer as ArrayBuffer, this.#first.byteOffset, this.#length);
    cut.hash.update(piece);
    this.#onPiece?.(piece);
    [this.#first, this.#length] = [undefined, 0];
  }
}
