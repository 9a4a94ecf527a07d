import { floatsToHalves } from "./half.ts";
import { readSafetensorsIndex, safetensorsHeader, type TensorPlace, tensorFloats } from "./safetensors-index.ts";

/** An array in a safetensors file, row-major; 16-bit floats are widened as they are read. */
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

/**
 * Writes the safetensors format: header length, JSON header padded with spaces, data. Tensors are
 * sorted by name.
 *
 * @param dtype how to store numbers: `F16` rounds them to 11 bits and halves the file
 */
export function writeSafetensors({ tensors, metadata }: SafetensorsFile, dtype: "F32" | "F16" = "F32"): Uint8Array<ArrayBuffer> {
  const sorted = [...tensors]
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([name, { shape, values }]) => ({ name, shape, values: dtype === "F16" ? toHalves(values) : values }));
  const header = safetensorsHeader(
    sorted.map(({ name, shape, values }) => ({ name, dtype, shape, bytes: values.byteLength })),
    metadata,
  );
  const file = new Uint8Array(sorted.reduce((total, { values }) => total + values.byteLength, header.length));
  file.set(header);
  let at = header.length;
  for (const { values } of sorted) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return file;
}

function toHalves(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  floatsToHalves(values, halves);
  return halves;
}

/**
 * Reads a safetensors file of floats of 32 or 16 bits, from `writeSafetensors` or any other writer.
 *
 * @param source the file's name, for error messages
 * @throws {ArchiveError} ARCHIVE_INVALID when the file is truncated, is not safetensors, or
 *   contradicts itself
 */
export function readSafetensors(file: Uint8Array, source: string): SafetensorsFile {
  const { tensors, metadata } = readSafetensorsIndex(file, file.length, source);
  const read = (name: string, place: TensorPlace): StoredTensor => ({
    shape: place.shape,
    values: tensorFloats(name, place, file.subarray(place.start, place.end), source),
  });
  return { tensors: new Map([...tensors].map(([name, place]) => [name, read(name, place)])), metadata };
}
