import type { Token } from "@weft-nlp/core";
import { graphemes, type MeasureText, wide } from "./text-width.ts";

export interface TokenizedText {
  readonly text: string;
  readonly tokens: readonly Token[];
}

/** A word or the text between words, before and during placement. */
export interface Piece {
  readonly text: string;
  /** The token it belongs to; null for text between tokens. */
  readonly token: number | null;
  readonly width: number;
  readonly spaceBefore: boolean;
  /** Spaces to draw before it within a line; 1 unless the text's own spaces are kept. */
  readonly spaces: number;
  /** Spaces to draw before it after a line break of the text. */
  readonly indent: number;
  /** Empty lines to draw before it. */
  readonly blankLines: number;
  readonly breakBefore: "never" | "allowed" | "forced";
  /** An entity covers this piece and the one before it. */
  joined: boolean;
  /** `null` for digits and punctuation, until the neighbouring words decide. */
  rightToLeft: boolean | null;
  /** Room for entity boxes at the logical start and end. */
  before: number;
  after: number;
  /** Left edge of the text. */
  x: number;
  /** Position in the line from left to right. */
  order: number;
}

export interface PieceOptions {
  readonly width: number;
  readonly fontSize: number;
  readonly measure: MeasureText;
  /** Keeps runs of spaces, indents and empty lines. */
  readonly ownSpaces: boolean;
}

/** The pieces of a text in reading order, and the first piece of every token (and of the end). */
export function cutIntoPieces(source: TokenizedText, options: PieceOptions): { pieces: Piece[]; pieceOfToken: number[] } {
  const pieces: Piece[] = [];
  const pieceOfToken: number[] = [];
  let gapBefore = "";
  const add = (raw: string, token: number | null) => {
    for (const text of cutToWidth(raw.replace(/\s+/gu, " "), options)) {
      const previous = pieces.at(-1);
      const spaceBefore = gapBefore !== "";
      const newLine = gapBefore.includes("\n");
      const spaces = options.ownSpaces ? spacesIn(gapBefore.slice(gapBefore.lastIndexOf("\n") + 1)) : 1;
      const mayBreak = spaceBefore || previous === undefined || mayBreakBetween(previous.text, text);
      pieces.push({
        text,
        token,
        width: options.measure(text, options.fontSize, 400),
        spaceBefore: spaceBefore && previous !== undefined,
        spaces,
        indent: options.ownSpaces && (newLine || previous === undefined) ? spaces : 0,
        blankLines: options.ownSpaces && previous !== undefined ? Math.max(0, gapBefore.split("\n").length - 2) : 0,
        breakBefore: newLine && previous !== undefined ? "forced" : mayBreak ? "allowed" : "never",
        joined: false,
        rightToLeft: isRightToLeft(text),
        before: 0,
        after: 0,
        x: 0,
        order: 0,
      });
      gapBefore = "";
    }
  };
  const addGap = (gap: string) => {
    for (const part of gap.split(/(\s+)/u)) {
      if (part === "") continue;
      if (part.trim() !== "") add(part, null);
      else {
        gapBefore += part;
      }
    }
  };
  let at = 0;
  for (const [index, token] of source.tokens.entries()) {
    if (token.start > at) addGap(source.text.slice(at, token.start));
    pieceOfToken.push(pieces.length);
    add(source.text.slice(Math.max(at, token.start), token.end), index);
    at = Math.max(at, token.end);
  }
  pieceOfToken.push(pieces.length);
  addGap(source.text.slice(at));
  return { pieces, pieceOfToken };
}

/** The text itself, or parts of it that fit a line. */
function cutToWidth(text: string, options: PieceOptions): string[] {
  const limit = options.width * 0.8;
  const widthOf = (part: string) => options.measure(part, options.fontSize, 400);
  if (text.length * options.fontSize * 1.3 <= limit || widthOf(text) <= limit) return [text];
  const parts: string[] = [];
  let part = "";
  let width = 0;
  for (const cluster of graphemes(text)) {
    const more = widthOf(cluster);
    if (part !== "" && width + more > limit) {
      parts.push(part);
      part = "";
      width = 0;
    }
    part += cluster;
    width += more;
  }
  return [...parts, part];
}

/** A tab counts as four spaces. */
function spacesIn(gap: string): number {
  return gap.replaceAll("\t", "    ").length;
}

/**
 * Without a space, lines may break only next to a wide character, and not before closing
 * punctuation.
 */
function mayBreakBetween(left: string, right: string): boolean {
  if (/^[\p{Pe}\p{Pf}。、，．：；！？」』）]/u.test(right)) return false;
  return wide.test(left.slice(-2)) || wide.test(right.slice(0, 2));
}

/** The direction of the first strong character; `null` if there is none. */
export function isRightToLeft(text: string): boolean | null {
  const strong = /\p{L}|[\u200e\u200f]/u.exec(text)?.[0];
  if (strong === undefined || strong === "\u200e") return strong === undefined ? null : false;
  return (
    strong === "\u200f" || /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(strong)
  );
}
