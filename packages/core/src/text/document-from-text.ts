import type { Document } from "../schema/index.ts";
import { type SentenceOptions, splitSentences } from "./sentences.ts";
import { type TokenizerOptions, tokenize } from "./tokenizer.ts";

export interface TextOptions extends TokenizerOptions, SentenceOptions {
  /** `one` takes the whole text as one sentence; `split` (default) looks for their ends. */
  readonly sentences?: "split" | "one" | undefined;
}

/**
 * A document without annotation from plain text. Training data that comes as text, and text that is served, both go through
 * here, so that a model meets the tokens it was trained on.
 */
export function documentFromText(id: string, text: string, options: TextOptions = {}): Document {
  const tokens = tokenize(text, options);
  const whole = tokens.length === 0 ? [] : [{ start: 0, end: tokens.length }];
  const sentences = options.sentences === "one" ? whole : splitSentences(text, tokens, options);
  return { id, text, tokens, sentences, entities: [], relations: [], metadata: {} };
}
