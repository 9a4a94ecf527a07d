import type { Span } from "../schema/index.ts";

/** The counting rules that the guidelines leave to the tool that wrote the file. */
export interface AceCounting {
  /** Whether `&amp;` counts as the five characters in the file or as the one that it means. */
  readonly references: "as written" | "as meant";
  /** Whether a Windows line end counts as one character or two. */
  readonly lineEnds: "one" | "two";
}

export interface AceText {
  /** The text between the tags, with references resolved. */
  readonly text: string;
  /** The stretches between tags; no sentence crosses from one to the next. */
  readonly blocks: readonly Span[];
  /** The index in `text` of every offset, including the end; -1 for a dropped character. */
  readonly places: readonly number[];
}

/** Elements that describe the document and contain no sentence. */
const header = new Set(["DOCID", "DOCTYPE", "DATETIME", "ENDTIME"]);

/**
 * Extracts the text of an ACE source file, with the mapping from its offsets. They count characters
 * of the file from 0, including line ends and excluding tags.
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
    // Offsets count code points, and references are written in the basic plane only.
    for (let count = counted ? piece.length : 1; count > 0; count--) places.push(place);
    if (inside === "") text += meant;
  }
  closeBlock();
  places.push(text.length);
  return { text, blocks, places };
}

/** Tags, line ends, references, and every other character on its own. */
const pieces = /<[/!?]?[A-Za-z][^<>]*>|\r\n|&(?:[A-Za-z]{1,8}|#\d{1,7}|#[xX][\dA-Fa-f]{1,6});|[^]/gu;

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** The character that a reference means, or the reference itself if it is unknown. */
function resolved(reference: string): string {
  const name = reference.slice(1, -1);
  if (!name.startsWith("#")) return Object.hasOwn(named, name.toLowerCase()) ? (named[name.toLowerCase()] as string) : reference;
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : reference;
}
