import { textOfHtml } from "@weft-nlp/core/text";
import { type ReadBytesOptions, readWholeFile } from "./whole-file.ts";

/**
 * The visible text of an HTML file. Its encoding is the one that it declares, or UTF-8, or, for
 * bytes that are not UTF-8, Windows-1252, as in browsers.
 *
 * @throws {FileError} if the file cannot be read or is too large
 */
export async function readHtmlFile(path: string, options: ReadBytesOptions = {}): Promise<string> {
  return textOfHtml(decodeHtml(await readWholeFile(path, options)));
}

function decodeHtml(bytes: Uint8Array): string {
  const beginning = new TextDecoder("latin1").decode(bytes.subarray(0, 1024));
  const declared = /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{1,40})/i.exec(beginning)?.[1];
  for (const encoding of [...encodingOfMark(bytes), declared, "utf-8"]) {
    const text = encoding === undefined ? undefined : decoded(bytes, encoding);
    if (text !== undefined) return text;
  }
  return new TextDecoder("windows-1252").decode(bytes);
}

function encodingOfMark([first, second]: Uint8Array): string[] {
  if (first === 0xff && second === 0xfe) return ["utf-16le"];
  return first === 0xfe && second === 0xff ? ["utf-16be"] : [];
}

/** Undefined if the bytes are not in this encoding, or there is none of this name. */
function decoded(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
