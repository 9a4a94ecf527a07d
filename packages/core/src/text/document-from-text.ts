import type { Document, Span, Token } from "../schema/index.ts";
import { type SentenceOptions, splitSentences } from "./split-sentences.ts";
import { type TokenizerOptions, tokenize } from "./tokenizer.ts";

/** How `documentFromText` finds tokens and sentences. */
export interface TextOptions extends TokenizerOptions, SentenceOptions {
  /** `one` treats the whole text as one sentence; `split` (default) finds sentence ends. */
  readonly sentences?: "split" | "one" | undefined;
}

/** The options that a model remembers, so that new text is read as its training data was. */
export type TextRules = Pick<TextOptions, "newlines" | "split">;

/**
 * Makes a document without annotation from plain text. Training text and served text both pass
 * through here, so a model always sees the tokens that it was trained on.
 */
export function documentFromText(id: string, text: string, options: TextOptions = {}): Document {
  const tokens = tokenize(text, options);
  const whole = tokens.length === 0 ? [] : [{ start: 0, end: tokens.length }];
  const sentences = options.sentences === "one" ? whole : splitSentences(text, tokens, options);
  return { id, text, tokens, sentences, entities: [], relations: [], metadata: {} };
}

/**
 * Like `documentFromText`, for a text in blocks that no sentence crosses, such as dialogue turns or
 * one sentence per line.
 *
 * @param blocks half-open UTF-16 units of the text, in order; text outside them gets no tokens
 */
export function documentFromBlocks(id: string, text: string, blocks: readonly Span[], options: TextOptions = {}): Document {
  const tokens: Token[] = [];
  const sentences: Span[] = [];
  for (const block of blocks) {
    const inside = documentFromText(id, text.slice(block.start, block.end), options);
    const first = tokens.length;
    for (const { text: word, start, end } of inside.tokens) {
      tokens.push({ text: word, start: start + block.start, end: end + block.start });
    }
    for (const { start, end } of inside.sentences) sentences.push({ start: start + first, end: end + first });
  }
  return { id, text, tokens, sentences, entities: [], relations: [], metadata: {} };
}
