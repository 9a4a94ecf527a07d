import type { Span } from "../../schema/index.ts";

/** The spans of up to `longest` words of each sentence, by start and then end. */
export interface SpanUnits {
  /** The first span of each sentence, then the end of the last. */
  readonly units: Int32Array;
  /** Start and end of each span among the words of all sentences, half-open. */
  readonly spans: Int32Array;
}

/** @param offsets the start of each sentence among the words, then the end of the last */
export function spanUnits(offsets: Int32Array, longest: number): SpanUnits {
  const units = new Int32Array(offsets.length);
  for (let s = 0; s + 1 < offsets.length; s++) {
    units[s + 1] = (units[s] ?? 0) + spanCount((offsets[s + 1] ?? 0) - (offsets[s] ?? 0), longest);
  }
  const count = units[units.length - 1] ?? 0;
  const spans = new Int32Array(2 * count);
  let at = 0;
  for (let s = 0; s + 1 < offsets.length; s++) {
    const [from = 0, to = 0] = [offsets[s], offsets[s + 1]];
    for (let start = from; start < to; start++) {
      for (let end = start + 1; end <= Math.min(to, start + longest); end++) {
        spans[at++] = start;
        spans[at++] = end;
      }
    }
  }
  return { units, spans };
}

/** How many spans of up to `longest` words a sentence of n words has. */
export function spanCount(words: number, longest: number): number {
  const wide = Math.min(words, longest);
  return words * wide - (wide * (wide - 1)) / 2;
}

/** The spans of one sentence of n words, in the order of its units. */
export function spansOfSentence(words: number, longest: number): Span[] {
  const { spans } = spanUnits(Int32Array.of(0, words), longest);
  return Array.from({ length: spans.length / 2 }, (_, k) => ({ start: spans[2 * k] ?? 0, end: spans[2 * k + 1] ?? 0 }));
}

/** The unit of a span; −1 if it is too long or reaches past the sentence. */
export function unitOf({ start, end }: Span, words: number, longest: number): number {
  if (start < 0 || end <= start || end > words || end - start > longest) return -1;
  // All spans, less those that begin at this word or later.
  return spanCount(words, longest) - spanCount(words - start, longest) + end - start - 1;
}
