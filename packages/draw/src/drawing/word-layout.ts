import type { Entity } from "@weft-nlp/core";
import { measureByTable } from "./text-width.ts";
import { cutIntoPieces, isRightToLeft, type Piece, type PieceOptions, type TokenizedText } from "./word-pieces.ts";

/** The part of a `Document` that a drawing needs. */
export interface AnnotatedText extends TokenizedText {
  readonly entities: readonly Entity[];
}

/** `width` is the max width of a line, unless a single entity is wider. */
export interface WordLayoutOptions
  extends Pick<PieceOptions, "width" | "fontSize">,
    Partial<Pick<PieceOptions, "measure" | "ownSpaces">> {
  /** Min width of each entity's box, so that its label and its arcs fit. */
  readonly entityWidths: readonly number[];
  readonly direction: "auto" | "ltr" | "rtl";
}

/** A placed word: `x` is the left edge, all numbers are in drawing units. */
interface PlacedWord {
  readonly text: string;
  readonly token: number | null;
  readonly x: number;
  readonly width: number;
  readonly line: number;
  readonly rightToLeft: boolean;
}

/** The part of an entity on one line; `layer` counts the boxes that may lie inside it. */
export interface EntityBox {
  readonly entity: number;
  readonly line: number;
  readonly left: number;
  readonly right: number;
  readonly layer: number;
}

export interface WordLayout {
  readonly words: readonly PlacedWord[];
  /** The boxes of every entity in reading order; never empty. */
  readonly boxes: readonly (readonly EntityBox[])[];
  readonly lineCount: number;
  readonly width: number;
  readonly rightToLeft: boolean;
}

/**
 * Sets the words of a text into lines, with a box around every entity.
 *
 * Text between tokens is drawn too. An entity stays on one line if it fits. Order within a line
 * follows the writing directions of its words (a word-level form of UAX 9), so right-to-left text
 * reads correctly.
 */
export function layoutWords(source: AnnotatedText, given: WordLayoutOptions): WordLayout {
  const options = { measure: measureByTable, ownSpaces: false, ...given };
  const { pieces, pieceOfToken } = cutIntoPieces(source, options);
  const marks = source.entities.map((entity): Mark => {
    const first = pieceOfToken[entity.start] ?? 0;
    return { first, last: (pieceOfToken[entity.end] ?? pieces.length) - 1, layer: 0, startInset: 0, endInset: 0 };
  });
  makeRoom(pieces, marks, options);
  const rightToLeft = options.direction === "auto" ? isRightToLeft(source.text) === true : options.direction === "rtl";
  const lines = breakLines(pieces, options);
  const space = options.measure(" ", options.fontSize, 400);
  for (const line of lines) placeLine(line, rightToLeft, space, options);
  const width = Math.max(0, ...lines.map((line) => line.width));
  const lineOfPiece: number[] = [];
  for (const [index, line] of lines.entries()) {
    const shift = rightToLeft ? width - line.width : 0;
    for (const piece of line.pieces) {
      piece.x += shift;
      lineOfPiece.push(index);
    }
  }
  return {
    words: pieces.flatMap(({ text, token, x, width: own, rightToLeft: backwards }, index) =>
      text.trim() === "" ? [] : [{ text, token, x, width: own, line: lineOfPiece[index] ?? 0, rightToLeft: backwards === true }],
    ),
    boxes: marks.map((mark, entity) => boxesOf(pieces, lineOfPiece, mark, entity)),
    lineCount: lines.length,
    width,
    rightToLeft,
  };
}

type Resolved = WordLayoutOptions & PieceOptions;

interface Mark {
  readonly first: number;
  readonly last: number;
  layer: number;
  startInset: number;
  endInset: number;
}

interface Line {
  readonly pieces: Piece[];
  width: number;
}

/**
 * Layers entities, inner ones first, and widens the margins of their outer words until every box
 * fits its content.
 */
function makeRoom(pieces: readonly Piece[], marks: readonly Mark[], options: Resolved): void {
  const space = options.measure(" ", options.fontSize, 400);
  const heights = new Array<number>(pieces.length).fill(0);
  const inner = [...marks.entries()].sort(([a, one], [b, other]) => one.last - one.first - (other.last - other.first) || a - b);
  for (const [entity, mark] of inner) {
    const first = pieces[mark.first];
    const last = pieces[mark.last];
    if (first === undefined || last === undefined) continue;
    let width = 0;
    for (let index = mark.first; index <= mark.last; index++) {
      const piece = pieces[index] as Piece;
      mark.layer = Math.max(mark.layer, heights[index] ?? 0);
      width += piece.before + piece.width + piece.after + (index > mark.first && piece.spaceBefore ? space * piece.spaces : 0);
      if (index > mark.first) piece.joined = true;
    }
    for (let index = mark.first; index <= mark.last; index++) heights[index] = mark.layer + 1;
    const pad = mark.layer === 0 ? boxPad : nestedPad;
    const missing = Math.max(0, (options.entityWidths[entity] ?? 0) - width - 2 * pad) / 2;
    first.before += pad + missing;
    last.after += pad + missing;
    mark.startInset = first.before;
    mark.endInset = last.after;
    first.before += boxGap;
    last.after += boxGap;
  }
}

/**
 * Distances between a word and the edge of its box, between nested boxes, and between a box and its
 * neighbour.
 */
const boxPad = 6;
const nestedPad = 4;
const boxGap = 1.5;

function breakLines(pieces: readonly Piece[], options: Resolved): Line[] {
  const space = options.measure(" ", options.fontSize, 400);
  const lines: Line[] = [];
  let line: Line = { pieces: [], width: 0 };
  const advance = (piece: Piece) => piece.before + piece.width + piece.after;
  const startLine = () => {
    if (line.pieces.length > 0) lines.push(line);
    line = { pieces: [], width: 0 };
  };
  for (let start = 0, end = 0; start < pieces.length; start = end) {
    let width = 0;
    do {
      const piece = pieces[end] as Piece;
      width += advance(piece) + (end > start && piece.spaceBefore ? space * piece.spaces : 0);
      end++;
    } while (end < pieces.length && (pieces[end]?.joined === true || pieces[end]?.breakBefore === "never"));
    const group = pieces.slice(start, end);
    const [first] = group as [Piece];
    const lead = first.spaceBefore && line.pieces.length > 0 ? space * first.spaces : 0;
    if (first.breakBefore === "forced" || line.width + lead + width > options.width) startLine();
    if (first.breakBefore === "forced")
      for (let blank = 0; blank < first.blankLines; blank++) lines.push({ pieces: [], width: 0 });
    line.width += line.pieces.length === 0 ? indentOf(first, space, options) : 0;
    for (const piece of group) {
      const gap = piece.spaceBefore && line.pieces.length > 0 ? space * piece.spaces : 0;
      if (line.width + gap + advance(piece) > options.width) startLine();
      line.width += advance(piece) + (line.pieces.length > 0 ? gap : 0);
      line.pieces.push(piece);
    }
  }
  startLine();
  return lines;
}

/** The indent of a line that the text itself begins; at most half a line. */
function indentOf(piece: Piece, space: number, { width }: Pick<Resolved, "width">): number {
  return Math.min(piece.indent * space, width / 2);
}

/** Orders the words of one line from left to right, and reverses runs of the other direction. */
function placeLine(line: Line, rightToLeft: boolean, space: number, options: Resolved): void {
  const { pieces } = line;
  const directions = pieces.map((piece) => piece.rightToLeft);
  let known: boolean = rightToLeft;
  const following: boolean[] = [];
  for (let index = pieces.length - 1, next = rightToLeft; index >= 0; index--) {
    next = directions[index] ?? next;
    following[index] = next;
  }
  for (const [index, piece] of pieces.entries()) {
    if (piece.rightToLeft === null) piece.rightToLeft = known === following[index] ? known : rightToLeft;
    else known = piece.rightToLeft;
  }
  const visual: number[] = [];
  for (let start = 0, end = 0; start < pieces.length; start = end) {
    while (end < pieces.length && pieces[end]?.rightToLeft === pieces[start]?.rightToLeft) end++;
    const run = Array.from({ length: end - start }, (_, offset) => start + offset);
    if (pieces[start]?.rightToLeft !== rightToLeft) run.reverse();
    visual.push(...run);
  }
  if (rightToLeft) visual.reverse();
  const indent = pieces[0] === undefined ? 0 : indentOf(pieces[0], space, options);
  let x = rightToLeft ? 0 : indent;
  for (const [order, index] of visual.entries()) {
    const piece = pieces[index] as Piece;
    const left = visual[order - 1];
    const later = left === undefined ? undefined : pieces[Math.max(left, index)];
    if (left !== undefined && (Math.abs(left - index) > 1 || later?.spaceBefore === true))
      x += space * (Math.abs(left - index) > 1 ? 1 : (later?.spaces ?? 1));
    const [leading, trailing] = piece.rightToLeft === true ? [piece.after, piece.before] : [piece.before, piece.after];
    piece.x = x + leading;
    piece.order = order;
    x += leading + piece.width + trailing;
  }
  line.width = x + (rightToLeft ? indent : 0);
}

/**
 * One box per stretch of neighbouring words. An entity has several if it breaks over lines or
 * changes direction.
 */
function boxesOf(pieces: readonly Piece[], lineOfPiece: readonly number[], mark: Mark, entity: number): EntityBox[] {
  const boxes: EntityBox[] = [];
  for (let start = mark.first; start <= mark.last; ) {
    const line = lineOfPiece[start] ?? 0;
    let end = start;
    while (end <= mark.last && lineOfPiece[end] === line) end++;
    const own = Array.from({ length: end - start }, (_, offset) => start + offset);
    own.sort((a, b) => (pieces[a]?.order ?? 0) - (pieces[b]?.order ?? 0));
    let previousOrder = Number.NaN;
    for (const index of own) {
      const piece = pieces[index] as Piece;
      const startInset = index === mark.first ? mark.startInset : cutInset;
      const endInset = index === mark.last ? mark.endInset : cutInset;
      const [leading, trailing] = piece.rightToLeft === true ? [endInset, startInset] : [startInset, endInset];
      const box = { entity, line, left: piece.x - leading, right: piece.x + piece.width + trailing, layer: mark.layer };
      const last = boxes.at(-1);
      if (last !== undefined && last.line === line && piece.order === previousOrder + 1)
        boxes[boxes.length - 1] = { ...last, right: box.right };
      else boxes.push(box);
      previousOrder = piece.order;
    }
    start = end;
  }
  return boxes;
}

/** The inset of a box at an end where the entity continues elsewhere. */
const cutInset = 2;
