import type { SentenceEdit } from "@weft-nlp/api";
import { type Document, validateDocument } from "@weft-nlp/core";
import { RequestError } from "../errors.ts";
import { annotationOf } from "./correction-files.ts";
import { hasSuggestions } from "./correction-sentences.ts";

/**
 * Replaces the annotation of a document with a person's edit.
 *
 * @throws {RequestError} REQUEST_INVALID if the edit has duplicates, or is done with suggestions
 *   left
 * @throws {DataError} if spans or relation ends do not fit the document
 */
export function editedDocument(document: Document, edit: SentenceEdit): Document {
  const edited = { ...document, ...annotationOf(edit) };
  validateDocument(edited);
  refuseTwins(
    "entities",
    edited.entities.map(({ start, end, type }) => JSON.stringify([start, end, type])),
  );
  refuseTwins(
    "relations",
    edited.relations.map(({ head, tail, type }) => JSON.stringify([head, tail, type])),
  );
  if (edit.done && hasSuggestions(edit)) {
    throw new RequestError("REQUEST_INVALID", {
      at: { path: "done" },
      message: "a sentence with open suggestions cannot be done",
      hint: "accept each suggestion (send it without its confidence) or omit it",
    });
  }
  return edited;
}

function refuseTwins(list: "entities" | "relations", keys: readonly string[]): void {
  const seen = new Set<string>();
  for (const [index, key] of keys.entries()) {
    if (seen.has(key)) throw new RequestError("REQUEST_INVALID", { at: { path: `${list}[${index}]` }, message: "duplicate" });
    seen.add(key);
  }
}
