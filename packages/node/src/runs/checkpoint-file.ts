import { createHash } from "node:crypto";
import { ArchiveError } from "@weft-nlp/core";
import { checkCheckpoint, checksumEntry } from "@weft-nlp/core/training";
import { readWholeBytes } from "../files/json-file.ts";
import { writeFileAtomically } from "../files/write-file.ts";

const maxBytes = 2 ** 32;

/**
 * Writes a checkpoint with its checksum. The one before stays under another name, so that damage to
 * one file costs at most the epochs between them.
 *
 * @param bytes of `writeCheckpoint`; the checksum is put into them
 */
export async function writeCheckpointFile(path: string, previous: string, bytes: Uint8Array): Promise<void> {
  const place = placeOf(bytes);
  if (place !== undefined) bytes.set(Buffer.from(checksumOf(bytes, place)), place);
  await writeFileAtomically(path, bytes, { keepAs: previous });
}

/**
 * Reads a checkpoint and checks it: its checksum, its structure, and that all numbers are finite.
 * Those of former versions have no checksum.
 *
 * @throws {FileError} when the file cannot be read, or is not a regular file
 * @throws {ArchiveError} ARCHIVE_INVALID if it is damaged
 */
export async function readCheckpointFile(path: string): Promise<Uint8Array> {
  const bytes = await readWholeBytes(path, { maxBytes, regular: true });
  const place = placeOf(bytes);
  const found = place === undefined ? undefined : Buffer.from(bytes.subarray(place, place + digits)).toString("latin1");
  // A file that is cut off says more about itself than its checksum does.
  checkCheckpoint(bytes, path);
  if (place !== undefined && found !== checksumOf(bytes, place)) {
    throw new ArchiveError("ARCHIVE_INVALID", {
      at: { source: path },
      message: "the checkpoint was changed after it was written: its SHA-256 differs",
      hint: "the disk or a copy is damaged; start a new run, or put a copy of the file in its place",
    });
  }
  return bytes;
}

/** Hexadecimal digits of a SHA-256. */
const digits = 64;

/** Where the checksum is in a checkpoint; `undefined` in those of former versions. */
function placeOf(bytes: Uint8Array): number | undefined {
  const key = `"${checksumEntry}":"`;
  // Quotes inside texts are escaped, so this can only be the entry itself.
  const found = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, headerBytes)).indexOf(key);
  return found < 0 ? undefined : found + key.length;
}

/** The metadata are the first in the header, and the checksum is their first entry. */
const headerBytes = 1 << 12;

function checksumOf(bytes: Uint8Array, place: number): string {
  const hash = createHash("sha256").update(bytes.subarray(0, place)).update("0".repeat(digits));
  return hash.update(bytes.subarray(place + digits)).digest("hex");
}
