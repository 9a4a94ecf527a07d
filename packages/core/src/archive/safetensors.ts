import { ArchiveError } from "../errors.ts";

/** An array in a safetensors file: 32-bit floats, row-major. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The contents of a safetensors file. */
export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Free text by name; the format allows only strings. */
  readonly metadata: Readonly<Record<string, string>>;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const metadataKey = "__metadata__";
const headerLimitBytes = 100_000_000;

/**
 * Writes the safetensors format: header length, JSON header padded with spaces, data. Tensors are
 * sorted by name.
 */
export function writeSafetensors({ tensors, metadata }: SafetensorsFile): Uint8Array<ArrayBuffer> {
  const names = [...tensors.keys()].sort();
  const header: [string, unknown][] = [[metadataKey, metadata]];
  let offset = 0;
  for (const name of names) {
    const { shape, values } = tensors.get(name) as StoredTensor;
    header.push([name, { dtype: "F32", shape, data_offsets: [offset, offset + values.byteLength] }]);
    offset += values.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, 8, 8 + headerBytes);
  file.set(text, 8);
  let at = 8 + headerBytes;
  for (const name of names) {
    const { values } = tensors.get(name) as StoredTensor;
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return file;
}

/**
 * Reads a safetensors file of 32-bit floats, from `writeSafetensors` or any other writer.
 *
 * @param source the file's name, for error messages
 * @throws {ArchiveError} ARCHIVE_INVALID when the file is truncated, is not safetensors, or
 *   contradicts itself
 */
export function readSafetensors(file: Uint8Array, source: string): SafetensorsFile {
  const fail = (message: string, cause?: unknown): never => {
    throw new ArchiveError("ARCHIVE_INVALID", {
      at: { source },
      message,
      hint: "the file is truncated, or not a safetensors file; copy or train the model again",
      cause,
    });
  };
  if (file.length < 8) fail(`a safetensors file has at least 8 bytes, this one has ${file.length}`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > headerLimitBytes || 8 + headerBytes > file.length) {
    fail(`the header should take ${headerBytes} bytes, but the file has ${file.length}`);
  }
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(file.subarray(8, 8 + headerBytes)));
  } catch (cause) {
    fail("the header is not valid JSON", cause);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) return fail("the header is not a JSON object");
  const { [metadataKey]: metadata, ...named } = header as Record<string, unknown>;
  const entries = Object.entries(named).map(([name, entry]): Named => [name, checkEntry(name, entry, fail)]);
  const data = file.subarray(8 + headerBytes);
  requireGapless(entries, data.length, fail);
  return {
    tensors: new Map(entries.map(([name, entry]) => [name, readTensor(entry, data)])),
    metadata: readMetadata(metadata),
  };
}

type Fail = (message: string) => never;
type Named = readonly [name: string, entry: HeaderEntry];

function checkEntry(name: string, entry: unknown, fail: Fail): HeaderEntry {
  if (!isHeaderEntry(entry)) return fail(`the entry of ${name} is not { dtype, shape, data_offsets }`);
  const [start, end] = entry.data_offsets;
  const count = entry.shape.reduce((product, size) => product * size, 1);
  if (entry.dtype !== "F32") return fail(`${name} has the type ${entry.dtype}, expected F32`);
  if (end - start !== count * 4) return fail(`${name} has ${end - start} bytes for ${count} numbers`);
  return entry;
}

/**
 * The format assigns every byte of the data to exactly one tensor. This also stops a small file
 * from unpacking into a large model.
 */
function requireGapless(entries: readonly Named[], length: number, fail: Fail): void {
  let next = 0;
  const placed = entries.map(([name, { data_offsets: offsets }]) => ({ name, start: offsets[0], end: offsets[1] }));
  for (const { name, start, end } of placed.sort((x, y) => x.start - y.start || x.end - y.end)) {
    if (start !== next) fail(`${name} starts at byte ${start} of the data, expected byte ${next}`);
    next = end;
  }
  if (next !== length) fail(`the data should take ${next} bytes, but there are ${length}`);
}

function readTensor({ shape, data_offsets: [start, end] }: HeaderEntry, data: Uint8Array): StoredTensor {
  const values = new Float32Array((end - start) / 4);
  new Uint8Array(values.buffer).set(data.subarray(start, end)); // a copy, since the numbers may be unaligned in the file
  return { shape, values };
}

function isHeaderEntry(entry: unknown): entry is HeaderEntry {
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
