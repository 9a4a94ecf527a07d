import type { Location } from "../errors.ts";
import { parseJson } from "../json/json.ts";
import type { Documents, Format, ReadOptions } from "./format.ts";
import { isJsonMin } from "./label-studio-min.ts";
import { recordOf } from "./shared/document-record.ts";
import { firstLineValues } from "./shared/json-lines.ts";
import { firstJsonValue } from "./shared/json-values.ts";
import { readLines, type TextChunks } from "./shared/lines.ts";
import { documentFromRecord } from "./shared/record.ts";
import { firstFields, readJsonRecords } from "./shared/records.ts";
import { unlessInvalid } from "./shared/unless-invalid.ts";

/**
 * Weft's own format: one JSON object per line, which is a sentence, a document or a text with
 * character spans. `documentFromRecord` documents the fields. It holds every document completely.
 * A JSON list of such objects and objects over several lines are read too.
 */
export const jsonl: Format = {
  name: "jsonl",
  title: "Weft JSONL",
  extensions: [".jsonl", ".ndjson"],
  holds: {
    record: "document",
    text: true,
    tokens: true,
    offsets: "tokens",
    entities: "all",
    entityTypes: "optional",
    relations: true,
    overlapping: true,
    duplicates: true,
    crossSentence: true,
    discontinuous: false,
    confidence: true,
    ids: true,
    pos: true,
    metadata: true,
  },

  recognises(beginning) {
    if (/^\uFEFF?\s*\[/.test(beginning) || spreadObject.test(beginning)) {
      const first = firstFields(firstJsonValue(beginning));
      return typeof first?.["text"] === "string" && looksLikeRecord(first);
    }
    const values = firstLineValues(beginning);
    return values.length > 0 && values.every(looksLikeRecord);
  },

  async *read(chunks, options = {}) {
    const { onInvalid } = options;
    for await (const { value, at } of recordsOf(chunks, options)) {
      const read = unlessInvalid(() => documentFromRecord(value(), at, options.text), onInvalid);
      if (read === undefined) continue;
      for (const omission of read.omissions) yield { kind: "omission", omission };
      yield { kind: "document", document: read.document, at };
    }
  },

  async *write(documents: Documents) {
    for await (const document of documents) yield { kind: "text", text: `${JSON.stringify(recordOf(document))}\n` };
  },
};

interface PlacedRecord {
  /** @throws {DataError} JSON_INVALID */
  readonly value: () => unknown;
  readonly at: Location;
}

/** The beginning of an object over several lines, as `JSON.stringify` indents it. */
const spreadObject = /^\uFEFF?\s*\{\s*\n\s*"/;

/** The records of a file: its lines, the elements of a list, or objects over several lines. */
async function* recordsOf(chunks: TextChunks, { source, onInvalid }: ReadOptions): AsyncGenerator<PlacedRecord> {
  const { inLines, text } = await withFirst(chunks);
  if (!inLines) {
    for await (const { fields, at, index } of readJsonRecords(text, source, onInvalid))
      yield { value: () => ({ id: `record-${index + 1}`, ...fields }), at };
    return;
  }
  for await (const { text: line, number } of readLines(text, source)) {
    if (!/\S/.test(line)) continue;
    const at = { source, line: number };
    yield { value: () => parseJson(line, at), at };
  }
}

/** Whether the text begins like lines of records. A line with a list is invalid, not a list. */
async function withFirst(chunks: TextChunks): Promise<{ inLines: boolean; text: AsyncIterable<string> }> {
  const iterator = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  let beginning = "";
  let next = await iterator.next();
  for (; next.done !== true; next = await iterator.next()) {
    beginning += next.value;
    if (beginning.length > 1 << 16 || /[^\s\uFEFF]\s*[^\s]/.test(beginning)) break;
  }
  async function* whole(): AsyncGenerator<string> {
    try {
      if (beginning !== "") yield beginning;
      if (next.done === true) return;
      for (next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { inLines: !/^\uFEFF?\s*\[\s*\{/.test(beginning) && !spreadObject.test(beginning), text: whole() };
}

/**
 * Lines of other tools also have `tokens` or `text`, but their entities are lists, or objects with
 * other field names.
 */
function looksLikeRecord(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { tokens, text, entities, spans, ents, triple_list, relation_list, entity_list } = value as Record<string, unknown>;
  if ([triple_list, relation_list, entity_list].some(Array.isArray) || isJsonMin(value as Record<string, unknown>)) return false;
  const hasTokens =
    Array.isArray(tokens) &&
    (tokens.every((token) => typeof token === "string") || areFormerTokens(value as Record<string, unknown>));
  if ((!hasTokens && (tokens !== undefined || typeof text !== "string")) || spans !== undefined || Array.isArray(ents))
    return false;
  if (entities === undefined) return true;
  const [first] = Array.isArray(entities) ? (entities as unknown[]) : [null];
  if (first === undefined) return true;
  return typeof first === "object" && first !== null && "type" in first && ("start" in first || "startChar" in first);
}

/** Tokens given by offsets alone, as in former server answers. */
function areFormerTokens({ text, tokens, sentences, relations }: Readonly<Record<string, unknown>>): boolean {
  return (
    typeof text === "string" &&
    Array.isArray(sentences) &&
    Array.isArray(relations) &&
    (tokens as unknown[]).every((token) => typeof token === "object" && token !== null && "start" in token && "end" in token)
  );
}
