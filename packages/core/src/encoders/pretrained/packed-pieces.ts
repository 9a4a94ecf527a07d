import { pieceWindows } from "./piece-windows.ts";
import type { WordPieces } from "./word-pieces.ts";

/** How the pieces of a word become its row: their mean, or the first of them. */
export type PieceMode = "mean" | "first";

/** The pieces of some sentences, in windows that an encoder can read, packed end to end. */
export interface PackedPieces {
  /** The pieces of all windows, with those before and after each. */
  readonly pieces: Int32Array;
  /** The start of each window, then the end of the last. */
  readonly offsets: Int32Array;
  /** Where the pieces of a word lie. A word that two windows read has two parts. */
  readonly parts: readonly WordPart[];
  readonly words: number;
}

/** The pieces of a word in one window. */
interface WordPart {
  /** Which of the words of all sentences. */
  readonly word: number;
  readonly start: number;
  readonly end: number;
}

/** What a piece contributes to the row of a word. */
export interface PieceShare {
  readonly word: number;
  /** Which of the pieces of all windows. */
  readonly piece: number;
  /** Its factor; those of a word sum to 1. */
  readonly share: number;
}

/**
 * What makes up the rows of words, word by word within a window. A word that several windows read
 * is the mean of what it is in each.
 */
export function pieceShares({ parts, words }: Pick<PackedPieces, "parts" | "words">): PieceShare[] {
  const seen = new Int32Array(words);
  for (const { word } of parts) seen[word] = (seen[word] as number) + 1;
  const shares: PieceShare[] = [];
  for (const { word, start, end } of parts) {
    const share = 1 / ((end - start) * (seen[word] as number));
    for (let piece = start; piece < end; piece++) shares.push({ word, piece, share });
  }
  return shares;
}

/**
 * Packs sentences for an encoder. A sentence that is longer than its limit is read in windows.
 *
 * @param limit the largest number of pieces that the encoder reads at once, special ones included
 */
export function packPieces(
  sentences: readonly (readonly string[])[],
  known: WordPieces,
  { limit, mode }: { readonly limit: number; readonly mode: PieceMode },
): PackedPieces {
  const room = limit - known.before.length - known.after.length;
  const pieces: number[] = [];
  const offsets = [0];
  const parts: WordPart[] = [];
  let firstWord = 0;
  for (const sentence of sentences) {
    // A word longer than a window is cut: its first pieces stand for it.
    const all = sentence.map((word) => known.of(word).subarray(0, room));
    const windows =
      sentence.length === 0
        ? []
        : pieceWindows(
            all.map(({ length }) => length),
            room,
          );
    for (const { start, end } of windows) {
      for (const id of known.before) pieces.push(id);
      for (let k = start; k < end; k++) {
        const from = pieces.length;
        for (const id of all[k] as Int32Array) pieces.push(id);
        parts.push({ word: firstWord + k, start: from, end: mode === "first" ? from + 1 : pieces.length });
      }
      for (const id of known.after) pieces.push(id);
      offsets.push(pieces.length);
    }
    firstWord += sentence.length;
  }
  return { pieces: Int32Array.from(pieces), offsets: Int32Array.from(offsets), parts, words: firstWord };
}
