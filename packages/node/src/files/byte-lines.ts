import { TextDecoder } from "node:util";
import { FileError } from "../errors.ts";
import { type ReadTextOptions, readBytes, sourceName } from "./read-text.ts";

/** A line of a file, or a part of one that is too long to hold. */
export interface ByteLine {
  /** Counted from 1. */
  readonly number: number;
  /** The first byte of the line in the unpacked file. */
  readonly start: number;
  /** All of its bytes with the line end. */
  readonly bytes: Uint8Array;
  /**
   * The text without line end and byte order mark. Absent if the bytes are not UTF-8 or the line is
   * too long.
   */
  readonly text?: string | undefined;
  /**
   * `begins` and `continues` for the pieces of a line of more than `longestLineBytes`, `ends` for
   * its last.
   */
  readonly overlong?: "begins" | "continues" | "ends" | undefined;
}

/** Far more than any document, far less than would exhaust memory. */
export const longestLineBytes = 1 << 26;

export interface ByteLinesOptions extends ReadTextOptions {
  /** Where the lines begin, at the start of one; defaults to the start of the file. */
  readonly from?: { readonly byte: number; readonly line: number } | undefined;
  /**
   * The first byte to read, at most that of `from`; defaults to 0. Others need a regular file that
   * is not compressed.
   */
  readonly seek?: number | undefined;
  /** Receives the bytes from `seek` to `from`. */
  readonly before?: ((bytes: Uint8Array) => void) | undefined;
  /** The maximum of a line in bytes. */
  readonly limit?: number | undefined;
}

/**
 * Streams the lines of a file with their places in bytes, all lines that end in one chunk together.
 * Only LF ends a line; a CR before it belongs to the line end. Unlike `readText`, it continues
 * after bytes that are not UTF-8.
 *
 * @throws {FileError} when the file cannot be read, is broken gzip or is UTF-16
 */
export async function* readByteLines(path: string, options: ByteLinesOptions = {}): AsyncGenerator<readonly ByteLine[]> {
  const { from, seek = 0, before, limit = longestLineBytes, ...reading } = options;
  const first = from?.byte ?? 0;
  const cutter = new LineCutter(path, first, from?.line ?? 1, limit);
  let passed = seek;
  for await (const chunk of readBytes(path, seek > 0 ? { ...reading, start: seek } : reading)) {
    const ahead = Math.min(chunk.length, Math.max(0, first - passed));
    passed += chunk.length;
    if (ahead > 0) before?.(chunk.subarray(0, ahead));
    const lines = cutter.add(chunk.subarray(ahead));
    if (lines.length > 0) yield lines;
  }
  const rest = cutter.end();
  if (rest.length > 0) yield rest;
}

const newline = 10;

/** Cuts chunks of any size into lines. */
class LineCutter {
  readonly #path: string;
  readonly #limit: number;
  #at: number;
  #number: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #overlong = false;

  constructor(path: string, at: number, number: number, limit: number) {
    this.#path = path;
    this.#at = at;
    this.#number = number;
    this.#limit = limit;
  }

  add(chunk: Uint8Array): ByteLine[] {
    const end = chunk.lastIndexOf(newline) + 1;
    const lines: ByteLine[] = [];
    if (end > 0) this.#cut(this.#withPending(chunk.subarray(0, end)), lines);
    if (end < chunk.length) {
      this.#pending.push(chunk.subarray(end));
      this.#pendingBytes += chunk.length - end;
    }
    if (this.#pendingBytes > this.#limit) lines.push(this.#piece());
    return lines;
  }

  end(): ByteLine[] {
    const lines: ByteLine[] = [];
    if (this.#pendingBytes > 0 || this.#overlong) this.#cut(this.#withPending(noBytes), lines);
    return lines;
  }

  #withPending(bytes: Uint8Array): Uint8Array {
    if (this.#pendingBytes === 0) return bytes;
    const whole = Buffer.concat([...this.#pending, bytes]);
    [this.#pending, this.#pendingBytes] = [[], 0];
    return whole;
  }

  /** Hands over what there is of a line that is too long. */
  #piece(): ByteLine {
    const bytes = this.#withPending(noBytes);
    const line = { number: this.#number, start: this.#at, bytes, overlong: this.#overlong ? "continues" : "begins" } as const;
    this.#overlong = true;
    this.#at += bytes.length;
    return line;
  }

  #cut(bytes: Uint8Array, into: ByteLine[]): void {
    if (this.#at === 0) refuseUtf16(bytes, this.#path);
    // Decoding line by line takes several times as long.
    const texts = this.#overlong ? undefined : decoded(bytes)?.split("\n");
    let from = 0;
    for (let k = 0; from < bytes.length || this.#overlong; k++) {
      const found = bytes.indexOf(newline, from);
      const line = bytes.subarray(from, found < 0 ? bytes.length : found + 1);
      const place = { number: this.#number, start: this.#at, bytes: line };
      if (this.#overlong) into.push({ ...place, overlong: "ends" });
      else if (line.length > this.#limit) {
        into.push({ ...place, overlong: "begins" });
        into.push({ ...place, start: place.start + line.length, bytes: noBytes, overlong: "ends" });
      } else into.push({ ...place, text: withoutEnd(texts?.[k] ?? decoded(line), this.#at === 0) });
      this.#overlong = false;
      this.#at += line.length;
      this.#number++;
      from += line.length;
    }
  }
}

const noBytes = new Uint8Array();

/** @returns undefined for bytes that are not UTF-8 */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function withoutEnd(text: string | undefined, first: boolean): string | undefined {
  if (text === undefined) return undefined;
  const end = text.length - (text.endsWith("\r\n") ? 2 : text.endsWith("\n") || text.endsWith("\r") ? 1 : 0);
  return text.slice(first && text.charCodeAt(0) === 0xfeff ? 1 : 0, end);
}

/** Every line would be a fault, or nonsense. */
function refuseUtf16([first, second]: Uint8Array, path: string): void {
  if (!((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))) return;
  throw new FileError("ENCODING_INVALID", {
    at: { source: sourceName(path), line: 1 },
    message: "the text is UTF-16, expected UTF-8",
    hint: "convert it: iconv -f UTF-16 -t UTF-8",
  });
}
