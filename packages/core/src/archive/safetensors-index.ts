import { ArchiveError } from "../errors.ts";
import { halvesToFloats } from "./half.ts";

/** Where an array lies in a safetensors file. */
export interface TensorPlace {
  /** The type of its numbers as the format names it: `F32`, `F16`, `BF16`, `I64`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The first byte, counted from the start of the file, and the byte after the last. */
  readonly start: number;
  readonly end: number;
}

/** What the header of a safetensors file says: enough to read single arrays of it. */
export interface SafetensorsIndex {
  readonly tensors: ReadonlyMap<string, TensorPlace>;
  /** Free text by name; the format allows only strings. */
  readonly metadata: Readonly<Record<string, string>>;
}

const metadataKey = "__metadata__";
const headerLimitBytes = 100_000_000;

/** Bytes of a number of each type that the format knows. */
const sizes: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
};

/** An array to be written, without its numbers. */
export interface TensorForm {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** How many bytes its numbers take. */
  readonly bytes: number;
}

/**
 * Everything in a safetensors file before its data: the length of the header and the header, padded
 * with spaces. The data of the arrays follow in this order.
 */
export function safetensorsHeader(tensors: readonly TensorForm[], metadata: SafetensorsIndex["metadata"]): Uint8Array {
  const header: [string, unknown][] = [[metadataKey, metadata]];
  let offset = 0;
  for (const { name, dtype, shape, bytes } of tensors) {
    header.push([name, { dtype, shape, data_offsets: [offset, offset + bytes] }]);
    offset += bytes;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const length = Math.ceil(text.length / 8) * 8;
  const start = new Uint8Array(8 + length).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(length), true);
  start.set(text, 8);
  return start;
}

/**
 * The bytes that the header of a safetensors file takes, with the eight that give its length.
 *
 * @param start the first bytes of the file, eight at least if the file has as many
 * @param fileBytes the size of the whole file
 * @throws {ArchiveError} ARCHIVE_INVALID when the file is too short to be one
 */
export function safetensorsHeaderBytes(start: Uint8Array, fileBytes: number, source: string): number {
  if (start.length < 8) throw invalid(source, `a safetensors file has at least 8 bytes, this one has ${start.length}`);
  const length = Number(new DataView(start.buffer, start.byteOffset, start.byteLength).getBigUint64(0, true));
  if (length > headerLimitBytes || 8 + length > fileBytes) {
    throw invalid(source, `the header should take ${length} bytes, but the file has ${fileBytes}`);
  }
  return 8 + length;
}

/**
 * Reads the header of a safetensors file and checks it against the file's size, so that arrays can
 * be read one at a time, wherever the file is.
 *
 * @param start the beginning of the file, at least as long as `safetensorsHeaderBytes` says
 * @param fileBytes the size of the whole file
 * @throws {ArchiveError} ARCHIVE_INVALID when the file is truncated, is not safetensors, or
 *   contradicts itself
 */
export function readSafetensorsIndex(start: Uint8Array, fileBytes: number, source: string): SafetensorsIndex {
  const dataStart = safetensorsHeaderBytes(start, fileBytes, source);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(start.subarray(8, dataStart)));
  } catch (cause) {
    throw invalid(source, "the header is not valid JSON", cause);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw invalid(source, "the header is not a JSON object");
  }
  const { [metadataKey]: metadata, ...named } = header as Record<string, unknown>;
  const fail = (message: string): never => {
    throw invalid(source, message);
  };
  const places = Object.entries(named).map(([name, entry]) => [name, checkEntry(name, entry, dataStart, fail)] as const);
  requireGapless(places, dataStart, fileBytes, fail);
  return { tensors: new Map(places), metadata: readMetadata(metadata) };
}

/**
 * The numbers of an array as 32-bit floats, always in a buffer of their own.
 *
 * @param bytes the bytes from `place.start` to `place.end`
 * @throws {ArchiveError} ARCHIVE_INVALID when they are not 32-bit, 16-bit or brain floats
 */
export function tensorFloats(name: string, { dtype }: TensorPlace, bytes: Uint8Array, source: string): Float32Array {
  // Numbers may be unaligned in the file. A Buffer of Node, which callers may pass, does not copy
  // in `slice`.
  const { buffer } = new Uint8Array(bytes);
  if (dtype === "F32") return new Float32Array(buffer);
  if (dtype !== "F16" && dtype !== "BF16") {
    throw invalid(source, `${name} has the type ${dtype}, expected F32, F16 or BF16`);
  }
  const units = new Uint16Array(buffer);
  if (dtype === "F16") return halvesToFloats(units);
  // A brain float is the upper half of a 32-bit float.
  const words = new Uint32Array(units.length);
  for (let k = 0; k < units.length; k++) words[k] = (units[k] as number) << 16;
  return new Float32Array(words.buffer);
}

type Fail = (message: string) => never;

function checkEntry(name: string, entry: unknown, dataStart: number, fail: Fail): TensorPlace {
  if (!isEntry(entry)) return fail(`the entry of ${name} is not { dtype, shape, data_offsets }`);
  const { dtype, shape } = entry;
  const [start, end] = entry.data_offsets;
  const count = shape.reduce((product, size) => product * size, 1);
  const size = Object.hasOwn(sizes, dtype) ? (sizes[dtype] as number) : fail(`${name} has the unknown type ${dtype}`);
  if (end - start !== count * size) return fail(`${name} has ${end - start} bytes for ${count} numbers`);
  return { dtype, shape, start: dataStart + start, end: dataStart + end };
}

/**
 * The format assigns every byte of the data to exactly one tensor. This also stops a small file
 * from unpacking into a large model.
 */
function requireGapless(
  places: readonly (readonly [name: string, place: TensorPlace])[],
  dataStart: number,
  fileBytes: number,
  fail: Fail,
): void {
  let next = dataStart;
  for (const [name, { start, end }] of [...places].sort(([, x], [, y]) => x.start - y.start || x.end - y.end)) {
    if (start !== next) fail(`${name} starts at byte ${start - dataStart} of the data, expected byte ${next - dataStart}`);
    next = end;
  }
  if (next !== fileBytes) fail(`the data should take ${next - dataStart} bytes, but there are ${fileBytes - dataStart}`);
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function isEntry(entry: unknown): entry is HeaderEntry {
  if (typeof entry !== "object" || entry === null) return false;
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  return (
    typeof dtype === "string" &&
    isSizes(shape) &&
    isSizes(offsets) &&
    offsets.length === 2 &&
    (offsets[0] ?? 0) <= (offsets[1] ?? 0)
  );
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && (item as number) >= 0);
}

function readMetadata(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function invalid(source: string, message: string, cause?: unknown): ArchiveError {
  const hint = "the file is truncated, or not a safetensors file; copy or train the model again";
  return new ArchiveError("ARCHIVE_INVALID", { at: { source }, message, hint, cause });
}
