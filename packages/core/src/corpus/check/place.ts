import type { Location } from "../../errors.ts";
import { within } from "../../json/fields.ts";
import { type Relation, type Sentence, type Span, surface } from "../../schema/index.ts";
import type { CheckedSentence } from "./problem.ts";

/**
 * A place inside a sentence. A document of several sentences is one record, so its places include
 * the sentence's id.
 */
export function placeIn({ sentence, at }: CheckedSentence, path: string): Location {
  const one = /#\d+$/.test(sentence.id) ? `${sentence.id} ${path}`.trim() : path;
  return within(at, one);
}

/** The place of a whole sentence, with its id. */
export function placeOf({ sentence, at }: CheckedSentence): Location {
  return { ...at, path: sentence.id };
}

/** The words of an entity in quotes. */
export function quoted({ tokens }: Sentence, span: Span): string {
  const text = surface(tokens, span);
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** `works_for("Ada", "Acme")` */
export function spelled(sentence: Sentence, { head, tail, type }: Relation): string {
  const [first, second] = [sentence.entities[head], sentence.entities[tail]];
  const end = (span: Span | undefined): string => (span === undefined ? "?" : quoted(sentence, span));
  return `${type}(${end(first)}, ${end(second)})`;
}

/** Equal for sentences with the same tokens. */
export function textKey(tokens: readonly string[]): string {
  return tokens.join("\u001f");
}
