import { FileError } from "../errors.ts";
import { type ReadTextOptions, readBytes, sourceName } from "./read-text.ts";

export type ReadBytesOptions = Pick<ReadTextOptions, "signal" | "onBytes">;

/** The max bytes of a file that is one document. */
const maxBytes = 1 << 27;

/**
 * Reads a file that is one document, unpacked if it is gzip.
 *
 * @throws {FileError} FILE_TOO_LARGE, or another one if it cannot be read
 */
export async function readWholeFile(path: string, options: ReadBytesOptions): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of readBytes(path, options)) {
    pieces.push(piece);
    size += piece.length;
    if (size <= maxBytes) continue;
    throw new FileError("FILE_TOO_LARGE", {
      at: { source: sourceName(path) },
      message: `the file has more than ${maxBytes} bytes, too many for one document`,
      hint: "divide it; text with a document in each line may be of any size (--input line)",
    });
  }
  return Buffer.concat(pieces);
}
