import { ConfigError } from "../errors.ts";
import type { Span } from "../schema/index.ts";

/** How long sentences are split into overlapping windows. */
export interface WindowOptions {
  /**
   * Tokens read at once; defaults to `defaultWindow`. Shorter sentences are read whole. The cost of
   * a sentence grows with the square of its length.
   */
  readonly window?: number | undefined;
  /**
   * Tokens shared with the previous window, so that a short mention across a border is whole in one
   * of the two; defaults to `defaultOverlap`, or less in small windows.
   */
  readonly overlap?: number | undefined;
}

/** Tokens read at once by default. The longest sentences of the usual corpora have about 150. */
export const defaultWindow = 256;

/**
 * Tokens shared by two windows by default: longer than the mentions of the usual corpora and most
 * of the distances between related ones.
 */
export const defaultOverlap = 64;

/**
 * Fills in the defaults. The overlap defaults to `defaultOverlap`, but to no more than a quarter of
 * the window.
 *
 * @throws {ConfigError} SETTING_INVALID if the window is below 1 token, or the overlap is not
 *   smaller than the window
 */
export function windowSettings({ window = defaultWindow, overlap }: WindowOptions): { window: number; overlap: number } {
  const shared = overlap ?? Math.min(defaultOverlap, Math.floor(window / 4));
  if (!Number.isSafeInteger(window) || window < 1) {
    throw invalid("window", `the window has ${window} tokens, expected a whole number of at least 1`);
  }
  if (!Number.isSafeInteger(shared) || shared < 0 || shared >= window) {
    throw invalid("overlap", `the overlap has ${shared} tokens, expected a whole number from 0 to ${window - 1}`);
  }
  return { window, overlap: shared };
}

/**
 * Splits a sentence into windows that cover it, in order. A sentence that fits is one window. The
 * last window moves back rather than being shortened, so that it has as much context as the others.
 *
 * @param sentence the sentence's span in tokens of the document
 * @returns spans in tokens of the document; none for an empty sentence
 */
export function windowsOf({ start, end }: Span, { window, overlap }: { window: number; overlap: number }): Span[] {
  const length = end - start;
  if (length <= window) return length > 0 ? [{ start, end }] : [];
  const count = Math.ceil((length - overlap) / (window - overlap));
  return Array.from({ length: count }, (_, k) => {
    const first = Math.min(start + k * (window - overlap), end - window);
    return { start: first, end: first + window };
  });
}

function invalid(path: string, message: string): ConfigError {
  return new ConfigError("SETTING_INVALID", {
    at: { path },
    message,
    hint: "an overlap must be smaller than its window",
  });
}
