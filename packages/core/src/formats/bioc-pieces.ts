import type { Span } from "../schema/index.ts";
import { type OffsetTranslation, type OffsetUnit, offsetTranslation } from "../text/index.ts";
import type { BiocAnnotation, BiocPiece } from "./bioc-parts.ts";

/**
 * What the offsets of a file count. The definition of BioC says bytes; most files have code points.
 */
export type PieceUnit = OffsetUnit | "byte";

const likeliest: readonly PieceUnit[] = ["codepoint", "utf16", "byte"];

interface PlacedPiece extends BiocPiece {
  /** Where the piece begins in the joined text, in UTF-16 units. */
  readonly start: number;
}

/** The pieces of a document, joined to one text. */
export class BiocPieces {
  readonly #given: readonly BiocPiece[];
  /** The pieces that are not empty, by their offsets. */
  readonly #sorted: readonly PlacedPiece[];
  readonly #translations = new Map<PlacedPiece, OffsetTranslation>();
  readonly #unit: PieceUnit;
  readonly text: string;
  /** Half-open UTF-16 units of the text. */
  readonly blocks: readonly Span[];

  constructor(given: readonly BiocPiece[], unit: PieceUnit = "codepoint") {
    this.#given = given;
    let text = "";
    const placed: PlacedPiece[] = [];
    for (const piece of given) {
      const before = placed.at(-1);
      if (before !== undefined && piece.offset !== before.offset + (lengthOf(before.text, unit) ?? 0))
        text += piece.kind === "sentence" && before.kind === "sentence" ? " " : "\n";
      placed.push({ ...piece, start: text.length });
      text += piece.text;
    }
    this.#unit = unit;
    this.text = text;
    const filled = placed.filter((piece) => piece.text !== "");
    this.#sorted = filled.toSorted((a, b) => a.offset - b.offset);
    this.blocks = filled.map(({ start, text }) => ({ start, end: start + text.length }));
  }

  /**
   * The same pieces in the unit under which most annotations have the words that the file gives.
   */
  inBestUnit(annotations: readonly BiocAnnotation[], given: OffsetUnit | undefined): BiocPieces {
    const ascii = this.#given.every(({ text }) => !/[\u0080-\uffff]/.test(text));
    const units = given !== undefined ? [given] : ascii ? likeliest.slice(0, 1) : likeliest;
    let best: BiocPieces | undefined;
    let max = -1;
    for (const unit of units) {
      const pieces = new BiocPieces(this.#given, unit);
      const count = annotations.filter(({ locations: [only, ...more], text }) => {
        const span = only === undefined || more.length > 0 ? undefined : pieces.span(only.offset, only.length);
        return span !== undefined && pieces.text.slice(span.start, span.end) === text;
      }).length;
      if (count <= max) continue;
      max = count;
      best = pieces;
    }
    return best ?? this;
  }

  /**
   * The UTF-16 units of the joined text that a location covers.
   *
   * @returns undefined if it is empty, or if an end is in no piece
   */
  span(offset: number, length: number): Span | undefined {
    if (!(length > 0)) return undefined;
    const start = this.#place(offset, "start");
    const end = this.#place(offset + length, "end");
    return start === undefined || end === undefined || end <= start ? undefined : { start, end };
  }

  /** An end belongs to the piece that it ends, a start to the piece that it begins. */
  #place(offset: number, end: "start" | "end"): number | undefined {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const before = (this.#sorted[middle] as PlacedPiece).offset;
      if (end === "start" ? before <= offset : before < offset) low = middle + 1;
      else high = middle;
    }
    const piece = this.#sorted[low - 1];
    if (piece === undefined) return undefined;
    const translation = this.#translations.get(piece) ?? translationOf(piece.text, this.#unit);
    this.#translations.set(piece, translation);
    const local = translation.toUtf16(offset - piece.offset);
    return local === undefined || (end === "start" && local === piece.text.length) ? undefined : piece.start + local;
  }
}

function lengthOf(text: string, unit: PieceUnit): number | undefined {
  return translationOf(text, unit).fromUtf16(text.length);
}

function translationOf(text: string, unit: PieceUnit): OffsetTranslation {
  return unit === "byte" ? byteTranslation(text) : offsetTranslation(text, unit);
}

/** Bytes of UTF-8. */
function byteTranslation(text: string): OffsetTranslation {
  const toUtf16 = new Map<number, number>();
  const fromUtf16 = new Map<number, number>();
  let bytes = 0;
  let units = 0;
  for (const character of text) {
    toUtf16.set(bytes, units);
    fromUtf16.set(units, bytes);
    const code = character.codePointAt(0) as number;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    units += character.length;
  }
  toUtf16.set(bytes, units);
  fromUtf16.set(units, bytes);
  return { toUtf16: (offset) => toUtf16.get(offset), fromUtf16: (offset) => fromUtf16.get(offset) };
}
