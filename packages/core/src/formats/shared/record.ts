import { DataError, type Location } from "../../errors.ts";
import { asList, asNumber, asObject, asPair, asString, asStrings, type Fields, within } from "../../json/fields.ts";
import {
  charSpan,
  type Document,
  type Entity,
  joinTokens,
  type Omission,
  type OmissionKind,
  type Relation,
  type Span,
  type Token,
  validateDocument,
} from "../../schema/index.ts";
import {
  alignTokens,
  type OffsetTranslation,
  type OffsetUnit,
  offsetTranslation,
  spellings,
  type TextOptions,
} from "../../text/index.ts";
import { type AnnotatedText, annotatedText, tokensOf } from "./annotated-text.ts";
import { splitReason } from "./character-spans.ts";
import { anyAnnotation, FieldNames } from "./field-names.ts";
import { presentForm } from "./former-record.ts";

/**
 * Reads a document from one JSON object of Weft's format.
 *
 * - `tokens` (strings), or `text`, or both. `offsets` locates the tokens in the text. Without
 * `offsets`, tokens are searched for in the text; without `text`, they are joined by single spaces.
 * A text without tokens is tokenised here.
 * - `entities`: `start`, `end` (tokens) or `startChar`, `endChar` (characters of the text), `type`
 * (null for none), `confidence`. White space at the ends of a character span does not count. Where
 * one ends inside a token, the token is split; given tokens stay, and the span grows to cover those
 * that it touches. Both are reported. The optional `text` repeats the words; a mismatch with
 * the document is reported.
 * - `relations`: `head`, `tail` (indices into `entities`), `type`, `confidence`.
 * - `id`, `sentences` (token spans), `pos` (one per token), `meta`, `doc` (the group of a
 * sentence), and `offsetUnit`, the unit of all character offsets in the object: "utf16" (default)
 * or "codepoint".
 *
 * Other fields go into the document's metadata. Other fields of entities and relations are reported
 * as omitted.
 *
 * Records of former versions are accepted: `tokens` and `sentences` as `{start, end}`, the `id` of
 * an entity, `metadata`, `omissions`.
 *
 * @param at where the object is
 * @throws {DataError} with the path of the first fault
 */
export function documentFromRecord(
  value: unknown,
  at: Location,
  options: TextOptions = {},
): { document: Document; omissions: Omission[] } {
  const fields = presentForm(asObject(value, at, ""), at);
  const omissions: Omission[] = [];
  const omit: Omit = (path, reason, kind, rule) => {
    const what = { ...(kind === undefined ? {} : { kind }), ...(rule === undefined ? {} : { rule }) };
    omissions.push({ source: at.source, line: at.line, path: within(at, path).path, reason, ...what });
  };
  if (fields["tokens"] === undefined && fields["text"] === undefined) textNames.check(fields, at);
  names.check(fields, at);
  if (fields["entities"] === undefined && fields["relations"] === undefined) anyAnnotation.check(fields, at);
  const words = fields["tokens"] === undefined ? undefined : asStrings(fields["tokens"], at, "tokens");
  const text = words !== undefined && fields["text"] === undefined ? words.join(" ") : asString(fields["text"], at, "text");
  const characters = offsetTranslation(text, readUnit(fields, at));
  const id = readId(fields, at);
  const { document: plain, splits } =
    words === undefined
      ? annotatedText(id, text, rawSpans(fields["entities"], characters), options)
      : { document: documentOf(id, text, readTokens(words, text, fields, characters, at, omit)) };
  const given = optionalList(fields, "entities", at).map((item, index) => asObject(item, at, `entities[${index}]`));
  const entities = given.map((item, index) => {
    entityNames.check(item, at, `entities[${index}]`);
    if (item["start"] === undefined && item["startChar"] === undefined) placeNames.check(item, at, `entities[${index}]`);
    if (item["id"] !== index) reportUnknown(item, entityFields, `entities[${index}]`, omit);
    else reportUnknown(item, formerEntityFields, `entities[${index}]`, omit);
    return readEntity(item, `entities[${index}]`, plain, words !== undefined, splits, characters, at, omit);
  });
  const relations = optionalList(fields, "relations", at).map((item, index) =>
    readRelation(asObject(item, at, `relations[${index}]`), `relations[${index}]`, at, omit),
  );
  const document: Document = {
    ...plain,
    ...(fields["sentences"] === undefined ? {} : { sentences: readSpans(fields["sentences"], "sentences", at) }),
    ...(fields["pos"] === undefined ? {} : { pos: asStrings(fields["pos"], at, "pos") }),
    entities,
    relations,
    metadata: readMetadata(fields, at, omit),
  };
  validateDocument(document, at);
  for (const [index, { text: said }] of given.entries()) reportOtherWords(document, index, said, at, omit);
  return { document, omissions };
}

type Omit = (path: string, reason: string, kind?: OmissionKind, rule?: string) => void;

/** The character spans of entities, as far as they are spans. */
function rawSpans(items: unknown, characters: OffsetTranslation): Span[] {
  return (Array.isArray(items) ? (items as unknown[]) : []).flatMap((item) => {
    const { startChar, endChar } = typeof item === "object" && item !== null ? (item as Fields) : {};
    if (typeof startChar !== "number" || typeof endChar !== "number") return [];
    const [start, end] = [characters.toUtf16(startChar), characters.toUtf16(endChar)];
    return start === undefined || end === undefined ? [] : [{ start, end }];
  });
}

const documentFields = new Set([
  "id",
  "text",
  "tokens",
  "offsets",
  "offsetUnit",
  "sentences",
  "pos",
  "entities",
  "relations",
  "meta",
]);
const names = new FieldNames({ entities: "list", relations: "list", offsets: "list", offsetUnit: "text" }, documentFields);
/** With those of other formats, whose lines come here if their own format does not know them. */
const textNames = new FieldNames(
  { text: "text", tokens: "words", sentText: "text", tokenized_text: "words", sentences: "list" },
  documentFields,
);
const entityFields = new Set(["start", "end", "startChar", "endChar", "text", "type", "confidence"]);
const formerEntityFields = new Set([...entityFields, "id"]);
const relationFields = new Set(["head", "tail", "type", "confidence"]);
const entityNames = new FieldNames({ type: "text" }, formerEntityFields);
const placeNames = new FieldNames({ start: "number", end: "number", startChar: "number", endChar: "number" }, formerEntityFields);
const relationNames = new FieldNames({ head: "number", tail: "number", type: "text" }, relationFields);

function readId(fields: Fields, at: Location): string {
  const { id } = fields;
  if (id === undefined) return `line-${at.line ?? 1}`;
  return typeof id === "number" ? String(id) : asString(id, at, "id");
}

function readUnit(fields: Fields, at: Location): OffsetUnit {
  const unit = fields["offsetUnit"] ?? "utf16";
  if (unit === "utf16" || unit === "codepoint") return unit;
  const message = `expected "utf16" or "codepoint", found ${JSON.stringify(unit)}`;
  throw new DataError("FIELD_INVALID", { at: within(at, "offsetUnit"), message });
}

function documentOf(id: string, text: string, tokens: readonly Token[]): Document {
  const sentences = tokens.length === 0 ? [] : [{ start: 0, end: tokens.length }];
  return { id, text, tokens, sentences, entities: [], relations: [], metadata: {} };
}

function readTokens(
  words: readonly string[],
  text: string,
  fields: Fields,
  characters: OffsetTranslation,
  at: Location,
  omit: Omit,
): readonly Token[] {
  if (fields["text"] === undefined && fields["offsets"] === undefined) return joinTokens(words).tokens;
  if (fields["offsets"] === undefined) return alignTokens(text, words, at);
  asString(fields["text"], at, "text");
  const offsets = asList(fields["offsets"], at, "offsets");
  if (offsets.length !== words.length) {
    const message = `expected one pair per token, found ${offsets.length} for ${words.length} tokens`;
    throw new DataError("FIELD_INVALID", { at: within(at, "offsets"), message });
  }
  const tokens = words.map((word, index) => {
    const path = `offsets[${index}]`;
    const [start, end] = asPair(offsets[index], at, path);
    return { text: word, ...toUtf16({ start, end }, characters, text, at, path) };
  });
  reportForeignTokens(tokens, text, omit);
  return tokens;
}

/**
 * Keeps tokens that differ from the text at their offsets, since some corpora rewrite them. Reports
 * them, since a wrong unit has the same effect.
 */
function reportForeignTokens(tokens: readonly Token[], text: string, omit: Omit): void {
  const foreign = tokens.filter((token) => !spellings(token.text).includes(text.slice(token.start, token.end)));
  const [first] = foreign;
  if (first === undefined) return;
  const [token, place] = [first.text, text.slice(first.start, first.end)].map((piece) => JSON.stringify(piece));
  const count = `${foreign.length} of ${tokens.length} tokens differ from the text at their offsets`;
  omit("offsets", `${count}, first ${token} where the text has ${place}; offsetUnit may be wrong`, "disagreeing");
}

function readEntity(
  fields: Fields,
  path: string,
  { text, tokens }: Document,
  hasTokens: boolean,
  splits: AnnotatedText["splits"] | undefined,
  characters: OffsetTranslation,
  at: Location,
  omit: Omit,
): Entity {
  const type = fields["type"] === null ? null : asString(fields["type"], at, `${path}.type`);
  const confidence =
    fields["confidence"] === undefined ? {} : { confidence: asNumber(fields["confidence"], at, `${path}.confidence`) };
  if (!hasTokens && fields["start"] !== undefined && fields["startChar"] === undefined) {
    const message = "start and end count tokens, but this object has no tokens";
    const hint = "add the tokens, or use startChar and endChar for characters of the text";
    throw new DataError("FIELD_MISSING", { at: within(at, `${path}.startChar`), message, hint });
  }
  const given = fields["start"] === undefined ? undefined : readSpan(fields, "start", "end", at, path);
  if (given !== undefined && fields["startChar"] === undefined) return { ...given, type, ...confidence };
  const inText = toUtf16(readSpan(fields, "startChar", "endChar", at, path), characters, text, at, path);
  const { trimmed, covering } = tokensOf(text, tokens, inText);
  const piece = JSON.stringify(text.slice(inText.start, inText.end));
  if (given !== undefined) {
    const same = covering?.exact === true && covering.span.start === given.start && covering.span.end === given.end;
    if (!same)
      omit(path, `startChar and endChar give ${piece}, but start and end give other tokens; the tokens were used`, "disagreeing");
    return { ...given, type, ...confidence };
  }
  if (covering === undefined) {
    const message = `the characters ${piece} hold no token`;
    throw new DataError("SPAN_EMPTY", { at: within(at, path), message, hint: "endChar is exclusive; check the offsetUnit" });
  }
  const split = splits?.get(trimmed.start) ?? splits?.get(trimmed.end);
  if (split !== undefined) omit(path, splitReason(text.slice(trimmed.start, trimmed.end), split.text), "split", split.rule);
  else if (!covering.exact) {
    const grown = text.slice(tokens[covering.span.start]?.start, tokens[covering.span.end - 1]?.end);
    omit(path, `the characters ${piece} do not end on token boundaries; grown to ${JSON.stringify(grown)}`, "misaligned");
  }
  return { ...covering.span, type, ...confidence };
}

/** Reports an entity whose `text` differs from the document's text at its span. The span wins. */
function reportOtherWords(document: Document, index: number, said: unknown, at: Location, omit: Omit): void {
  if (said === undefined) return;
  const path = `entities[${index}]`;
  const words = asString(said, at, `${path}.text`);
  const { start, end } = charSpan(document, document.entities[index] as Entity);
  const found = document.text.slice(start, end);
  if (found === words) return;
  const [one, other] = [words, found].map((piece) => JSON.stringify(piece));
  omit(path, `the entity says ${one}, but the text there is ${other}; the span was used`, "disagreeing");
}

function readRelation(fields: Fields, path: string, at: Location, omit: Omit): Relation {
  relationNames.check(fields, at, path);
  reportUnknown(fields, relationFields, path, omit);
  return {
    head: asNumber(fields["head"], at, `${path}.head`),
    tail: asNumber(fields["tail"], at, `${path}.tail`),
    type: asString(fields["type"], at, `${path}.type`),
    ...(fields["confidence"] === undefined ? {} : { confidence: asNumber(fields["confidence"], at, `${path}.confidence`) }),
  };
}

function readMetadata(fields: Fields, at: Location, omit: Omit): Fields {
  const meta = fields["meta"] === undefined ? {} : asObject(fields["meta"], at, "meta");
  const others = Object.entries(fields).filter(([name]) => !documentFields.has(name));
  for (const [name] of others) {
    if (Object.hasOwn(meta, name)) omit(name, `meta.${name} was used instead of this field`);
  }
  return Object.fromEntries([...others, ...Object.entries(meta)]);
}

function readSpans(value: unknown, path: string, at: Location): Span[] {
  return asList(value, at, path).map((item, index) => {
    const place = `${path}[${index}]`;
    if (!Array.isArray(item)) return readSpan(asObject(item, at, place), "start", "end", at, place);
    const [start, end] = asPair(item, at, place);
    return { start, end };
  });
}

function readSpan(fields: Fields, first: string, last: string, at: Location, path: string): Span {
  return { start: asNumber(fields[first], at, `${path}.${first}`), end: asNumber(fields[last], at, `${path}.${last}`) };
}

function toUtf16(span: Span, characters: OffsetTranslation, text: string, at: Location, path: string): Span {
  const start = characters.toUtf16(span.start);
  const end = characters.toUtf16(span.end);
  if (start !== undefined && end !== undefined) return { start, end };
  throw new DataError("SPAN_OUTSIDE", {
    at: within(at, path),
    message: `the characters ${span.start} to ${span.end} are not in the text, which has ${characters.fromUtf16(text.length)}`,
    hint: "offsets count from 0 and ends are exclusive; offsetUnit says whether they count UTF-16 units or code points",
  });
}

function optionalList(fields: Fields, name: string, at: Location): readonly unknown[] {
  return fields[name] === undefined ? [] : asList(fields[name], at, name);
}

function reportUnknown(fields: Fields, known: ReadonlySet<string>, path: string, omit: Omit): void {
  for (const name of Object.keys(fields)) {
    if (!known.has(name)) omit(`${path}.${name}`, "the format has no such field; it was left out");
  }
}
