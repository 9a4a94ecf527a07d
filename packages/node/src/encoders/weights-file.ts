import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { ArchiveError } from "@weft-nlp/core";
import { readSafetensorsIndex, type SafetensorsIndex, safetensorsHeaderBytes, tensorFloats } from "@weft-nlp/core/archive";
import type { PretrainedEncoder } from "@weft-nlp/core/encoders";
import { fileFailure } from "../files/file-failure.ts";

/** The weights of a safetensors file, which are read from disk one array at a time. */
export interface WeightsFile {
  readonly index: SafetensorsIndex;
  readonly read: PretrainedEncoder["weights"];
}

/**
 * Reads the header of a safetensors file.
 *
 * @throws {FileError} FILE_MISSING or similar
 * @throws {ArchiveError} ARCHIVE_INVALID if the file is truncated or is not safetensors
 */
export function openWeightsFile(path: string): WeightsFile {
  const index = withFile(path, (file) => {
    const { size } = fstatSync(file);
    const header = safetensorsHeaderBytes(readRange(file, 0, Math.min(8, size)), size, path);
    return readSafetensorsIndex(readRange(file, 0, header), size, path);
  });
  const read: PretrainedEncoder["weights"] = (name) => {
    const place = index.tensors.get(name);
    if (place === undefined) return undefined;
    const bytes = withFile(path, (file) => readRange(file, place.start, place.end));
    if (bytes.length < place.end - place.start) {
      throw new ArchiveError("ARCHIVE_INVALID", {
        at: { source: path, path: name },
        message: "the file has become shorter since it was opened",
        hint: "copy the file again, and leave it alone while it is read",
      });
    }
    return { shape: place.shape, values: tensorFloats(name, place, bytes, path) };
  };
  return { index, read };
}

function withFile<Result>(path: string, job: (file: number) => Result): Result {
  try {
    const file = openSync(path, "r");
    try {
      return job(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw fileFailure(cause, path, "read");
  }
}

/** Fewer bytes if the file ends before. */
function readRange(file: number, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(end - start);
  let done = 0;
  while (done < bytes.length) {
    const read = readSync(file, bytes, done, Math.min(bytes.length - done, 1 << 28), start + done);
    if (read === 0) return bytes.subarray(0, done);
    done += read;
  }
  return bytes;
}
