import { charSpan, type Document, roundConfidence } from "@weft-nlp/core";
import { documentFromText, type TextRules } from "@weft-nlp/core/text";

/** A document of LangChain.js, as far as it is read here. */
export interface SourceDocument {
  readonly pageContent: string;
  readonly id?: string | undefined;
}

/** A node of LangChain's graph documents. */
export interface GraphNode {
  /** The words of the mention, with single spaces. */
  readonly id: string;
  readonly type: string;
  readonly properties: Record<string, number>;
}

/** A relationship of LangChain's graph documents. */
export interface GraphRelationship {
  readonly source: GraphNode;
  readonly target: GraphNode;
  readonly type: string;
  readonly properties: Record<string, number>;
}

/** What LangChain's graph stores take in `addGraphDocuments`. */
export interface GraphDocument<Source extends SourceDocument = SourceDocument> {
  readonly nodes: GraphNode[];
  readonly relationships: GraphRelationship[];
  readonly source: Source;
}

/** What annotates documents: an `Extractor`, or anything else that does. */
export interface GraphExtractor {
  readonly model?: { readonly description: { readonly text?: TextRules | undefined } };
  documents(
    documents: Iterable<Document>,
    options: { readonly threshold?: number | undefined; readonly minConfidence?: number | undefined },
  ): AsyncIterable<Document>;
}

/** Options of `GraphTransformer`. */
export interface GraphTransformerOptions {
  /** The minimum probability of a relation, 0 to 1; defaults to the model's own. */
  readonly threshold?: number | undefined;
  /** Omits entities and relations with less confidence than this, 0 to 1; defaults to 0. */
  readonly minConfidence?: number | undefined;
  /** The type of nodes whose entity has none; defaults to `Entity`. */
  readonly untyped?: string | undefined;
}

/**
 * Turns LangChain documents into graph documents with a Weft model, in place of LangChain's
 * `LLMGraphTransformer`: it has the same two methods, and asks no language model.
 *
 * Mentions with the same words and type are one node of a document; relations of the same type
 * between the same nodes are one relationship. Graph stores merge nodes of several documents in the
 * same way. `confidence` is the highest of those that were merged, and `mentions` counts them.
 */
export class GraphTransformer {
  readonly #extractor: GraphExtractor;
  readonly #options: GraphTransformerOptions;

  constructor(extractor: GraphExtractor, options: GraphTransformerOptions = {}) {
    this.#extractor = extractor;
    this.#options = options;
  }

  /** @returns a graph document for each document, in the same order */
  async convertToGraphDocuments<Source extends SourceDocument>(documents: readonly Source[]): Promise<GraphDocument<Source>[]> {
    const { threshold, minConfidence, untyped = "Entity" } = this.#options;
    const rules = this.#extractor.model?.description.text;
    const texts = documents.map(({ id, pageContent }, index) => documentFromText(id ?? `document-${index}`, pageContent, rules));
    const graphs: GraphDocument<Source>[] = [];
    for await (const found of this.#extractor.documents(texts, { threshold, minConfidence })) {
      graphs.push({ ...graphOf(found, untyped), source: documents[graphs.length] as Source });
    }
    return graphs;
  }

  /** The graph document of one document. */
  async processResponse<Source extends SourceDocument>(document: Source): Promise<GraphDocument<Source>> {
    const [graph] = await this.convertToGraphDocuments([document]);
    return graph as GraphDocument<Source>;
  }
}

function graphOf(document: Document, untyped: string): Pick<GraphDocument, "nodes" | "relationships"> {
  const nodes = new Map<string, GraphNode>();
  const nodeOf = document.entities.map((entity) => {
    const { start, end } = charSpan(document, entity);
    const id = document.text.slice(start, end).replace(/\s+/g, " ");
    const node = { id, type: entity.type ?? untyped, properties: {} };
    return merged(nodes, [node.type, id], node, entity.confidence);
  });
  const relationships = new Map<string, GraphRelationship>();
  for (const { head, tail, type, confidence } of document.relations) {
    const [source, target] = [nodeOf[head] as GraphNode, nodeOf[tail] as GraphNode];
    const ends = [source.type, source.id, type, target.type, target.id];
    merged(relationships, ends, { source, target, type, properties: {} }, confidence);
  }
  return { nodes: [...nodes.values()], relationships: [...relationships.values()] };
}

function merged<Item extends { readonly properties: Record<string, number> }>(
  items: Map<string, Item>,
  key: readonly string[],
  item: Item,
  confidence = 1,
): Item {
  const known = JSON.stringify(key);
  const kept = items.get(known) ?? item;
  const { properties } = kept;
  properties["mentions"] = (properties["mentions"] ?? 0) + 1;
  properties["confidence"] = Math.max(properties["confidence"] ?? 0, roundConfidence(confidence));
  items.set(known, kept);
  return kept;
}
