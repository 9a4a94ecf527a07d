import type { SentenceEdit } from "@weft-nlp/api";
import { type Document, validateDocument } from "@weft-nlp/core";
import { RequestError } from "../errors.ts";
import { annotationOf } from "./correction-files.ts";
import { hasSuggestions } from "./correction-sentences.ts";

/**
 * A document with what a person says of it.
 *
 * @throws {RequestError} REQUEST_INVALID where something stands there twice, or is done with
 *   suggestions left
 * @throws {DataError} where spans or ends do not fit the document
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
      message: "a sentence with suggestions that nobody has accepted is not done",
      hint: "accept each (send it without its confidence) or leave it out",
    });
  }
  return edited;
}

function refuseTwins(list: "entities" | "relations", keys: readonly string[]): void {
  const seen = new Set<string>();
  for (const [index, key] of keys.entries()) {
    if (seen.has(key))
      throw new RequestError("REQUEST_INVALID", { at: { path: `${list}[${index}]` }, message: "this stands here twice" });
    seen.add(key);
  }
}
