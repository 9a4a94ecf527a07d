import type { Location } from "../../errors.ts";
import { DataError } from "../../errors.ts";
import { charSpan, type Document, type Span } from "../../schema/index.ts";
import { coveringTokens, type OffsetUnit, offsetTranslation } from "../../text/index.ts";
import { spanPlacer } from "./character-spans.ts";
import { nearestPair } from "./mentions.ts";
import type { PairEnd } from "./pairs.ts";
import type { Omit } from "./records.ts";

/** An end of a pair as a table gives it. */
export interface GivenEnd {
  /** Its column, for reports. */
  readonly path: string;
  readonly words: string;
  /** In characters of the sentence. */
  readonly offset: number | undefined;
  /** Exclusive; read only if there are no words. */
  readonly end: number | undefined;
}

/** The tokens of an end, and its exact characters, where tokens are to be split. */
type PlacedEnd = Required<Pick<PairEnd, "characters" | "path">> & Span;

interface PlaceOptions {
  readonly unit: OffsetUnit | undefined;
  readonly rule: "nearest" | "first";
  readonly at: Location;
  readonly omit: Omit;
}

/** The maximum places of some words that are looked at, to bound time. */
const maxPlaces = 1000;

/**
 * Finds the two ends of a pair in their sentence: at their offsets if these have the words, else at
 * the place of the words nearest to it; without offsets at the nearest pair of places. Reports what
 * is not certain.
 *
 * @returns undefined if the sentence lacks the words of an end
 */
export function placeEnds(
  plain: Document,
  ends: readonly [GivenEnd, GivenEnd],
  options: PlaceOptions,
): readonly [PlacedEnd, PlacedEnd] | undefined {
  const { at, omit, rule } = options;
  const found = ends.map((given) => placesOf(plain, given, options));
  const absent = ends[found.findIndex(({ length }) => length === 0)];
  if (absent !== undefined) {
    omit(absent.path, `the sentence does not have ${JSON.stringify(absent.words)}; the relation was left out`, at);
    return undefined;
  }
  const [heads, tails] = found as [readonly Span[], readonly Span[]];
  const named = [
    ...new Set(
      ends.flatMap(({ words }, index) =>
        (found[index]?.length ?? 0) > 1 ? [`${JSON.stringify(words)} occurs ${found[index]?.length} times`] : [],
      ),
    ),
  ];
  if (named.length > 0) {
    const taken = rule === "first" ? "the first place" : "the nearest pair";
    omit(ends[0].path, `${named.join(" and ")}; ambiguous, ${taken} was used`, at);
  }
  const chosen = rule === "first" ? ([heads[0] as Span, tails[0] as Span] as const) : nearestPair(heads, tails);
  return [onTokens(plain, chosen[0], ends[0], options), onTokens(plain, chosen[1], ends[1], options)];
}

/** The possible places of an end, in UTF-16 units: one if its offset says which. */
function placesOf(plain: Document, given: GivenEnd, { unit, at, omit }: PlaceOptions): readonly Span[] {
  const { text } = plain;
  const { words, offset, end, path } = given;
  const units: readonly OffsetUnit[] = unit === undefined ? ["codepoint", "utf16"] : [unit];
  if (words === "") {
    const characters = offsetTranslation(text, units[0] as OffsetUnit);
    const [from, to] = [offset, end].map((value) => (value === undefined ? undefined : characters.toUtf16(value)));
    if (from !== undefined && to !== undefined) return [{ start: from, end: to }];
    throw new DataError(offset === undefined || end === undefined ? "FIELD_MISSING" : "SPAN_OUTSIDE", {
      at: { ...at, path },
      message:
        offset === undefined || end === undefined
          ? "the cell is empty, and there is no offset with an end"
          : `the characters ${offset} to ${end} are not in the sentence, which has ${characters.fromUtf16(text.length)}`,
    });
  }
  const places = occurrences(plain, words);
  if (offset === undefined) return places;
  for (const each of units) {
    const start = offsetTranslation(text, each).toUtf16(offset);
    if (start !== undefined && text.startsWith(words, start)) return [{ start, end: start + words.length }];
  }
  const near = places.toSorted((a, b) => Math.abs(a.start - offset) - Math.abs(b.start - offset)).slice(0, 1);
  if (near.length > 0) {
    const reason = `the sentence does not have ${JSON.stringify(words)} at character ${offset}; its nearest place was used`;
    omit(`${path}_offset`, reason, at, "disagreeing");
  }
  return near;
}

/** Where the words are, on token boundaries if they are anywhere; otherwise inside tokens. */
function occurrences({ text, tokens }: Document, words: string): readonly Span[] {
  const all: Span[] = [];
  for (let at = text.indexOf(words); at >= 0 && all.length < maxPlaces; at = text.indexOf(words, at + 1)) {
    all.push({ start: at, end: at + words.length });
  }
  const exact = all.filter((span) => coveringTokens(tokens, span)?.exact === true);
  return exact.length > 0 ? exact : all;
}

function onTokens(plain: Document, { start, end }: Span, { words, path }: GivenEnd, { at, omit }: PlaceOptions): PlacedEnd {
  const trimmed = words.trim();
  const from = trimmed === "" ? start : start + words.indexOf(trimmed);
  const to = trimmed === "" ? end : from + trimmed.length;
  const characters = { start: from, end: to };
  return { ...spanPlacer(plain, "utf16", exceptGrown(omit))(characters, path, at), characters, path };
}

/** Reports everything but spans that grow to their tokens, which are split for them instead. */
export function exceptGrown(omit: Omit): Omit {
  return (path, reason, at, kind, rule) => {
    if (kind !== "misaligned") omit(path, reason, at, kind, rule);
  };
}

/** The characters of a token span, in code points of the text. */
export function codePointsOf(document: Document, span: Span): Span {
  const characters = offsetTranslation(document.text, "codepoint");
  const at = (offset: number): number => characters.fromUtf16(offset) ?? (characters.fromUtf16(offset - 1) as number);
  const { start, end } = charSpan(document, span);
  return { start: at(start), end: at(end) };
}
