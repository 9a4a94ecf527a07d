import { ArchiveError } from "../errors.ts";
import { readSafetensorsIndex, safetensorsHeader, type TensorPlace, tensorFloats } from "./safetensors-index.ts";

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

/**
 * Writes the safetensors format: header length, JSON header padded with spaces, data. Tensors are
 * sorted by name.
 */
export function writeSafetensors({ tensors, metadata }: SafetensorsFile): Uint8Array<ArrayBuffer> {
  const sorted = [...tensors].sort(([x], [y]) => (x < y ? -1 : 1));
  const header = safetensorsHeader(
    sorted.map(([name, { shape, values }]) => ({ name, dtype: "F32", shape, bytes: values.byteLength })),
    metadata,
  );
  const file = new Uint8Array(sorted.reduce((total, [, { values }]) => total + values.byteLength, header.length));
  file.set(header);
  let at = header.length;
  for (const [, { values }] of sorted) {
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
  const { tensors, metadata } = readSafetensorsIndex(file, file.length, source);
  const read = (name: string, place: TensorPlace): StoredTensor => {
    if (place.dtype !== "F32") {
      throw new ArchiveError("ARCHIVE_INVALID", {
        at: { source },
        message: `${name} has the type ${place.dtype}, expected F32`,
        hint: "the file is not from Weft; copy or train the model again",
      });
    }
    return { shape: place.shape, values: tensorFloats(name, place, file.subarray(place.start, place.end), source) };
  };
  return { tensors: new Map([...tensors].map(([name, place]) => [name, read(name, place)])), metadata };
}
