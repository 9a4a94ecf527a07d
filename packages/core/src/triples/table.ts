import { type Document, roundConfidence } from "../schema/index.ts";
import { sentenceText, statementsOf } from "./statements.ts";
import type { TripleOptions } from "./triple-format.ts";

export type Cell = string | number | null;

/**
 * The columns of every table of triples, in order: the triple, then where it stands, then how sure
 * it is and who said so.
 */
export const tripleColumns = {
  head: "text",
  headType: "text",
  relation: "text",
  tail: "text",
  tailType: "text",
  confidence: "number",
  headConfidence: "number",
  tailConfidence: "number",
  document: "text",
  sentence: "integer",
  headStart: "integer",
  headEnd: "integer",
  tailStart: "integer",
  tailEnd: "integer",
  sentenceText: "text",
  model: "text",
  modelVersion: "text",
  modelDigest: "text",
} as const satisfies Record<string, "text" | "number" | "integer">;

export type TripleRow = { readonly [Column in keyof typeof tripleColumns]: Cell };

/** A row a relation. What is not known is null. */
export function tripleRows(document: Document, { model }: TripleOptions): TripleRow[] {
  const { document: id, statements } = statementsOf(document);
  return statements.map(({ head, relation, tail, confidence }) => ({
    head: head.text,
    headType: head.type,
    relation,
    tail: tail.text,
    tailType: tail.type,
    confidence: rounded(confidence),
    headConfidence: rounded(head.confidence),
    tailConfidence: rounded(tail.confidence),
    document: id,
    sentence: head.sentence,
    headStart: head.chars.start,
    headEnd: head.chars.end,
    tailStart: tail.chars.start,
    tailEnd: tail.chars.end,
    sentenceText: sentenceText(document, head),
    model: model?.name ?? null,
    modelVersion: model?.version ?? null,
    modelDigest: model?.digest ?? null,
  }));
}

/**
 * Null for what nobody predicted. With six digits, a number never turns into the form with an
 * exponent.
 */
export function rounded(confidence: number | undefined): number | null {
  return confidence === undefined ? null : roundConfidence(confidence);
}
