import { createReadStream } from "node:fs";
import { sep } from "node:path";
import { pipeline, Readable } from "node:stream";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { FileError } from "../errors.ts";
import { fileFailure } from "./file-failure.ts";
import { isRegularFile } from "./regular-file.ts";

/** The path that means standard input or standard output. */
export const standardStream = "-";

/** The name of a file in errors and reports: its path, or words for standard input. */
export function sourceName(path: string): string {
  return path === standardStream ? "standard input" : path;
}

/**
 * The name of a file in the ids of its documents: with `/` on every system, so that the same input
 * gives the same records.
 *
 * @param source from `sourceName`
 */
export function nameInIds(source: string): string {
  return source.split(sep).join("/");
}

export interface ReadTextOptions {
  /** Ends the stream at once, with the signal's reason as the error. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes read from the file, before unpacking, for a progress bar. */
  readonly onBytes?: ((count: number) => void) | undefined;
}

interface ReadBytesOptions extends ReadTextOptions {
  /** The first byte to read; defaults to 0. Only for a regular file that is not compressed. */
  readonly start?: number | undefined;
}

/**
 * Streams the text of a file, only as fast as it is consumed. `-` is standard input. Unpacks gzip,
 * recognised by the name or the first bytes.
 *
 * @throws {FileError} when the file cannot be read, is broken gzip, or is not UTF-8
 */
export async function* readText(path: string, options: ReadTextOptions = {}): AsyncGenerator<string> {
  const source = sourceName(path);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let lines = 0;
  for await (const bytes of readBytes(path, options)) {
    yield decode(decoder, bytes, source, lines, true);
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines++;
  }
  const rest = decode(decoder, new Uint8Array(), source, lines, false);
  if (rest !== "") yield rest;
}

/** Like `readText`, before decoding: the bytes of a file, unpacked if it is gzip. */
export async function* readBytes(path: string, options: ReadBytesOptions = {}): AsyncGenerator<Uint8Array> {
  const { signal, onBytes, start } = options;
  try {
    signal?.throwIfAborted();
    const stream =
      path === standardStream
        ? process.stdin
        : createReadStream(path, { highWaterMark: 1 << 17, ...(start === undefined ? {} : { start }) });
    const stop = (): void => void stream.destroy(signal?.reason instanceof Error ? signal.reason : undefined);
    if (onBytes !== undefined) stream.on("data", (bytes: Uint8Array) => onBytes(bytes.length)).pause();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      if (start === undefined) yield* unpacked(stream, path);
      else yield* stream as AsyncIterable<Uint8Array>;
      signal?.throwIfAborted();
    } finally {
      signal?.removeEventListener("abort", stop);
      if (path !== standardStream) await close(stream, path);
    }
  } catch (cause) {
    throw fileFailure(cause, sourceName(path), "read");
  }
}

/**
 * Closes a file before its reader goes on: Windows neither renames nor removes an open one. A pipe
 * is closed when what writes to it sends or ends, which is not waited for.
 */
async function close(stream: Readable, path: string): Promise<void> {
  const closed = new Promise((resolve) => stream.once("close", resolve));
  stream.destroy();
  if (stream.closed) return;
  if (await isRegularFile(path)) await closed;
}

const newline = 10;

async function* unpacked(stream: Readable, path: string): AsyncGenerator<Uint8Array> {
  const pieces = (stream as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  const { beginning, ended } = await takeTwoBytes(pieces);
  const zipped = beginning[0] === 0x1f && beginning[1] === 0x8b;
  const whole = joined(beginning, pieces, ended);
  if (!zipped) {
    if (path.toLowerCase().endsWith(".gz")) {
      await pieces.return?.();
      throw gzipFailure(path, "the file is called .gz but is not gzip");
    }
    yield* whole;
    return;
  }
  const gunzip = createGunzip({ chunkSize: 1 << 16 });
  // The error reaches the reader through the loop below; pipeline requires the callback.
  pipeline(Readable.from(whole), gunzip, () => undefined);
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array;
  } catch (cause) {
    if (!(cause instanceof Error) || !("code" in cause) || !String(cause.code).startsWith("Z_")) throw cause;
    throw gzipFailure(
      path,
      cause.code === "Z_BUF_ERROR" ? "the compressed data ends too early" : "the compressed data is damaged",
      cause,
    );
  }
}

function gzipFailure(path: string, message: string, cause?: unknown): FileError {
  const hint = "create or download the file again; `gzip -t` checks it";
  return new FileError("GZIP_INVALID", { at: { source: sourceName(path) }, message, hint, cause });
}

async function takeTwoBytes(pieces: AsyncIterator<Uint8Array>): Promise<{ beginning: Uint8Array; ended: boolean }> {
  let beginning: Uint8Array = new Uint8Array();
  while (beginning.length < 2) {
    const next = await pieces.next();
    if (next.done === true) return { beginning, ended: true };
    beginning = beginning.length === 0 ? next.value : Buffer.concat([beginning, next.value]);
  }
  return { beginning, ended: false };
}

async function* joined(beginning: Uint8Array, pieces: AsyncIterator<Uint8Array>, ended: boolean): AsyncGenerator<Uint8Array> {
  try {
    if (beginning.length > 0) yield beginning;
    if (ended) return;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
  } finally {
    await pieces.return?.();
  }
}

function decode(decoder: TextDecoder, bytes: Uint8Array, source: string, lines: number, stream: boolean): string {
  try {
    return decoder.decode(bytes, { stream });
  } catch (cause) {
    // The decoder does not report where it stopped, so decode the piece again with replacement
    // characters.
    const marked = new TextDecoder("utf-8").decode(bytes);
    const before = marked.slice(0, Math.max(0, marked.indexOf("\ufffd"))).split("\n").length - 1;
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    throw new FileError("ENCODING_INVALID", {
      at: { source, line: lines + before + 1 },
      message: utf16 && lines === 0 ? "the text is UTF-16, expected UTF-8" : "these bytes are not UTF-8 text",
      hint:
        utf16 && lines === 0
          ? "convert it: iconv -f UTF-16 -t UTF-8"
          : "if the text is Latin-1, convert it: iconv -f LATIN1 -t UTF-8",
      cause,
    });
  }
}
