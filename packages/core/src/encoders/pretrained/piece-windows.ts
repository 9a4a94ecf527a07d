import type { Span } from "../../schema/index.ts";

/**
 * Cuts a sentence into windows of whole words that an encoder can read, each as long as it can be.
 * A window begins before the end of the one before it, by as many words as fit into a quarter of
 * the limit and leave room for the next one, so that words near a cut are also read with what
 * follows or precedes them.
 *
 * @param lengths the number of pieces of each word, none above the limit
 * @param limit the largest number of pieces of a window, at least 1
 * @returns spans of words; one that covers all if the sentence fits
 */
export function pieceWindows(lengths: ArrayLike<number>, limit: number): Span[] {
  const words = lengths.length;
  const windows: Span[] = [];
  for (let start = 0; start < words || windows.length === 0; ) {
    let pieces = 0;
    let end = start;
    while (end < words && pieces + (lengths[end] as number) <= limit) pieces += lengths[end++] as number;
    windows.push({ start, end });
    if (end === words) break;
    const overlap = Math.min(Math.floor(limit / 4), limit - (lengths[end] as number));
    let next = end;
    let shared = 0;
    while (next > start + 1 && shared + (lengths[next - 1] as number) <= overlap) shared += lengths[--next] as number;
    start = next;
  }
  return windows;
}
