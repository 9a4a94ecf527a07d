import { parseJson } from "@weft-nlp/core/json";
import { type ReadTextOptions, readBytes, readText, sourceName } from "./read-text.ts";
import { requireRegularFile, tooLarge } from "./regular-file.ts";
import { writeFileAtomically } from "./write-file.ts";

export interface ReadJsonOptions extends ReadTextOptions {
  /** A file that unpacks to more is refused: it may be the wrong file. */
  readonly maxBytes?: number | undefined;
  /**
   * Refuses what is not a regular file, and a file beyond `maxBytes` before any of it is read;
   * defaults to false.
   */
  readonly regular?: boolean | undefined;
}

const defaultMaxBytes = 1 << 26;

/**
 * Reads the value of a JSON file.
 *
 * @throws {FileError} when the file cannot be read or is too large
 * @throws {DataError} JSON_INVALID with line and column
 */
export async function readJsonFile(path: string, options: ReadJsonOptions = {}): Promise<unknown> {
  return parseJson(await readWholeText(path, options), { source: sourceName(path), line: 1 });
}

/** Writes a value as JSON with two spaces and a final line end; see `writeFileAtomically`. */
export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

/** Reads the text of a small file, without a byte order mark. */
export async function readWholeText(path: string, options: ReadJsonOptions = {}): Promise<string> {
  const { maxBytes = defaultMaxBytes } = options;
  if (options.regular === true) await requireRegularFile(path, maxBytes);
  const parts: string[] = [];
  let units = 0;
  for await (const part of readText(path, options)) {
    units += part.length;
    if (units > maxBytes) throw tooLarge(sourceName(path), maxBytes);
    parts.push(part);
  }
  const text = parts.join("");
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Reads the bytes of a file of bounded size, and unpacks gzip. */
export async function readWholeBytes(path: string, options: ReadJsonOptions = {}): Promise<Uint8Array> {
  const { maxBytes = defaultMaxBytes } = options;
  if (options.regular === true) await requireRegularFile(path, maxBytes);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of readBytes(path, options)) {
    length += part.length;
    if (length > maxBytes) throw tooLarge(sourceName(path), maxBytes);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
