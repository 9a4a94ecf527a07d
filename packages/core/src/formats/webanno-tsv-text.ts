import { DataError } from "../errors.ts";
import type { Document, Span, Token } from "../schema/index.ts";
import { type OffsetUnit, offsetTranslation, spellings } from "../text/index.ts";
import { type CharacterSpan, countAgreeing } from "./shared/character-spans.ts";
import { longestLine } from "./shared/lines.ts";
import type { Omit } from "./shared/records.ts";
import type { TsvRow, TsvSentence } from "./webanno-tsv-lines.ts";

/** A row and its place in the text, in UTF-16 units. */
export interface PlacedRow extends TsvRow, Span {}

/** The text of a file with its tokens, and every row in its place. */
export interface TsvText extends Pick<Document, "text" | "tokens" | "sentences"> {
  readonly rows: readonly PlacedRow[];
}

/**
 * Puts the sentences together. Offsets say how far apart they are; as in WebAnno, a line break and
 * spaces fill the gap. Sentences whose offsets begin again are separated by a line break.
 *
 * @throws {DataError} SPAN_OUTSIDE for a row outside the text of its sentence
 */
export function placeSentences(sentences: readonly TsvSentence[], given: OffsetUnit | undefined, omit: Omit): TsvText {
  const texts = sentences.map((sentence) => sentence.text ?? textOf(sentence.rows));
  const unit = given ?? detectUnit(sentences, texts);
  const parts: string[] = [];
  const tokens: Token[] = [];
  const spans: Span[] = [];
  const placed: PlacedRow[] = [];
  let length = 0;
  let reached = 0;
  for (const [index, { rows }] of sentences.entries()) {
    const text = texts[index] as string;
    const characters = offsetTranslation(text, unit);
    const base = rows[0]?.start ?? reached + 1;
    const gap = base >= reached ? base - reached : 1;
    if (length + gap + text.length > longestLine) {
      const message = `the sentence starts at ${base}, so the text would have more than ${longestLine} UTF-16 units`;
      throw new DataError("SPAN_OUTSIDE", { at: rows[0]?.at, message });
    }
    const filling = gap === 0 ? "" : index === 0 ? " ".repeat(gap) : `\n${" ".repeat(gap - 1)}`;
    parts.push(filling, text);
    const start = length + filling.length;
    const first = tokens.length;
    for (const row of rows) {
      const at = { start: characters.toUtf16(row.start - base), end: characters.toUtf16(row.end - base) };
      if (at.start === undefined || at.end === undefined || at.end < at.start) {
        const extent = `which has the characters ${base} to ${base + (characters.fromUtf16(text.length) ?? text.length)}`;
        const message = `the characters ${row.start} to ${row.end} are not in the text of the sentence, ${extent}`;
        throw new DataError("SPAN_OUTSIDE", { at: row.at, message, hint: "offsets count from 0, and ends are exclusive" });
      }
      const word = checkedForm(row, text.slice(at.start, at.end), omit);
      const span = { start: start + at.start, end: start + at.end };
      placed.push({ ...row, ...span });
      if (!row.unit.includes(".") && span.end > span.start) tokens.push({ text: word, ...span });
    }
    if (tokens.length > first) spans.push({ start: first, end: tokens.length });
    length = start + text.length;
    reached = base + (characters.fromUtf16(text.length) ?? text.length);
  }
  return { text: parts.join(""), tokens, sentences: spans, rows: placed };
}

/** The word of a row: its form if it spells the text, otherwise the text. */
function checkedForm(row: TsvRow, found: string, omit: Omit): string {
  if (row.form === found || found === "" || spellings(row.form).includes(found)) return row.form || found;
  const [one, other] = [found, row.form].map((words) => JSON.stringify(words));
  omit(row.unit, `the text has ${one} where the row says ${other}; the offsets were used`, row.at, "disagreeing");
  return found;
}

/** The tokens at their offsets, for sentences without a text. */
function textOf(rows: readonly TsvRow[]): string {
  const base = rows[0]?.start ?? 0;
  let text = "";
  for (const { unit, start, form } of rows) {
    if (unit.includes(".")) continue;
    const gap = start - base - text.length;
    text += `${" ".repeat(Math.max(0, Math.min(gap, 1000)))}${form}`;
  }
  return text;
}

/** Offsets count UTF-16 units unless more tokens match the text with code points. */
function detectUnit(sentences: readonly TsvSentence[], texts: readonly string[]): OffsetUnit {
  let balance = 0;
  for (const [index, { rows }] of sentences.entries()) {
    const text = texts[index] as string;
    if (!/[\u{10000}-\u{10FFFF}]/u.test(text)) continue;
    const base = rows[0]?.start ?? 0;
    const spans = rows.map(({ start, end, form }): CharacterSpan => ({ start: start - base, end: end - base, text: form }));
    balance += countAgreeing(text, spans, "codepoint") - countAgreeing(text, spans, "utf16");
  }
  return balance > 0 ? "codepoint" : "utf16";
}
