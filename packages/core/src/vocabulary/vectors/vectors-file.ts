import { DataError } from "../../errors.ts";

/** What a set of word vectors is and where it comes from. */
export interface VectorsOrigin {
  /** The name of the file, the package or the set. */
  readonly name: string;
  /** The SHA-256 of the file that the vectors were read from, in hexadecimal. */
  readonly sha256?: string | undefined;
  /** The SPDX identifier or the name of the licence, if known. */
  readonly licence?: string | undefined;
}

/** Sizes of a set of word vectors. */
export interface VectorsShape {
  /** Number of words. */
  readonly count: number;
  /** Numbers per word, D. */
  readonly dimension: number;
}

/** The first part of the file of a set, as JSON. */
export interface VectorsHeader extends VectorsShape {
  readonly origin: VectorsOrigin;
  /** Standard deviation of all numbers. */
  readonly deviation: number;
  /** A hash of scales, codes and words, which identifies the contents. */
  readonly digest: string;
  readonly wordBytes: number;
}

/** What a set is made from; `VectorsBuilder` makes it. */
export interface VectorsContents extends VectorsShape {
  readonly origin: VectorsOrigin;
  /** The number that 1 stands for in each row, [count]. */
  readonly scales: Float32Array;
  /** [count, dimension], row-major. */
  readonly codes: Int8Array;
  /** The words in UTF-8, in the order of their bytes, with a line feed between them. */
  readonly words: Uint8Array;
}

/** The file of a set in memory that threads share, its header, and the byte after that. */
interface VectorsFile {
  readonly bytes: Uint8Array;
  readonly header: VectorsHeader;
  readonly at: number;
}

const magic = Uint8Array.of(0x57, 0x45, 0x46, 0x54, 0x56, 0x45, 0x43, 1); // WEFTVEC, version 1

/** Whether a file begins as the compact file of a set does. */
export function isVectorsFile(beginning: Uint8Array): boolean {
  return beginning.length >= magic.length && magic.every((byte, index) => beginning[index] === byte);
}

/**
 * Writes the compact file of a set: the magic number, the length of the header, the header as JSON,
 * padded with spaces, then scales, codes and words.
 */
export function packVectors({ count, dimension, origin, scales, codes, words }: VectorsContents): VectorsFile {
  const digest = digestOf([bytesOf(scales), bytesOf(codes), words]);
  const deviation = deviationOf(scales, codes, dimension);
  const header: VectorsHeader = { count, dimension, origin, deviation, digest, wordBytes: words.length };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(text.length / 4) * 4;
  const at = 12 + headerBytes;
  const bytes = sharedBytes(at + 4 * count + codes.length + words.length);
  bytes.set(magic);
  new DataView(bytes.buffer).setUint32(8, headerBytes, true);
  bytes.fill(0x20, 12, at);
  bytes.set(text, 12);
  bytes.set(bytesOf(scales), at);
  bytes.set(bytesOf(codes), at + 4 * count);
  bytes.set(words, at + 4 * count + codes.length);
  return { bytes, header, at };
}

/**
 * Reads and checks the header of the compact file of a set.
 *
 * @throws {DataError} VECTORS_INVALID if the file is truncated or of another kind
 */
export function readHeader(bytes: Uint8Array, source: string | undefined): Omit<VectorsFile, "bytes"> {
  if (!isVectorsFile(bytes) || bytes.length < 12) throw invalidVectors(source, "the file is not a compact set of word vectors");
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  const at = 12 + headerBytes;
  if (at > bytes.length || headerBytes % 4 !== 0) throw invalidVectors(source, `the header should take ${headerBytes} bytes`);
  const header = parseHeader(bytes.slice(12, at), source);
  const { count, dimension, wordBytes } = header;
  const length = at + count * (4 + dimension) + wordBytes;
  if (length !== bytes.length) {
    throw invalidVectors(
      source,
      `${count} words of ${dimension} numbers should take ${length} bytes, but there are ${bytes.length}`,
    );
  }
  return { header, at };
}

function parseHeader(bytes: Uint8Array, source: string | undefined): VectorsHeader {
  let value: Partial<Record<keyof VectorsHeader, unknown>>;
  try {
    value = Object(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    throw invalidVectors(source, "the header is not valid JSON");
  }
  const { count, dimension, deviation, digest, wordBytes } = value;
  const origin: Partial<Record<keyof VectorsOrigin, unknown>> = Object(value.origin);
  const whole = (number: unknown, min: number): number is number => Number.isSafeInteger(number) && (number as number) >= min;
  const { name, sha256, licence } = origin;
  if (
    !whole(count, 0) ||
    !whole(dimension, 1) ||
    !whole(wordBytes, 0) ||
    count > 2 ** 31 ||
    dimension > 65_536 ||
    !(typeof deviation === "number" && deviation >= 0 && deviation < Infinity) ||
    typeof digest !== "string" ||
    typeof name !== "string"
  ) {
    throw invalidVectors(source, "the header lacks count, dimension, deviation, digest, wordBytes or origin");
  }
  const text = (item: unknown): string | undefined => (typeof item === "string" ? item : undefined);
  return { count, dimension, deviation, digest, wordBytes, origin: { name, sha256: text(sha256), licence: text(licence) } };
}

function deviationOf(scales: Float32Array, codes: Int8Array, dimension: number): number {
  let [sum, squares] = [0, 0];
  for (const [row, scale] of scales.entries()) {
    for (let k = row * dimension; k < (row + 1) * dimension; k++) {
      const value = (codes[k] as number) * scale;
      sum += value;
      squares += value * value;
    }
  }
  if (codes.length === 0) return 0;
  const mean = sum / codes.length;
  return Math.sqrt(Math.max(0, squares / codes.length - mean * mean));
}

/** FNV-1a in two lanes; it identifies contents but does not protect against forgery. */
function digestOf(parts: readonly Uint8Array[]): string {
  let [low, high] = [0x811c9dc5, 0x9e3779b9];
  for (const part of parts) {
    for (let k = 0; k < part.length; k++) {
      const byte = part[k] as number;
      low = Math.imul(low ^ byte, 0x01000193);
      high = Math.imul(high ^ (byte + k), 0x85ebca6b) ^ (high >>> 15);
    }
  }
  return [low, high].map((lane) => (lane >>> 0).toString(16).padStart(8, "0")).join("");
}

function bytesOf(array: Float32Array | Int8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Memory that threads share, where the platform allows it. */
export function sharedBytes(length: number): Uint8Array {
  return typeof SharedArrayBuffer === "undefined" ? new Uint8Array(length) : new Uint8Array(new SharedArrayBuffer(length));
}

/** The error of a file that cannot be read as a set. */
export function invalidVectors(source: string | undefined, message: string): DataError {
  const hint = "the file may be truncated; copy it, or install the package that it comes from, again";
  return new DataError("VECTORS_INVALID", { at: { source }, message, hint });
}
