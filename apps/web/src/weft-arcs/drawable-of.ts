import { joinTokens } from "@weft-nlp/core";
import type { Drawable } from "@weft-nlp/draw";

/**
 * A document as JSON, as in Weft's JSONL and the server's answers: tokens are words, with a
 * separate list of offsets.
 */
export interface DrawnRecord extends Pick<Drawable, "entities" | "relations"> {
  readonly text?: string | undefined;
  readonly tokens: readonly string[];
  readonly offsets?: readonly (readonly [start: number, end: number])[] | undefined;
}

/** Converts a document or a record to its drawable form. */
export function drawableOf(value: Drawable | DrawnRecord): Drawable {
  if (!isRecord(value)) return value;
  const { text, tokens: words, offsets, entities, relations } = value;
  if (text === undefined || offsets === undefined) return { ...joinTokens(words), entities, relations };
  const tokens = words.map((word, index) => {
    const [start, end] = offsets[index] ?? [0, 0];
    return { text: word, start, end };
  });
  return { text, tokens, entities, relations };
}

function isRecord(value: Drawable | DrawnRecord): value is DrawnRecord {
  return Array.isArray(value.tokens) && typeof value.tokens[0] === "string";
}
