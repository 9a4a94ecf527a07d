import { ConfigError } from "../errors.ts";
import type { Span } from "../schema/index.ts";

/** How a sentence that is too long is read. */
export interface WindowOptions {
  /**
   * Tokens read at once; a sentence that has no more is read whole. The cost of a sentence grows
   * with its length squared.
   */
  readonly window?: number | undefined;
  /**
   * Tokens that a window shares with the one in front of it, so that what lies across a border lies
   * whole in one of the two.
   */
  readonly overlap?: number | undefined;
}

/** Tokens read at once. The longest sentences of the usual corpora have about 150. */
export const defaultWindow = 256;

/**
 * Tokens shared by two windows: more than the mentions of the usual corpora and most of the
 * distances between related ones.
 */
export const defaultOverlap = 64;

/**
 * The settings, complete; without an overlap, the usual one or as much of it as the window leaves
 * room for.
 *
 * @throws {ConfigError} SETTING_INVALID
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
 * The windows of a sentence, in order, together covering all of it: the sentence itself where it
 * fits. The last window is as long as the others and moves back instead of being cut, so that it
 * sees as much around its words as they do.
 *
 * @param sentence tokens of the document
 * @returns tokens of the document
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
    hint: "windows of a sentence share fewer tokens than they have",
  });
}
