import { DataError, type Location } from "../errors.ts";
import { asList, asNumber, asObject, asString, type Fields, within } from "../json/fields.ts";
import type { Document, Span, Token } from "../schema/index.ts";
import { coveringTokens, type OffsetTranslation, type OffsetUnit, offsetTranslation, splitSentences } from "../text/index.ts";
import type { InputFormat, ReadOptions } from "./format.ts";
import type { Capacity } from "./shared/capacity.ts";
import { placedText, type SpanPlacer, spanPlacer } from "./shared/character-spans.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstJsonValue } from "./shared/json-values.ts";
import {
  entityType,
  firstFields,
  type JsonRecord,
  type Omit,
  omitOthers,
  readJsonRecords,
  recordEvents,
  recordId,
} from "./shared/records.ts";

const holds: Capacity = {
  record: "document",
  text: true,
  tokens: true,
  offsets: "code points",
  entities: "all",
  entityTypes: "optional",
  relations: false,
  overlapping: false,
  duplicates: false,
  crossSentence: false,
  discontinuous: false,
  confidence: false,
  ids: false,
  pos: true,
  metadata: true,
};

/**
 * The output of spaCy's `doc.to_json()`, one object per line or a list: the way to export a DocBin.
 * Also reads displaCy's entities, which have only a text and `ents`.
 *
 * Offsets count code points. Tokens, sentences and fine-grained tags are used if given. spaCy has
 * no relations. Its span groups are reported; dependencies and lemmas, which belong to tokens, are
 * ignored.
 */
export const spacy: InputFormat = {
  name: "spacy",
  title: "spaCy doc.to_json()",
  extensions: [".jsonl", ".json"],
  holds,

  recognises(beginning) {
    const fields = firstFields(firstJsonValue(beginning));
    if (typeof fields?.["text"] !== "string") return false;
    if (fields["ents"] === undefined) return isTokenOnly(fields["tokens"]) && fields["sentences"] === undefined;
    const [first] = Array.isArray(fields["ents"]) ? (fields["ents"] as unknown[]) : [null];
    return first === undefined || firstFields(first)?.["start"] !== undefined;
  },

  async *read(chunks, options = {}) {
    for await (const record of readJsonRecords(chunks, options.source, options.onInvalid)) {
      yield* recordEvents(record.at, (omit) => readDoc(record, options, omit), options.onInvalid);
    }
  },
};

/** `title` and `settings` belong to displaCy, for drawing. */
const ownFields = new Set(["id", "text", "ents", "sents", "tokens", "spans", "title", "settings"]);
const entityFields = new Set(["start", "end", "label"]);
const docNames = new FieldNames({ text: "text", ents: "list", tokens: "list", sents: "list" }, ownFields);
const entityNames = new FieldNames({ start: "number", end: "number", label: "text" });

/** Tokens given by numbered offsets, as of a pipeline that finds no entities. */
function isTokenOnly(tokens: unknown): boolean {
  const first = Array.isArray(tokens) ? firstFields(tokens[0]) : undefined;
  return first !== undefined && first["id"] !== undefined && first["start"] !== undefined && first["text"] === undefined;
}

function readDoc(record: JsonRecord, options: ReadOptions, omit: Omit): Document {
  const { fields, at } = record;
  docNames.check(fields, at);
  const text = asString(fields["text"], at, "text");
  const unit = options.offsetUnit ?? "codepoint";
  const characters = offsetTranslation(text, unit);
  const id = recordId(fields["id"], record, "id");
  const { plain, place } =
    fields["tokens"] === undefined
      ? placedText({ id, text, options: options.text }, rawSpans(fields["ents"] ?? []), unit, omit)
      : placedTokens(readPlain(id, text, fields, characters, options, at, omit), unit, omit);
  const entities = asList(fields["ents"] ?? [], at, "ents").map((item, index) => {
    const path = `ents[${index}]`;
    const each = asObject(item, at, path);
    entityNames.check(each, at, path);
    omitOthers(each, entityFields, omit, path);
    const [start, end] = [asNumber(each["start"], at, `${path}.start`), asNumber(each["end"], at, `${path}.end`)];
    return { ...place({ start, end }, path, at), type: entityType(each["label"], at, `${path}.label`) };
  });
  for (const [name, group] of Object.entries(fields["spans"] === undefined ? {} : asObject(fields["spans"], at, "spans"))) {
    for (const index of asList(group, at, `spans.${name}`).keys())
      omit(`spans.${name}[${index}]`, "Weft has no groups of spans; entities are read from `ents`");
  }
  const metadata = Object.fromEntries(Object.entries(fields).filter(([name]) => !ownFields.has(name)));
  return { ...plain, entities, metadata };
}

function placedTokens(plain: Document, unit: OffsetUnit, omit: Omit): { plain: Document; place: SpanPlacer } {
  return { plain, place: spanPlacer(plain, unit, omit) };
}

/** The entities' spans, as far as they are spans. */
function rawSpans(items: unknown): Span[] {
  return (Array.isArray(items) ? (items as unknown[]) : []).flatMap((item) => {
    const { start, end } = firstFields(item) ?? {};
    return typeof start === "number" && typeof end === "number" ? [{ start, end }] : [];
  });
}

function readPlain(
  id: string,
  text: string,
  fields: Fields,
  characters: OffsetTranslation,
  options: ReadOptions,
  at: Location,
  omit: Omit,
): Document {
  const listed = asList(fields["tokens"], at, "tokens").map((item, index) => asObject(item, at, `tokens[${index}]`));
  const all = listed.map((token, index): Token => {
    const span = utf16Span(token, characters, at, `tokens[${index}]`);
    return { ...span, text: text.slice(span.start, span.end) };
  });
  // spaCy has white-space tokens, which Weft does not use.
  const kept = [...all.keys()].filter((index) => /\S/.test(all[index]?.text ?? ""));
  const tokens = kept.map((index) => all[index] as Token);
  const tags = kept.map((index) => listed[index]?.["tag"]);
  const tagged = tags.length > 0 && tags.every((tag) => typeof tag === "string" && tag !== "");
  const sentences = readSentences(text, tokens, fields, characters, options, at, omit);
  const pos = tagged ? { pos: tags as string[] } : {};
  return { id, text, tokens, sentences, ...pos, entities: [], relations: [], metadata: {} };
}

/**
 * The token spans of `sents` if they cover the tokens exactly once in order. Otherwise sentences
 * are detected, which is reported.
 */
function readSentences(
  text: string,
  tokens: readonly Token[],
  fields: Fields,
  characters: OffsetTranslation,
  options: ReadOptions,
  at: Location,
  omit: Omit,
): readonly Span[] {
  if (fields["sents"] === undefined) return splitSentences(text, tokens, options.text);
  const spans = asList(fields["sents"], at, "sents").flatMap((item, index) => {
    const span = utf16Span(asObject(item, at, `sents[${index}]`), characters, at, `sents[${index}]`);
    return coveringTokens(tokens, span)?.span ?? [];
  });
  const covers =
    spans.every(({ start }, index) => start === (spans[index - 1]?.end ?? 0)) && (spans.at(-1)?.end ?? 0) === tokens.length;
  if (covers) return spans;
  omit("sents", "the sentences do not cover the tokens exactly once, in order; they were detected again");
  return splitSentences(text, tokens, options.text);
}

function utf16Span(fields: Fields, characters: OffsetTranslation, at: Location, path: string): Span {
  const [from, to] = [asNumber(fields["start"], at, `${path}.start`), asNumber(fields["end"], at, `${path}.end`)];
  const [start, end] = [characters.toUtf16(from), characters.toUtf16(to)];
  if (start !== undefined && end !== undefined) return { start, end };
  const message = `the characters ${from} to ${to} are not in the text`;
  throw new DataError("SPAN_OUTSIDE", {
    at: within(at, path),
    message,
    hint: "offsets count code points from 0, ends are exclusive",
  });
}
