/**
 * The width of a text in a font with Helvetica's metrics (Helvetica, Arial, Liberation Sans), in
 * the unit of `fontSize`.
 *
 * A drawing made of strings cannot ask a renderer, so widths come from a small table. Drawings pass
 * the result on as `textLength`, so that renderers with other fonts keep the layout.
 */
export function textWidth(text: string, fontSize: number): number {
  let width = 0; // in thousandths of the font size
  if (isAscii(text)) {
    for (let index = 0; index < text.length; index++) width += asciiWidths[text.charCodeAt(index)] ?? 0;
  } else {
    for (const cluster of graphemes(text)) width += clusterWidth(cluster);
  }
  return (width * fontSize) / 1000;
}

/** Measures a text in pixels, in a font size and weight of the drawing's typeface. */
export type MeasureText = (text: string, fontSize: number, weight: 400 | 600) => number;

/** `textWidth` for every weight. Type labels are bold and slightly spaced. */
export const measureByTable: MeasureText = (text, fontSize, weight) => textWidth(text, fontSize) * (weight === 600 ? 1.08 : 1);

/**
 * The number of terminal columns of a text: two for wide CJK and emoji, none for combining marks
 * and control characters.
 */
export function cellWidth(text: string): number {
  let cells = 0;
  for (const cluster of graphemes(text)) {
    if (isEmoji(cluster) || wide.test(cluster)) cells += 2;
    else if (!invisible.test(cluster)) cells += 1;
  }
  return cells;
}

/**
 * Splits a text into user-perceived characters: a letter with its marks, a joined emoji, a flag.
 */
export function graphemes(text: string): string[] {
  if (isAscii(text)) return text.split("");
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

/** The text itself, or its beginning with an ellipsis if it is wider than `limit`. */
export function fitText(
  text: string,
  fontSize: number,
  limit: number,
  widthOf: (text: string) => number = (part) => textWidth(part, fontSize),
): string {
  if (widthOf(text) <= limit) return text;
  let kept = "";
  let width = widthOf("…");
  for (const cluster of graphemes(text)) {
    width += widthOf(cluster);
    if (width > limit) break;
    kept += cluster;
  }
  return `${kept.trimEnd()}…`;
}

let segmenter: Intl.Segmenter | undefined;

/** Scripts whose characters take a full square (East Asian Width W and F, UAX 11). */
export const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;
const pictograph = /\p{Emoji_Presentation}|\p{Regional_Indicator}|\ufe0f/u;
const invisible = /^[\p{M}\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u;

function isEmoji(cluster: string): boolean {
  return pictograph.test(cluster);
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7e) return false;
  return true;
}

function clusterWidth(cluster: string): number {
  if (isEmoji(cluster)) return 1250;
  if (wide.test(cluster)) return 1000;
  if (/^\p{Cc}$/u.test(cluster)) return 800;
  if (invisible.test(cluster)) return 0;
  let width = 0;
  for (const character of cluster.normalize("NFD")) {
    if (invisible.test(character)) continue;
    width += asciiWidths[character.codePointAt(0) ?? 0] ?? otherWidth(character);
  }
  return width;
}

function otherWidth(character: string): number {
  if (/[–‘’“”·]/.test(character)) return character === "–" ? 556 : 300;
  if (/[—…→←]/.test(character)) return 1000;
  if (/[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(character)) return /[וזיןاأإآلرزدذ]/u.test(character) ? 330 : 620;
  return /\p{Lu}/u.test(character) ? 690 : 560;
}

/**
 * Widths of the printable ASCII characters from Helvetica's published metrics, grouped by width.
 */
const asciiWidths: readonly number[] = (() => {
  // Control characters are drawn as their pictures, see `escapeXml`.
  const widths: number[] = Array.from({ length: 127 }, () => 800);
  const groups: Readonly<Record<number, string>> = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jckvsxyz",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
  };
  for (const [width, characters] of Object.entries(groups)) {
    for (const character of characters) widths[character.charCodeAt(0)] = Number(width);
  }
  return widths;
})();
