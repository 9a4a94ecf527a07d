import type { Span } from "../schema/index.ts";

/**
 * What one offset of an annotation counts, where the guidelines leave it to the tool that wrote the
 * file.
 */
export interface AceCounting {
  /** `&amp;` as the five characters that stand in the file, or as the one that it means. */
  readonly references: "as written" | "as meant";
  /** A Windows line end as one character or as two. */
  readonly lineEnds: "one" | "two";
}

export interface AceText {
  /** What stands between the tags, with references resolved. */
  readonly text: string;
  /** Between two tags or more each: no sentence goes from one to the next. */
  readonly blocks: readonly Span[];
  /** The place in `text` of every offset, the end included; -1 where the character was left out. */
  readonly places: readonly number[];
}

/** Elements that describe the document and belong to no sentence of it. */
const header = new Set(["DOCID", "DOCTYPE", "DATETIME", "ENDTIME"]);

/**
 * The text of an ACE source file, and where its offsets lie in it: they count characters of the
 * file, from 0, with line ends and without tags.
 *
 * @param source the .sgm file without a byte order mark
 */
export function readAceText(source: string, { references, lineEnds }: AceCounting): AceText {
  const blocks: Span[] = [];
  const places: number[] = [];
  let text = "";
  let blockStart = 0;
  let inside = "";
  const closeBlock = (): void => {
    if (text.length > blockStart) blocks.push({ start: blockStart, end: text.length });
    blockStart = text.length;
  };
  for (const [piece] of source.matchAll(pieces)) {
    if (piece.length > 1 && piece.startsWith("<")) {
      closeBlock();
      const name = /^<\/?([\w-]+)/.exec(piece)?.[1]?.toUpperCase() ?? "";
      if (inside === "" && header.has(name) && !piece.startsWith("</")) inside = name;
      else if (inside === name) inside = "";
      continue;
    }
    const meant = piece === "\r\n" ? "\n" : piece.startsWith("&") ? resolved(piece) : piece;
    const counted = piece === "\r\n" ? lineEnds === "two" : meant !== piece && references === "as written";
    const place = inside === "" ? text.length : -1;
    // Offsets count code points; nothing that a reference is written with lies beyond the basic
    // plane.
    for (let count = counted ? piece.length : 1; count > 0; count--) places.push(place);
    if (inside === "") text += meant;
  }
  closeBlock();
  places.push(text.length);
  return { text, blocks, places };
}

/** Tags, line ends, references, and every other character by itself. */
const pieces = /<[/!?]?[A-Za-z][^<>]*>|\r\n|&(?:[A-Za-z]{1,8}|#\d{1,7}|#[xX][\dA-Fa-f]{1,6});|[^]/gu;

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** The character that a reference means; the reference itself where it is none that is known. */
function resolved(reference: string): string {
  const name = reference.slice(1, -1);
  if (!name.startsWith("#")) return Object.hasOwn(named, name.toLowerCase()) ? (named[name.toLowerCase()] as string) : reference;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : reference;
}
