import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { fileFailure, readBytes } from "@weft-nlp/node/files";

/** Bytes of the first and the last block of a sample. */
const edgeBytes = 1 << 20;
/** The blocks between them. */
const innerBlocks = 64;
const innerBytes = 1 << 14;

/**
 * SHA-256 of a file's size and of blocks of it: its first and last MiB, and 64 blocks of 16 KiB at
 * equal distances between them. Finds a file that was replaced, cut or appended to in milliseconds,
 * whatever its size; a change of a few bytes in a large file may escape it.
 */
export async function sampleChecksum(path: string): Promise<string> {
  try {
    const handle = await open(path);
    try {
      const { size } = await handle.stat();
      const hash = createHash("sha256").update(`${size}\n`);
      for (const [start, length] of sampledBlocks(size)) {
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, start);
        hash.update(buffer.subarray(0, bytesRead));
      }
      return hash.digest("hex");
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw fileFailure(cause, path, "read");
  }
}

/** Places and lengths of the blocks, in order; a short file is one. */
function sampledBlocks(size: number): (readonly [start: number, length: number])[] {
  const inner = size - 2 * edgeBytes;
  if (inner <= innerBlocks * innerBytes) return size === 0 ? [] : [[0, size]];
  const blocks = Array.from({ length: innerBlocks }, (_, k): [number, number] => [
    edgeBytes + Math.floor(((inner - innerBytes) * k) / (innerBlocks - 1)),
    innerBytes,
  ]);
  return [[0, edgeBytes], ...blocks, [size - edgeBytes, edgeBytes]];
}

/** SHA-256 of a whole file as it is on disk. @throws {FileError} when it cannot be read */
export async function fileChecksum(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of readBytes(path, { signal, start: 0 })) hash.update(piece);
  return hash.digest("hex");
}
