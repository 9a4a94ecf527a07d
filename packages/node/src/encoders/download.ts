import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { FileError } from "../errors.ts";
import { fileFailure } from "../files/file-failure.ts";
import { checkedAddress } from "./hub-address.ts";

/** How a file is fetched. */
export interface DownloadOptions {
  /** A file that is larger is refused. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes there are, and how many there will be if the server says so. */
  readonly onProgress?: ((bytes: number, total: number | undefined) => void) | undefined;
  /** Milliseconds without a byte after which the connection counts as lost; defaults to 60,000. */
  readonly stallMs?: number | undefined;
  /** Milliseconds before the second attempt, which double for each further one; defaults to 500. */
  readonly pauseMs?: number | undefined;
}

/** A file that has been fetched. */
export interface Download {
  /** SHA-256 of its bytes. */
  readonly checksum: string;
}

const attempts = 4;
const maxRedirects = 5;

/**
 * Fetches a file to a path. What an earlier call left there is kept, and only the rest is asked
 * for, if the server still has the same file. Connections that end early are tried again.
 *
 * @throws {FileError} DOWNLOAD_FAILED if the server has no such file, refuses it, cannot be
 *   reached, or sends more than allowed; CHECKSUM_MISMATCH if the bytes are not those that it
 *   promised
 */
export async function download(address: URL, path: string, options: DownloadOptions): Promise<Download> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetchRest(address, path, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof Interruption)) throw error;
      if (attempt === attempts) throw failed(address, `${error.message}, ${attempts} times in a row`, error.cause);
    }
    await wait((options.pauseMs ?? 500) * 2 ** (attempt - 1), undefined, { signal: options.signal });
  }
}

/** What may go better the next time. */
class Interruption extends Error {}

async function fetchRest(address: URL, path: string, options: DownloadOptions): Promise<Download> {
  const mark = `${path}.etag`;
  const known = await readFile(mark, "utf8").catch(() => "");
  const have = known === "" ? 0 : await sizeOf(path);
  const headers = have === 0 ? {} : { range: `bytes=${have}-`, "if-range": known };
  const stalled = new AbortController();
  const signal = options.signal === undefined ? stalled.signal : AbortSignal.any([stalled.signal, options.signal]);
  const stallMs = options.stallMs ?? 60_000;
  let timer = setTimeout(() => stalled.abort(), stallMs);
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stalled.abort(), stallMs);
  };
  try {
    const { response, promised } = await followed(address, headers, signal);
    const resumed = response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${have}-`) === true;
    if (response.status === 416 || (response.status === 206 && !resumed)) {
      await forget(path);
      throw new Interruption("the server no longer has the file whose beginning is here");
    }
    if (!response.ok) throw refusal(address, response.status);
    const rest = Number(response.headers.get("content-length") ?? Number.NaN);
    const start = resumed ? have : 0;
    const total = Number.isSafeInteger(rest) && !response.headers.has("content-encoding") ? start + rest : undefined;
    if (total !== undefined && total > options.maxBytes) throw tooLarge(address, options.maxBytes);
    if (!resumed) await writeMark(mark, response.headers.get("etag"));
    const bytes = await append(response, { address, path, start, total, alive, options });
    if (total !== undefined && bytes < total) throw new Interruption(`the connection ended after ${bytes} of ${total} bytes`);
    const checksum = await hashOf(path);
    if (promised !== undefined && promised !== checksum) {
      await forget(path);
      throw mismatch(address, promised, checksum);
    }
    return { checksum };
  } catch (cause) {
    if (cause instanceof FileError || cause instanceof Interruption) throw cause;
    options.signal?.throwIfAborted();
    if (stalled.signal.aborted) throw new Interruption(`no byte came in ${stallMs / 1000} s`, { cause });
    if (cause instanceof TypeError) throw new Interruption(`no connection (${reasonOf(cause)})`, { cause });
    throw fileFailure(cause, path, "write");
  } finally {
    clearTimeout(timer);
  }
}

/** Removes what is there of a file. */
async function forget(path: string): Promise<void> {
  for (const each of [path, `${path}.etag`]) await rm(each, { force: true });
}

/** A weak etag names no bytes, so nothing can be continued after it. */
async function writeMark(mark: string, etag: string | null): Promise<void> {
  await rm(mark, { force: true });
  if (etag !== null && !etag.startsWith("W/")) await writeFile(mark, etag);
}

interface Answer {
  readonly response: Response;
  /** The SHA-256 that a hub gives for a large file. */
  readonly promised: string | undefined;
}

/** Follows redirects, each to an address that is as safe as the first. */
async function followed(address: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
  let here = address;
  let promised: string | undefined;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const response = await fetch(here, { headers: { ...headers, "accept-encoding": "identity" }, redirect: "manual", signal });
    promised ??= /^(?:W\/)?"?([0-9a-f]{64})"?$/.exec(response.headers.get("x-linked-etag") ?? "")?.[1];
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) return { response, promised };
    await response.body?.cancel();
    here = checkedAddress(new URL(location, here).href);
  }
  throw failed(address, `the server refers to another place more than ${maxRedirects} times`);
}

interface Appending {
  readonly address: URL;
  readonly path: string;
  readonly start: number;
  readonly total: number | undefined;
  readonly alive: () => void;
  readonly options: DownloadOptions;
}

async function append(response: Response, { address, path, start, total, alive, options }: Appending): Promise<number> {
  const { maxBytes, onProgress } = options;
  const file = await open(path, start === 0 ? "w" : "a");
  let bytes = start;
  try {
    onProgress?.(bytes, total);
    for await (const part of response.body ?? []) {
      alive();
      bytes += part.length;
      if (bytes > maxBytes) throw tooLarge(address, maxBytes);
      for (let from = 0; from < part.length; ) from += (await file.write(part, from)).bytesWritten;
      onProgress?.(bytes, total);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return bytes;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(part as Uint8Array);
  return hash.digest("hex");
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function refusal(address: URL, status: number): Error {
  if (status === 429 || status >= 500) return new Interruption(`the server answers with status ${status}`);
  if (status === 401 || status === 403) {
    return failed(address, `the server does not give this file to everyone (status ${status})`, undefined, {
      hint: "download the folder with your own account, and add it: weft encoder add FOLDER",
    });
  }
  if (status === 404) {
    return failed(address, "the server has no such file (status 404)", undefined, {
      hint: "check the name and the revision; an encoder has config.json, tokenizer.json and model.safetensors",
    });
  }
  return failed(address, `the server answers with status ${status}`);
}

function tooLarge(address: URL, maxBytes: number): FileError {
  return failed(address, `the file is larger than ${maxBytes} bytes, the limit for this kind of file`, undefined, {
    hint: "check that this is the encoder you meant",
  });
}

function failed(address: URL, message: string, cause?: unknown, { hint }: { hint?: string } = {}): FileError {
  const usual = "check the connection, and try again: what is there is kept; --mirror names another server";
  return new FileError("DOWNLOAD_FAILED", { at: { source: placeOf(address) }, message, hint: hint ?? usual, cause });
}

function mismatch(address: URL, promised: string, found: string): FileError {
  return new FileError("CHECKSUM_MISMATCH", {
    at: { source: placeOf(address) },
    message: `the file has the SHA-256 ${found}, but the server promised ${promised}`,
    hint: "the file was damaged on its way and has been removed; try again",
  });
}

/** The address without a query, which may hold what opens it. */
export function placeOf({ origin, pathname }: URL): string {
  return origin + pathname;
}

function reasonOf(error: TypeError): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
