import { parseJson } from "../json/json.ts";
import type { Documents, Format } from "./format.ts";
import { recordOf } from "./shared/document-record.ts";
import { firstLineValues } from "./shared/json-lines.ts";
import { readLines } from "./shared/lines.ts";
import { documentFromRecord } from "./shared/record.ts";

/**
 * Weft's own format: one JSON object per line, which is a sentence, a document or a text with
 * character spans. `documentFromRecord` documents the fields. It holds every document completely.
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
    const values = firstLineValues(beginning);
    return values.length > 0 && values.every(looksLikeRecord);
  },

  async *read(chunks, options = {}) {
    const { source } = options;
    for await (const { text, number } of readLines(chunks, source)) {
      if (!/\S/.test(text)) continue;
      const at = { source, line: number };
      const { document, omissions } = documentFromRecord(parseJson(text, at), at, options.text);
      for (const omission of omissions) yield { kind: "omission", omission };
      yield { kind: "document", document, at };
    }
  },

  async *write(documents: Documents) {
    for await (const document of documents) yield { kind: "text", text: `${JSON.stringify(recordOf(document))}\n` };
  },
};

/**
 * Lines of other tools also have `tokens` or `text`, but their entities are lists, or objects with
 * other field names.
 */
function looksLikeRecord(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { tokens, text, entities, spans, ents } = value as Record<string, unknown>;
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
