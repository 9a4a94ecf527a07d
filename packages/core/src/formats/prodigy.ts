import { DataError, type Location } from "../errors.ts";
import { asList, asNumber, asObject, asString, type Fields, within } from "../json/fields.ts";
import { charSpan, type Document, type Entity, type Relation, type Span, type Token } from "../schema/index.ts";
import { type OffsetTranslation, type OffsetUnit, offsetTranslation, splitSentences } from "../text/index.ts";
import type { Format, ReadOptions } from "./format.ts";
import type { Capacity } from "./shared/capacity.ts";
import { type CharacterSpan, detectOffsetUnit, placedText, type SpanPlacer, spanPlacer } from "./shared/character-spans.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstLineValues, readJsonLines } from "./shared/json-lines.ts";
import {
  entityType,
  firstFields,
  fittedRecords,
  type JsonRecord,
  type Omit,
  recordEvents,
  recordId,
  relationType,
  wholeEntityUsed,
} from "./shared/records.ts";

const holds: Capacity = {
  record: "document",
  text: true,
  tokens: true,
  offsets: "code points",
  entities: "all",
  entityTypes: "optional",
  relations: true,
  overlapping: true,
  duplicates: false,
  crossSentence: true,
  discontinuous: false,
  confidence: false,
  ids: true,
  pos: false,
  metadata: true,
};

/**
 * Prodigy's JSONL of spans and relations, one example per line. Rejected and ignored examples are
 * skipped and reported.
 *
 * A relation names the last token of each span and the spans themselves. If no span ends at the
 * token, an entity without a type is created there. Offsets count code points unless the words of
 * the tokens match better with UTF-16 units. `meta` and fields with other names become the
 * document's metadata; names that begin with an underscore are Prodigy's own bookkeeping.
 */
export const prodigy: Format = {
  name: "prodigy",
  title: "Prodigy JSONL",
  extensions: [".jsonl"],
  holds,

  recognises: (beginning) => looksLikeExample(firstLineValues(beginning)[0]),

  async *read(chunks, options = {}) {
    for await (const record of readJsonLines(chunks, options.source, options.onInvalid)) {
      yield* recordEvents(record.at, (omit) => readExample(record, options, omit), options.onInvalid);
    }
  },

  async *write(documents) {
    let index = 0;
    for await (const { record, omissions } of fittedRecords(documents, this)) {
      for (const omission of omissions()) yield { kind: "omission", omission };
      yield { kind: "text", text: `${JSON.stringify(printExample(record, index))}\n` };
      index++;
    }
  },
};

const ownFields = new Set(["id", "text", "tokens", "spans", "relations", "answer", "meta"]);

const exampleNames = new FieldNames({ tokens: "list", spans: "list", relations: "list" }, ownFields);
const spanNames = new FieldNames({ label: "text", start: "number", end: "number" }, [
  "text",
  "type",
  "id",
  "token_start",
  "token_end",
  "source",
  "input_hash",
]);
const relationNames = new FieldNames({ label: "text", head: "number", child: "number" }, ["head_span", "child_span", "color"]);

function looksLikeExample(value: unknown): boolean {
  const fields = firstFields(value);
  if (fields === undefined || typeof fields["text"] !== "string") return false;
  const { tokens, spans } = fields;
  const [token, span] = [tokens, spans].map((list) => (Array.isArray(list) ? firstFields(list[0]) : undefined));
  if (token !== undefined) return token["text"] !== undefined && token["start"] !== undefined;
  return tokens === undefined && Array.isArray(spans) && (spans.length === 0 || span?.["start"] !== undefined);
}

function readExample(record: JsonRecord, options: ReadOptions, omit: Omit): Document | undefined {
  const { fields, at } = record;
  const answer = fields["answer"] ?? "accept";
  if (answer !== "accept") {
    omit("answer", `the answer is ${JSON.stringify(answer)}, not "accept"; the example was left out`);
    return undefined;
  }
  exampleNames.check(fields, at);
  const text = asString(fields["text"], at, "text");
  const id = recordId(fields["id"], record, "id");
  const words =
    fields["tokens"] === undefined ? undefined : listOf(fields, "tokens", at).map((item, index) => readWord(item, index, at));
  const unit = options.offsetUnit ?? detectOffsetUnit(text, words ?? spansOf(fields, at), "codepoint");
  const characters = offsetTranslation(text, unit);
  const tokens = words?.map((word, index) => placeWord(word, index, characters, at));
  const { plain, place } =
    tokens === undefined
      ? placedText({ id, text, options: options.text }, rawSpans(fields), unit, omit)
      : placedTokens(documentOf(id, text, tokens, options), unit, omit);
  const mentions = new Mentions(plain, place, words !== undefined, at, omit);
  for (const [index, item] of listOf(fields, "spans", at).entries())
    mentions.add(asObject(item, at, `spans[${index}]`), `spans[${index}]`);
  const relations = listOf(fields, "relations", at).flatMap((item, index): Relation[] => {
    const path = `relations[${index}]`;
    const each = asObject(item, at, path);
    relationNames.check(each, at, path);
    const type = relationType(each["label"], at, `${path}.label`, omit);
    return type === undefined ? [] : [{ head: mentions.end(each, "head", path), tail: mentions.end(each, "child", path), type }];
  });
  return { ...plain, entities: mentions.entities, relations, metadata: readMetadata(fields, at) };
}

function documentOf(id: string, text: string, tokens: readonly Token[], options: ReadOptions): Document {
  const sentences = splitSentences(text, tokens, options.text);
  return { id, text, tokens, sentences, entities: [], relations: [], metadata: {} };
}

function placedTokens(plain: Document, unit: OffsetUnit, omit: Omit): { plain: Document; place: SpanPlacer } {
  return { plain, place: spanPlacer(plain, unit, omit) };
}

/** The spans of an example and of its relations' ends, as far as they are spans. */
function rawSpans(fields: Fields): Span[] {
  const items = (name: string): unknown[] => (Array.isArray(fields[name]) ? (fields[name] as unknown[]) : []);
  const ends = items("relations").flatMap((item) => [firstFields(item)?.["head_span"], firstFields(item)?.["child_span"]]);
  return [...items("spans"), ...ends].flatMap((item) => {
    const { start, end } = firstFields(item) ?? {};
    return typeof start === "number" && typeof end === "number" ? [{ start, end }] : [];
  });
}

function readWord(item: unknown, index: number, at: Location): CharacterSpan & { readonly text: string } {
  const path = `tokens[${index}]`;
  const fields = asObject(item, at, path);
  const text = asString(fields["text"], at, `${path}.text`);
  return { text, start: asNumber(fields["start"], at, `${path}.start`), end: asNumber(fields["end"], at, `${path}.end`) };
}

function placeWord(
  word: CharacterSpan & { readonly text: string },
  index: number,
  characters: OffsetTranslation,
  at: Location,
): Token {
  const [start, end] = [characters.toUtf16(word.start), characters.toUtf16(word.end)];
  if (start !== undefined && end !== undefined) return { text: word.text, start, end };
  const message = `the characters ${word.start} to ${word.end} are not in the text`;
  throw new DataError("SPAN_OUTSIDE", { at: within(at, `tokens[${index}]`), message });
}

/** The entities of an example, looked up by the ends of relations. */
class Mentions {
  readonly entities: Entity[] = [];
  /** The first entity with a span, by its span with and without its type. */
  readonly #first = new Map<string, number>();
  /** Entities that end at a token, by the token: the first, and how many. */
  readonly #ending = new Map<number, { readonly first: number; readonly count: number }>();
  /** Entities of several tokens by their first token: the only one, or null if there are more. */
  readonly #longer = new Map<number, number | null>();
  readonly #plain: Document;
  readonly #place: SpanPlacer;
  readonly #hasTokens: boolean;
  readonly #at: Location;
  readonly #omit: Omit;

  constructor(plain: Document, place: SpanPlacer, hasTokens: boolean, at: Location, omit: Omit) {
    this.#plain = plain;
    this.#place = place;
    this.#hasTokens = hasTokens;
    this.#at = at;
    this.#omit = omit;
  }

  add(fields: Fields, path: string): void {
    spanNames.check(fields, this.#at, path);
    const span = this.#span(fields, path, true);
    this.#push({ ...span, type: entityType(fields["label"], this.#at, `${path}.label`) });
  }

  /**
   * The index of the entity that a relation's `head` or `child` refers to; creates one if no span
   * fits.
   */
  end(relation: Fields, role: "head" | "child", path: string): number {
    const named = relation[`${role}_span`];
    if (named !== undefined && named !== null)
      return this.#named(asObject(named, this.#at, `${path}.${role}_span`), `${path}.${role}_span`);
    const last = asNumber(relation[role], this.#at, `${path}.${role}`);
    const tokens = this.#plain.tokens.length;
    if (!this.#hasTokens || !Number.isInteger(last) || last < 0 || last >= tokens) {
      const held = this.#hasTokens ? `there are ${tokens} tokens` : "the example has no tokens";
      const hint = "head and child give the index of the last token of their span";
      throw new DataError("RELATION_END_MISSING", {
        at: within(this.#at, `${path}.${role}`),
        message: `${role} names token ${last}, but ${held}`,
        hint,
      });
    }
    const ending = this.#ending.get(last + 1);
    if (ending !== undefined && ending.count > 1)
      this.#omit(`${path}.${role}`, `${ending.count} spans end at token ${last}; the first was used`);
    return ending?.first ?? this.#beginning(last, `${path}.${role}`) ?? this.#push({ start: last, end: last + 1, type: null });
  }

  #named(fields: Fields, path: string): number {
    const { start, end } = this.#span(fields, path, false);
    const type = entityType(fields["label"], this.#at, `${path}.label`);
    const found = this.#first.get(typedKey({ start, end, type })) ?? this.#first.get(`${start} ${end}`);
    if (found !== undefined) return found;
    const whole = end === start + 1 ? this.#beginning(start, path) : undefined;
    return whole ?? this.#push({ start, end, type });
  }

  #push(entity: Entity): number {
    const index = this.entities.push(entity) - 1;
    const { start, end } = entity;
    for (const key of [`${start} ${end}`, typedKey(entity)]) if (!this.#first.has(key)) this.#first.set(key, index);
    const { first = index, count = 0 } = this.#ending.get(end) ?? {};
    this.#ending.set(end, { first, count: count + 1 });
    if (end > start + 1) this.#longer.set(start, this.#longer.has(start) ? null : index);
    return index;
  }

  /** The only span of several tokens that begins at this one, which is reported. */
  #beginning(token: number, path: string): number | undefined {
    const found = this.#longer.get(token) ?? undefined;
    if (found === undefined) return undefined;
    this.#omit(path, wholeEntityUsed, undefined, "disagreeing");
    return found;
  }

  /**
   * Locates a span by tokens if given, otherwise by characters. A disagreement is reported once, at
   * the span itself.
   */
  #span(fields: Fields, path: string, report: boolean): Span {
    const number = (name: string): number => asNumber(fields[name], this.#at, `${path}.${name}`);
    const characters =
      fields["start"] === undefined ? undefined : { start: number("start"), end: number("end"), text: wordsOf(fields) };
    if (!this.#hasTokens || fields["token_start"] === undefined) {
      return this.#place(characters ?? { start: number("start"), end: number("end") }, path, this.#at);
    }
    const span = { start: number("token_start"), end: number("token_end") + 1 };
    const { tokens } = this.#plain;
    const whole = Number.isInteger(span.start) && Number.isInteger(span.end);
    if (!whole || span.start < 0 || span.end > tokens.length || span.end <= span.start) {
      const message = `the tokens ${span.start} to ${span.end - 1} are not a span of the example's ${tokens.length} tokens`;
      const hint = "token_end is the index of the last token of the span";
      throw new DataError(span.end <= span.start ? "SPAN_EMPTY" : "SPAN_OUTSIDE", { at: within(this.#at, path), message, hint });
    }
    if (characters === undefined || !report) return span;
    const placed = this.#place(characters, path, this.#at);
    if (placed.start !== span.start || placed.end !== span.end) {
      const reason = "start and end give other tokens than token_start and token_end; the tokens were used";
      this.#omit(path, reason, undefined, "disagreeing");
    }
    return span;
  }
}

function typedKey({ start, end, type }: Entity): string {
  return JSON.stringify([start, end, type]);
}

function spansOf(fields: Fields, at: Location): CharacterSpan[] {
  return listOf(fields, "spans", at).flatMap((item) => {
    const span = firstFields(item) ?? {};
    const { start, end } = span;
    return typeof start === "number" && typeof end === "number" ? [{ start, end, text: wordsOf(span) }] : [];
  });
}

function wordsOf({ text }: Fields): string | undefined {
  return typeof text === "string" ? text : undefined;
}

function readMetadata(fields: Fields, at: Location): Fields {
  const others = Object.entries(fields).filter(([name]) => !ownFields.has(name) && !name.startsWith("_"));
  const meta = fields["meta"] === undefined || fields["meta"] === null ? {} : asObject(fields["meta"], at, "meta");
  return { ...Object.fromEntries(others), ...meta };
}

function printExample(document: Document, index: number): unknown {
  const { id, text, tokens, entities, relations, metadata } = document;
  const characters = offsetTranslation(text, "codepoint");
  const at = (offset: number): number => characters.fromUtf16(offset) ?? offset;
  const spans = entities.map((entity) => {
    const { start, end } = charSpan(document, entity);
    const place = { start: at(start), end: at(end), token_start: entity.start, token_end: entity.end - 1 };
    return { place: { ...place, ...(entity.type === null ? {} : { label: entity.type }) }, words: text.slice(start, end) };
  });
  return {
    ...(id === `record-${index + 1}` ? {} : { id }),
    text,
    tokens: tokens.map((token, id) => {
      const ws = text.charAt(token.end) === " ";
      return { text: token.text, start: at(token.start), end: at(token.end), id, ws, disabled: false };
    }),
    spans: spans.map(({ place, words }) => ({ ...place, text: words, type: "span" })),
    relations: relations.map(({ head, tail, type }) => ({
      head: spans[head]?.place.token_end,
      child: spans[tail]?.place.token_end,
      head_span: spans[head]?.place,
      child_span: spans[tail]?.place,
      label: type,
    })),
    ...(Object.keys(metadata).length === 0 ? {} : { meta: metadata }),
    answer: "accept",
    _view_id: "relations",
  };
}

function listOf(fields: Fields, name: string, at: Location): readonly unknown[] {
  return fields[name] === undefined || fields[name] === null ? [] : asList(fields[name], at, name);
}
