import { DataError, type Location } from "../errors.ts";
import type { Span } from "../schema/index.ts";
import { editDistance, type LineEndCount, type OffsetTranslation, type OffsetUnit, offsetTranslation } from "../text/index.ts";
import type { BratSpan } from "./brat-lines.ts";
import { quoted, sameWords } from "./shared/character-spans.ts";

/** Where a mention is in the text. */
export interface BratPlace {
  /** Half-open UTF-16 units of the text. */
  readonly pieces: readonly Span[];
  /** Why the place is not the one in the file, or is doubtful. */
  readonly disagreement?: string | undefined;
}

/**
 * Finds what the offsets of a file count, and where its mentions are.
 *
 * Offsets count code points unless the words beside them match better otherwise: with UTF-16 units,
 * with line ends of one or two characters where the text has the other kind, or with the byte order
 * mark as a character. A mention whose words still differ from the text is moved to the nearest
 * place that has them. If there is none, words that are nearly those of the text leave it where the
 * offsets say, as a slip.
 *
 * @param raw the text as its file has it, with the byte order mark if there is one
 * @param unit what offsets count, if it is known
 * @throws {DataError} WORDS_DISAGREE at a mention whose words are not there; SPAN_OUTSIDE
 */
export function bratPlaces(
  raw: string,
  spans: readonly BratSpan[],
  unit: OffsetUnit | undefined,
  source: string | undefined,
): readonly BratPlace[] {
  const text = raw.replace(/^\uFEFF/, "");
  const counting = countingOf(text, raw, spans, unit);
  const order = [...spans.keys()].sort((a, b) => startOf(spans[a] as BratSpan) - startOf(spans[b] as BratSpan));
  const places = new Array<BratPlace>(spans.length);
  // Characters between the place of the last mention and what its offsets say.
  let drift = 0;
  for (const index of order) {
    const span = spans[index] as BratSpan;
    const pieces = piecesOf(span, counting);
    if (pieces !== undefined && (span.text === "" || agrees(text, pieces, span.text))) {
      places[index] = { pieces };
      continue;
    }
    const at = { source, line: span.line, path: span.id };
    const expected = pieces?.[0]?.start ?? Math.min(text.length, Math.max(0, startOf(span)));
    const found = findNear(text, span.text, expected + drift, expected);
    if (found !== undefined) drift = found.start - expected;
    places[index] = found === undefined ? slip(text, span, pieces, counting, at) : moved(text, found, pieces, expected);
  }
  return places;
}

function startOf({ pieces }: BratSpan): number {
  return pieces[0]?.start ?? 0;
}

/** Turns the offsets of a file into UTF-16 units. */
interface Counting {
  readonly characters: OffsetTranslation;
  /** 1 if the file counts a byte order mark. */
  readonly shift: number;
}

function countingOf(text: string, raw: string, spans: readonly BratSpan[], given: OffsetUnit | undefined): Counting {
  const said = spans.filter((span) => span.text !== "");
  let best: { counting: Counting; agreeing: number } | undefined;
  for (const { unit, lineEnds, shift } of waysToCount(text, raw, given)) {
    const counting = { characters: offsetTranslation(text, unit, lineEnds), shift };
    const agreeing = said.filter((span) => {
      const pieces = piecesOf(span, counting);
      return pieces !== undefined && agrees(text, pieces, span.text);
    }).length;
    if (best === undefined || agreeing > best.agreeing) best = { counting, agreeing };
    if (agreeing === said.length) break;
  }
  return best?.counting ?? { characters: offsetTranslation(text, given ?? "codepoint"), shift: 0 };
}

/** The usual way first. */
function* waysToCount(
  text: string,
  raw: string,
  given: OffsetUnit | undefined,
): Generator<{ unit: OffsetUnit; lineEnds: LineEndCount; shift: number }> {
  const units =
    given === undefined ? (["codepoint", ...(/[\u{10000}-\u{10FFFF}]/u.test(text) ? ["utf16"] : [])] as const) : [given];
  const lineEnds: LineEndCount[] = ["as written"];
  if (/\r\n/.test(text)) lineEnds.push("once");
  if (/(?<!\r)\n/.test(text)) lineEnds.push("twice");
  for (const ends of lineEnds)
    for (const shift of raw === text ? [0] : [0, 1])
      for (const unit of units) yield { unit: unit as OffsetUnit, lineEnds: ends, shift };
}

function piecesOf({ pieces }: BratSpan, { characters, shift }: Counting): Span[] | undefined {
  const found = pieces.flatMap(({ start, end }) => {
    const [from, to] = [characters.toUtf16(start - shift), characters.toUtf16(end - shift)];
    return from === undefined || to === undefined ? [] : [{ start: from, end: to }];
  });
  return found.length === pieces.length ? found : undefined;
}

/** Whether the words are those of the pieces, or of the whole stretch. */
function agrees(text: string, pieces: readonly Span[], words: string): boolean {
  const joined = pieces.map(({ start, end }) => text.slice(start, end)).join(" ");
  return sameWords(joined, words) || (pieces.length > 1 && sameWords(stretch(text, pieces), words));
}

function stretch(text: string, pieces: readonly Span[]): string {
  return text.slice(pieces[0]?.start, pieces.at(-1)?.end);
}

/** The place of the words that is nearest to where they should be; whole words come first. */
function findNear(text: string, words: string, at: number, expected: number): Span | undefined {
  const wanted = words.trim();
  if (wanted === "" || wanted.length > longestSearched) return undefined;
  // Short words are everywhere.
  const reach = (wanted.length < 4 ? 16 : farthest) + countLineEnds(text, expected);
  const [from, to] = [Math.max(0, Math.min(at, expected) - reach), Math.max(at, expected) + reach + wanted.length];
  const pattern = new RegExp(wanted.split(/\s+/).map(escaped).join(String.raw`\s+`), "gu");
  let best: { span: Span; cost: number } | undefined;
  for (const match of text.slice(from, to).matchAll(pattern)) {
    const span = { start: from + match.index, end: from + match.index + match[0].length };
    const cost = Math.abs(span.start - at) + (isWhole(text, span) ? 0 : to - from);
    if (best === undefined || cost < best.cost) best = { span, cost };
  }
  return best?.span;
}

/** UTF-16 units on both sides in which to search, more than any miscounting adds besides lines. */
const farthest = 2000;
const longestSearched = 1000;

function countLineEnds(text: string, until: number): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < until; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

function isWhole(text: string, { start, end }: Span): boolean {
  return !/[\p{L}\p{N}]/u.test(text.charAt(start - 1)) && !/[\p{L}\p{N}]/u.test(text.charAt(end));
}

function moved(text: string, found: Span, pieces: readonly Span[] | undefined, expected: number): BratPlace {
  const by = found.start - expected;
  const far = `${Math.abs(by)} ${Math.abs(by) === 1 ? "character" : "characters"} ${by < 0 ? "before" : "after"}`;
  const words = quoted(text.slice(found.start, found.end));
  const there = pieces === undefined ? "end beyond the text" : `point to ${quoted(stretch(text, pieces))}`;
  return { pieces: [found], disagreement: `the offsets ${there}; ${words} was found ${far} that place and used` };
}

function slip(
  text: string,
  span: BratSpan,
  pieces: readonly Span[] | undefined,
  { characters, shift }: Counting,
  at: Location,
): BratPlace {
  if (pieces === undefined) {
    const [first, last] = [Math.min(...span.pieces.map(({ start }) => start)), Math.max(...span.pieces.map(({ end }) => end))];
    const size = (characters.fromUtf16(text.length) ?? text.length) + shift;
    const message = `the characters ${first} to ${last} are not in the text, which has ${size}`;
    throw new DataError("SPAN_OUTSIDE", { at, message, hint: "offsets count from 0 and ends are exclusive" });
  }
  const found = stretch(text, pieces);
  if (isNearly(found, span.text)) {
    const disagreement = `the text has ${quoted(found)} where the file says ${quoted(span.text)}; the offsets were used`;
    return { pieces, disagreement };
  }
  throw new DataError("WORDS_DISAGREE", {
    at,
    message: `the text has ${quoted(found)} where the file says ${quoted(span.text)}, which is not near there either`,
    hint: "the text has changed since it was annotated: restore it, or correct the line",
  });
}

/** Whether at most a third of the letters differ. */
function isNearly(found: string, said: string): boolean {
  const [one, other] = [found, said].map((words) =>
    words.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim().slice(0, 200),
  );
  const longest = Math.max(one?.length ?? 0, other?.length ?? 0);
  return editDistance(one ?? "", other ?? "") <= Math.floor(longest / 3);
}

function escaped(word: string): string {
  return word.replace(/[$()*+.?[\\\]^{|}/]/g, String.raw`\$&`);
}
