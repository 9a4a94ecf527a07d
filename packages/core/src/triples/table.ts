import { type Document, roundConfidence } from "../schema/index.ts";
import { sentenceText, statementsOf } from "./statements.ts";
import type { TripleOptions } from "./triple-format.ts";

export type Cell = string | number | null;

/**
 * The columns of every triple table, in order: the triple, then its place, then its confidence and
 * model.
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

/** One row of a triple table. */
export type TripleRow = { readonly [Column in keyof typeof tripleColumns]: Cell };

/** One row per relation, with null for unknown values. */
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
 * Rounds a confidence to six digits, which never prints with an exponent; null for human
 * annotation.
 */
export function rounded(confidence: number | undefined): number | null {
  return confidence === undefined ? null : roundConfidence(confidence);
}
