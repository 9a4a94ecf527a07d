import { type Document, WeftError } from "@weft-nlp/core";
import { readDocuments } from "@weft-nlp/node/files";
import { RequestError } from "../errors.ts";
import { placeInside } from "./place-inside.ts";
import type { ShelvedFile } from "./shelved-file.ts";

/**
 * Documents of a file as sent between threads: chunks, each a JSON list that unpacks in a few
 * milliseconds.
 */
export type PackedDocuments = readonly string[];

/** Max bytes kept of a file. */
const maxBytes = 128 << 20;
const pieceUnits = 1 << 20;

/**
 * Reads the documents of a file up to the one that exceeds `maxSentences`.
 *
 * @throws {RequestError} REQUEST_TOO_LARGE @throws {DataError} with the file's name instead of its
 *   path
 * @throws {FileError}
 */
export async function packDocuments(file: ShelvedFile, maxSentences: number): Promise<PackedDocuments> {
  const pieces: string[] = [];
  let [piece, units, sentences]: [string[], number, number] = [[], 0, 0];
  let all = 0;
  const close = (): void => {
    pieces.push(`[${piece.join(",")}]`);
    [piece, units] = [[], 0];
  };
  for await (const document of documentsOf(file)) {
    const packed = JSON.stringify(document);
    piece.push(packed);
    units += packed.length;
    all += packed.length;
    sentences += document.sentences.length;
    if (all > maxBytes) throw tooLarge();
    if (units > pieceUnits) close();
    if (sentences > maxSentences) break;
  }
  close();
  return pieces;
}

async function* documentsOf({ name, path }: ShelvedFile): AsyncGenerator<Document> {
  try {
    for await (const event of readDocuments(path, { followLinks: false })) if (event.kind === "document") yield event.document;
  } catch (error) {
    if (!(error instanceof WeftError)) throw error;
    const { code, at = {}, hint, summary: message } = error;
    const inside = placeInside(path, at.source);
    throw new WeftError(code, { at: { ...at, source: inside === undefined ? name : `${name}/${inside}` }, hint, message });
  }
}

function tooLarge(): RequestError {
  return new RequestError("REQUEST_TOO_LARGE", {
    message: `the file holds more than ${maxBytes >> 20} MiB of annotated text`,
    hint: "split the file into several projects",
  });
}
