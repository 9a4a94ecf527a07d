import type { Annotation } from "@weft-nlp/core";
import { DataError } from "@weft-nlp/core";
import type { AnnotatedText } from "./word-layout.ts";

/** A `Document`, or the fields of one that a drawing needs. */
export interface Drawable extends AnnotatedText, Annotation {}

/** The text of an entity, with white space normalised. */
export function entityText(source: Drawable, index: number): string {
  const entity = source.entities[index];
  const first = entity && source.tokens[entity.start];
  const last = entity && source.tokens[entity.end - 1];
  return first === undefined || last === undefined ? "" : source.text.slice(first.start, last.end).replace(/\s+/gu, " ");
}

/** ", confidence 0.93", or nothing where there is none. */
export function confidenceText(confidence: number | undefined): string {
  return confidence === undefined || !Number.isFinite(confidence) ? "" : `, confidence ${confidence.toFixed(2)}`;
}

/** Checks the indices of spans and relations. @throws {DataError} as `toSvg` */
export function checkDrawable({ text, tokens, entities, relations }: Drawable): void {
  for (const [index, { start, end }] of tokens.entries()) {
    if (start >= 0 && start <= end && end <= text.length) continue;
    const message = `token covers characters ${start} to ${end}, but the text has ${text.length}`;
    throw new DataError("SPAN_OUTSIDE", { at: { path: `tokens[${index}]` }, message });
  }
  for (const [index, { start, end }] of entities.entries()) {
    const at = { path: `entities[${index}]` };
    if (end <= start)
      throw new DataError("SPAN_EMPTY", { at, message: `entity covers tokens ${start} to ${end}, which is none` });
    if (start >= 0 && end <= tokens.length) continue;
    throw new DataError("SPAN_OUTSIDE", {
      at,
      message: `entity covers tokens ${start} to ${end}, but there are ${tokens.length}`,
    });
  }
  for (const [index, relation] of relations.entries()) {
    for (const end of ["head", "tail"] as const) {
      if (entities[relation[end]] !== undefined) continue;
      const message = `${end} names entity ${relation[end]}, but there are ${entities.length}`;
      const hint = "relations refer to the `entities` list by index, counting from 0";
      throw new DataError("RELATION_END_MISSING", { at: { path: `relations[${index}].${end}` }, message, hint });
    }
  }
}
