import { DataError, type Location } from "../../errors.ts";
import { asObject, asString, type Fields, within } from "../../json/fields.ts";
import {
  type Document,
  type Entity,
  joinTokens,
  type Omission,
  type OmissionKind,
  type Span,
  validateDocument,
} from "../../schema/index.ts";
import { spanKey } from "../../schema/span-keys.ts";
import type { Documents, OutputFormat, ReadEvent, ReadOptions, WriteEvent } from "../format.ts";
import { fitDocument } from "./fit.ts";
import { readJsonValues } from "./json-values.ts";
import { longestLine, type TextChunks } from "./lines.ts";
import { type OnInvalid, unlessInvalid } from "./unless-invalid.ts";

/**
 * Reports what could not be carried over, with its path in the record. `at` overrides the record's
 * location for items with a line of their own.
 */
export type Omit = (path: string, reason: string, at?: Location, kind?: OmissionKind, rule?: string) => void;

/**
 * An object of a JSON file. The path of `at` is its index in the list, since a whole list may be on
 * one line.
 */
export interface JsonRecord {
  readonly fields: Fields;
  readonly at: Location;
  readonly index: number;
}

/** The objects of a JSON file that is a list or a sequence of objects. */
export async function* readJsonRecords(
  chunks: TextChunks,
  source: string | undefined,
  onInvalid?: OnInvalid,
): AsyncGenerator<JsonRecord> {
  let index = 0;
  for await (const { value, at: line } of readJsonValues(chunks, source, longestLine, onInvalid)) {
    const at = { ...line, path: `[${index}]` };
    const fields = unlessInvalid(() => asObject(value, at, ""), onInvalid);
    if (fields !== undefined) yield { fields, at, index };
    index++;
  }
}

/** The values of a companion file; undefined if it does not exist. */
export async function readCompanion(file: string, { companions }: ReadOptions): Promise<readonly unknown[] | undefined> {
  const chunks = companions?.read(file);
  if (chunks === undefined) return undefined;
  const values: unknown[] = [];
  for await (const { value } of readJsonValues(chunks, file)) values.push(value);
  return values;
}

/**
 * Reads one record: validates the document that `read` returns and yields its omissions first.
 *
 * @param read receives the function that records omissions; returns undefined if there is no
 * document
 * @param onInvalid see `ReadOptions`; an invalid record then yields nothing
 */
export function* recordEvents(
  at: Location,
  read: (omit: Omit) => Document | undefined,
  onInvalid?: OnInvalid,
): Generator<ReadEvent> {
  const omissions: Omission[] = [];
  const readValid = (): Document | undefined => {
    const document = read((path, reason, { source, line } = at, kind, rule) => {
      const what = { ...(kind === undefined ? {} : { kind }), ...(rule === undefined ? {} : { rule }) };
      omissions.push({ source, line, path: within(at, path).path, reason, ...what });
    });
    if (document !== undefined) validateDocument(document, at);
    return document;
  };
  let valid = true;
  const document = unlessInvalid(
    readValid,
    onInvalid &&
      ((fault) => {
        valid = false;
        onInvalid(fault);
      }),
  );
  if (!valid) return;
  for (const omission of omissions) yield { kind: "omission", omission };
  if (document !== undefined) yield { kind: "document", document, at };
}

/**
 * Applies the length limit of one line to a sentence that spans many lines.
 *
 * @param units UTF-16 units read so far
 * @throws {DataError} LINE_TOO_LONG
 */
export function checkHeld(units: number, at: Location): void {
  if (units <= longestLine) return;
  throw new DataError("LINE_TOO_LONG", {
    at,
    message: `the sentence has more than ${longestLine} UTF-16 units up to here`,
    hint: "the empty lines between sentences may be missing",
  });
}

/**
 * Makes a document without annotation from the words of its sentences, joined by single spaces.
 * Skips empty sentences.
 */
export function documentFromWords(id: string, sentences: readonly (readonly string[])[]): Document {
  const spans: Span[] = [];
  let start = 0;
  for (const { length } of sentences) {
    if (length > 0) spans.push({ start, end: start + length });
    start += length;
  }
  return { id, ...joinTokens(sentences.flat()), sentences: spans, entities: [], relations: [], metadata: {} };
}

/** The id in a record, as a string or a number; otherwise its position in the file, from 1. */
export function recordId(value: unknown, { at, index }: JsonRecord, path: string): string {
  if (value === undefined || value === null) return `record-${index + 1}`;
  return typeof value === "number" ? String(value) : asString(value, at, path);
}

/** Entities in file order, looked up by span. A lookup finds the first entity with the span. */
export class EntityTable {
  readonly entities: Entity[] = [];
  readonly #first = new Map<string, number>();
  readonly #starting = new Map<number, number[]>();

  add(entity: Entity): number {
    const place = this.entities.push(entity) - 1;
    const key = spanKey(entity);
    if (!this.#first.has(key)) this.#first.set(key, place);
    const starting = this.#starting.get(entity.start);
    if (starting === undefined) this.#starting.set(entity.start, [place]);
    else starting.push(place);
    return place;
  }

  find(span: Span): number | undefined {
    return this.#first.get(spanKey(span));
  }

  /** The first entity with this span, created without a type if there is none. */
  ensure({ start, end }: Span): number {
    return this.find({ start, end }) ?? this.add({ start, end, type: null });
  }

  /**
   * The entity at an end of a relation: the first with this span, otherwise the only one whose
   * first word this is, otherwise one that is created.
   */
  meant(span: Span): { readonly index: number; readonly by: "span" | "first word" | "creation" } {
    const exact = this.find(span);
    if (exact !== undefined) return { index: exact, by: "span" };
    const longer = (this.#starting.get(span.start) ?? []).filter((index) => (this.entities[index] as Entity).end > span.end);
    if (span.end === span.start + 1 && longer.length === 1) return { index: longer[0] as number, by: "first word" };
    return { index: this.ensure(span), by: "creation" };
  }
}

/**
 * Checks that a token span lies inside its sentence or document.
 *
 * @param end exclusive
 * @throws {DataError} FIELD_INVALID, SPAN_OUTSIDE, SPAN_EMPTY with the file's own path
 */
export function tokenSpan(start: number, end: number, bounds: Span, at: Location, path: string): Span {
  const whole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
  const code = !whole ? "FIELD_INVALID" : end <= start ? "SPAN_EMPTY" : "SPAN_OUTSIDE";
  if (code === "SPAN_OUTSIDE" && start >= bounds.start && end <= bounds.end) return { start, end };
  const extent = bounds.end === bounds.start ? "there are none" : `there are tokens ${bounds.start} to ${bounds.end - 1}`;
  const named = !whole || end <= start ? `from ${start} up to but not including ${end}` : `${start} to ${end - 1}`;
  throw new DataError(code, { at: within(at, path), message: `the span has the tokens ${named}, but ${extent}` });
}

/**
 * Checks the index that a relation gives for one of its ends.
 *
 * @param count how many items of this kind the record has
 * @throws {DataError} RELATION_END_MISSING
 */
export function endIndex(value: number, count: number, kind: "entity" | "word", at: Location, path: string): number {
  if (Number.isInteger(value) && value >= 0 && value < count) return value;
  const held = count === 0 ? "there are none" : `there are ${kind === "entity" ? "entities" : "words"} 0 to ${count - 1}`;
  throw new DataError("RELATION_END_MISSING", {
    at: within(at, path),
    message: `the relation names ${kind} ${value}, but ${held}`,
    hint: "indices count from 0 within the record",
  });
}

/**
 * The type of a relation. Reports and returns undefined if it has none, since such a relation
 * cannot be kept.
 */
export function relationType(value: unknown, at: Location, path: string, omit: Omit): string | undefined {
  const type = value === undefined || value === null ? "" : asString(value, at, path);
  if (type !== "") return type;
  omit(path, "the relation has no label; it was left out");
  return undefined;
}

/** How a reader reports that it took a word for the entity that the word begins. */
export const wholeEntityUsed = "only the first word of an entity is named; the whole entity was used";

/** The type of an entity; a missing value, null and the empty string mean none. */
export function entityType(value: unknown, at: Location, path: string): string | null {
  const type = value === undefined || value === null ? "" : asString(value, at, path);
  return type === "" ? null : type;
}

/** Reports every other field of a record as omitted. */
export function omitOthers(fields: Fields, known: ReadonlySet<string>, omit: Omit, path = ""): void {
  for (const name of Object.keys(fields)) {
    if (!known.has(name)) omit(path === "" ? name : `${path}.${name}`, "Weft cannot store this field; it was left out");
  }
}

/**
 * The first object of a JSON file, to recognise its format; undefined if the file starts with
 * anything else.
 */
export function firstFields(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** Writes each record of each document with `print`, as a compact JSON list. */
export async function* writeJsonList(
  documents: Documents,
  format: Pick<OutputFormat, "holds">,
  print: (record: Document, omit: Omit) => unknown,
): AsyncGenerator<WriteEvent> {
  let separator = "[";
  for await (const { record, omit, omissions } of fittedRecords(documents, format)) {
    const text = `${separator}${JSON.stringify(print(record, omit))}`;
    for (const omission of omissions()) yield { kind: "omission", omission };
    yield { kind: "text", text };
    separator = ",";
  }
  yield { kind: "text", text: separator === "[" ? "[]\n" : "]\n" };
}

interface FittedRecord {
  readonly record: Document;
  /** Reports losses that `fitDocument` cannot detect. */
  readonly omit: Omit;
  /** The document's omissions not returned so far. Yield them before requesting the next record. */
  readonly omissions: () => readonly Omission[];
}

/** The records of documents, reduced to what the format holds. */
export async function* fittedRecords(documents: Documents, { holds }: Pick<OutputFormat, "holds">): AsyncGenerator<FittedRecord> {
  for await (const document of documents) {
    const { records, omissions } = fitDocument(document, holds);
    let pending: Omission[] = [...omissions];
    for (const record of records) {
      const omit: Omit = (path, reason) => void pending.push({ source: document.id, path, reason });
      yield {
        record,
        omit,
        omissions() {
          const given = pending;
          pending = [];
          return given;
        },
      };
    }
  }
}
