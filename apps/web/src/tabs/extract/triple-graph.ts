import { type Document, triplesOf } from "@weft-nlp/core";
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";

export interface GraphNode {
  readonly key: string;
  readonly text: string;
  readonly type: string | null;
  /** Number of triples with this node. */
  readonly degree: number;
  readonly width: number;
  x: number;
  y: number;
}

/** All triples with the same ends and the same relation. */
export interface GraphEdge {
  readonly source: GraphNode;
  readonly target: GraphNode;
  readonly relation: string;
  /** Number of these triples in the text. */
  readonly count: number;
  /** The highest confidence among them. */
  readonly confidence: number;
  /**
   * Separates edges between the same two nodes: 0, 1, -1, 2, …, signed in the direction from the
   * earlier node.
   */
  readonly lane: number;
}

export interface TripleGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Number of nodes before the limit. */
  readonly total: number;
}

/** More nodes would be illegible; those with the most triples are kept. */
const maxNodes = 120;

/**
 * Lays out the relations of a document as a graph. Mentions with the same words and type share a
 * node.
 *
 * The same document gives the same picture: d3-force starts from a fixed spiral and draws its own
 * random numbers from a fixed seed.
 *
 * @param measure returns the width of a text in the picture's font
 * @param aspect width over height of the available space
 */
export function tripleGraph(document: Document, measure: (text: string) => number, aspect: number): TripleGraph {
  const nodes = new Map<string, GraphNode & { degree: number }>();
  const nodeOf = ({ text, type }: { text: string; type: string | null }) => {
    const key = JSON.stringify([text, type]);
    const known = nodes.get(key) ?? { key, text, type, degree: 0, width: Math.min(measure(text), 190) + 20, x: 0, y: 0 };
    known.degree++;
    nodes.set(key, known);
    return known;
  };
  const edges = new Map<string, { source: GraphNode; target: GraphNode; relation: string; count: number; confidence: number }>();
  for (const { head, relation, tail, confidence } of triplesOf(document)) {
    const [source, target] = [nodeOf(head), nodeOf(tail)];
    const key = JSON.stringify([source.key, relation, target.key]);
    const known = edges.get(key) ?? { source, target, relation, count: 0, confidence: 0 };
    known.count++;
    known.confidence = Math.max(known.confidence, confidence);
    edges.set(key, known);
  }
  const kept = [...nodes.values()].sort((a, b) => b.degree - a.degree || (a.key < b.key ? -1 : 1)).slice(0, maxNodes);
  const inside = new Set<GraphNode>(kept);
  const keptEdges = [...edges.values()].filter(({ source, target }) => inside.has(source) && inside.has(target));
  layOut(
    kept,
    keptEdges.map(({ source, target, relation }) => ({ source, target, labelWidth: measure(relation) * 0.85 })),
    aspect,
  );
  return { nodes: kept, edges: withLanes(keptEdges), total: nodes.size };
}

interface Link {
  readonly source: GraphNode;
  readonly target: GraphNode;
  readonly labelWidth: number;
}

function layOut(nodes: GraphNode[], edges: readonly Link[], aspect: number): void {
  // d3-force places nodes without coordinates on its spiral, and adds its own fields to them.
  for (const node of nodes) [node.x, node.y] = [Number.NaN, Number.NaN];
  const simulation = forceSimulation(nodes)
    .force(
      "edges",
      forceLink<GraphNode, Link>(edges.map((edge) => ({ ...edge }))).distance(
        ({ source, target, labelWidth }) => 60 + labelWidth + (source.width + target.width) / 3,
      ),
    )
    .force("apart", forceManyBody().strength(-1400).distanceMax(900))
    .force("across", forceX(0).strength(0.05 / aspect))
    .force("down", forceY(0).strength(0.05 * aspect))
    .stop()
    .tick(300);
  // Boxes take up space only now: earlier they would block each other on the way to their places.
  // This also brings unconnected parts of the graph together.
  simulation.force("room", forceCollide<GraphNode>(({ width }) => width / 2 + 8).iterations(2));
  simulation.force("apart", forceManyBody().strength(-900).distanceMax(300));
  simulation.force("across", forceX(0).strength(0.1 / aspect)).force("down", forceY(0).strength(0.1 * aspect));
  simulation.alpha(0.6).tick(200);
}

function withLanes(edges: readonly Omit<GraphEdge, "lane">[]): GraphEdge[] {
  const used = new Map<string, number>();
  return edges.map((edge) => {
    const between = [edge.source.key, edge.target.key].sort().join("\0");
    const place = used.get(between) ?? 0;
    used.set(between, place + 1);
    const side = Math.ceil(place / 2) * (place % 2 === 1 ? 1 : -1);
    return { ...edge, lane: side === 0 ? 0 : edge.source.key <= edge.target.key ? side : -side };
  });
}
