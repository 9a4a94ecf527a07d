import type { Document } from "../schema/index.ts";
import { documentName, entityName, statementName } from "./names.ts";
import { statementsOf } from "./statements.ts";
import { type Cell, rounded } from "./table.ts";
import type { TripleOptions } from "./triple-format.ts";

export type Properties = Readonly<Record<string, Cell>>;

interface GraphNode {
  readonly id: string;
  /** `Document` or `Entity`, then the entity's type. */
  readonly labels: readonly string[];
  readonly properties: { readonly name: string; readonly type: string | null };
}

interface GraphEdge {
  readonly from: string;
  readonly fromLabel: "Document" | "Entity";
  /** An entity. */
  readonly to: string;
  readonly type: string;
  /** Distinguishes it from other edges between the same nodes. */
  readonly key: Properties;
  readonly properties: Properties;
}

/**
 * A document as a property graph: nodes for the document and its entities, a `MENTIONS` edge for
 * each mention, and an edge between two entities for each relation, with its source and confidence.
 */
export function graphFacts(source: Document, { model }: TripleOptions): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const { document, mentions, statements } = statementsOf(source);
  const from = documentName(document);
  const about = { model: model?.name ?? null, modelVersion: model?.version ?? null, modelDigest: model?.digest ?? null };
  const nodes: GraphNode[] = [{ id: from, labels: ["Document"], properties: { name: document, type: null } }];
  const edges: GraphEdge[] = [];
  for (const mention of mentions) {
    const { text, type, chars, sentence, confidence } = mention;
    const id = entityName(mention);
    const labels = type === null || reserved.has(type) ? ["Entity"] : ["Entity", type];
    nodes.push({ id, labels, properties: { name: text, type } });
    const properties = { text, sentence, confidence: rounded(confidence), ...about };
    edges.push({ from, fromLabel: "Document", to: id, type: "MENTIONS", key: { ...chars }, properties });
  }
  for (const statement of statements) {
    const { head, relation, tail, confidence } = statement;
    edges.push({
      from: entityName(head),
      fromLabel: "Entity",
      to: entityName(tail),
      type: relation,
      key: { id: statementName(document, statement) },
      properties: {
        relation,
        document,
        sentence: head.sentence,
        headStart: head.chars.start,
        headEnd: head.chars.end,
        tailStart: tail.chars.start,
        tailEnd: tail.chars.end,
        confidence: rounded(confidence),
        headConfidence: rounded(head.confidence),
        tailConfidence: rounded(tail.confidence),
        ...about,
      },
    });
  }
  return { nodes, edges };
}

/** Entities with these types would mix with the documents. */
const reserved = new Set(["Document", "Entity"]);

/**
 * A label or edge type that databases accept: characters that would end it or start an escape
 * become underscores. The property `type` or `relation` keeps the original name.
 */
export function graphName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are replaced
  return name.replace(/[\\;\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, "_");
}
