import type { Document } from "@weft-nlp/core";
import { slotColour, textWidth, typeSlots } from "@weft-nlp/draw";
import { useMemo, useState } from "preact/hooks";
import { theme } from "../../page-theme.ts";
import { useMedia } from "../../parts/use-media.ts";
import { Confidence } from "./confidence.tsx";
import { type GraphEdge, type GraphNode, tripleGraph } from "./triple-graph.ts";

const listed = 300;

/** The relations as a graph and a list; selecting a node in the graph filters the list by it. */
export function GraphView({ document, types }: { readonly document: Document; readonly types: readonly string[] }) {
  // On a phone a wide graph would be too small to read.
  const aspect = useMedia("(max-width: 40rem)") ? 0.75 : 1.5;
  const graph = useMemo(() => tripleGraph(document, (text) => textWidth(text, 13), aspect), [document, aspect]);
  const [chosenKey, choose] = useState<string | null>(null);
  const [pointed, point] = useState<GraphEdge | null>(null);
  const chosen = graph.nodes.find(({ key }) => key === chosenKey);
  if (graph.nodes.length === 0) return <p class="panel empty">No relations to show</p>;
  const edges =
    chosen === undefined ? graph.edges : graph.edges.filter((edge) => edge.source === chosen || edge.target === chosen);
  return (
    <div class="graph panel">
      <Picture graph={graph} types={types} chosen={chosen} choose={choose} pointed={pointed} point={point} />
      <div class="found">
        <p class="quiet">
          {chosen === undefined
            ? `${graph.nodes.length} entities, ${edges.length} relations`
            : `${edges.length} with ${chosen.text}`}
          {graph.total > graph.nodes.length
            ? `; ${graph.total - graph.nodes.length} entities with fewer relations are not shown`
            : ""}
        </p>
        <ul class="triples" aria-label="Relations">
          {edges.slice(0, listed).map((edge) => (
            <li
              key={`${edge.source.key} ${edge.relation} ${edge.target.key}`}
              class={edge === pointed ? "on" : undefined}
              onPointerEnter={() => point(edge)}
              onPointerLeave={() => point(null)}
            >
              <span>
                <bdi>{edge.source.text}</bdi> <em>{edge.relation}</em> <bdi>{edge.target.text}</bdi>
                {edge.count > 1 ? <small> × {edge.count}</small> : null}
              </span>
              <Confidence value={edge.confidence} />
            </li>
          ))}
        </ul>
        {edges.length > listed ? <p class="quiet">and {edges.length - listed} more; download the result for all</p> : null}
      </div>
    </div>
  );
}

interface PictureProps {
  readonly graph: { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] };
  readonly types: readonly string[];
  readonly chosen: GraphNode | undefined;
  readonly choose: (key: string | null) => void;
  readonly pointed: GraphEdge | null;
  readonly point: (edge: GraphEdge | null) => void;
}

function Picture({ graph: { nodes, edges }, types, chosen, choose, pointed, point }: PictureProps) {
  const slots = typeSlots([...types, ...nodes.flatMap(({ type }) => (type === null ? [] : [type]))]);
  const [stop, setStop] = useState(0);
  const near = new Set<GraphNode>(chosen === undefined ? nodes : [chosen]);
  if (chosen !== undefined) {
    for (const { source, target } of edges) if (source === chosen || target === chosen) near.add(source).add(target);
  }
  const onKey = (event: KeyboardEvent, index: number) => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined) {
      const next = (index + step + nodes.length) % nodes.length;
      setStop(next);
      (event.currentTarget as Element).parentElement?.querySelectorAll<SVGElement>(".node")[next]?.focus();
    } else if (event.key === "Enter" || event.key === " ") choose(nodes[index] === chosen ? null : (nodes[index]?.key ?? null));
    else if (event.key === "Escape") choose(null);
    else return;
    event.preventDefault();
  };
  return (
    <svg class="picture" viewBox={frameOf(nodes)} role="group" aria-label={`Graph of ${nodes.length} entities`}>
      <defs>
        <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 .6L8 4 0 7.4z" />
        </marker>
      </defs>
      <g aria-hidden="true">
        {edges.map((edge) => {
          const { path, x, y } = course(edge);
          const quiet = chosen !== undefined && edge.source !== chosen && edge.target !== chosen;
          return (
            <g
              key={`${edge.source.key} ${edge.relation} ${edge.target.key}`}
              class={`edge${edge === pointed ? " on" : ""}${quiet ? " dim" : ""}`}
              onPointerEnter={() => point(edge)}
              onPointerLeave={() => point(null)}
            >
              <path d={path} opacity={0.35 + 0.65 * edge.confidence} marker-end="url(#tip)" />
              <text x={x} y={y}>
                {edge.relation}
              </text>
            </g>
          );
        })}
      </g>
      {nodes.map((node, index) => {
        const { fill, border } = slotColour(node.type === null ? 12 : (slots.get(node.type) ?? 12), theme.value);
        return (
          <g
            key={node.key}
            class={`node${near.has(node) ? "" : " dim"}`}
            transform={`translate(${node.x.toFixed(1)} ${node.y.toFixed(1)})`}
            role="button"
            tabIndex={index === Math.min(stop, nodes.length - 1) ? 0 : -1}
            aria-pressed={node === chosen}
            aria-label={`${node.text}${node.type === null ? "" : `, ${node.type}`}, ${node.degree} ${node.degree === 1 ? "relation" : "relations"}`}
            onClick={() => choose(node === chosen ? null : node.key)}
            onFocus={() => setStop(index)}
            onKeyDown={(event) => onKey(event, index)}
          >
            <rect x={-node.width / 2} y={-15} width={node.width} height={30} rx={9} fill={fill} stroke={border} />
            <text y={4.5}>{shortened(node.text)}</text>
          </g>
        );
      })}
    </svg>
  );
}

/** A box around all nodes, with room for loops and labels. */
function frameOf(nodes: readonly GraphNode[]): string {
  const left = Math.min(...nodes.map(({ x, width }) => x - width / 2)) - 40;
  const right = Math.max(...nodes.map(({ x, width }) => x + width / 2)) + 40;
  const top = Math.min(...nodes.map(({ y }) => y)) - 60;
  const bottom = Math.max(...nodes.map(({ y }) => y)) + 50;
  return [left, top, Math.max(right - left, 480), Math.max(bottom - top, 260)].map((value) => value.toFixed(0)).join(" ");
}

/** An arc between the edges of two boxes, curved by its lane, and the position of its label. */
function course({ source, target, lane }: GraphEdge): { path: string; x: number; y: number } {
  if (source === target) {
    const [x, y] = [source.x, source.y - 15];
    return { path: `M${x - 14} ${y}C${x - 34} ${y - 40} ${x + 34} ${y - 40} ${x + 14} ${y - 1}`, x, y: y - 34 };
  }
  const [dx, dy] = [target.x - source.x, target.y - source.y];
  const length = Math.hypot(dx, dy) || 1;
  const bend = lane * 46;
  const [cx, cy] = [(source.x + target.x) / 2 - (dy / length) * bend, (source.y + target.y) / 2 + (dx / length) * bend];
  const [start, end] = [rim(source, cx, cy), rim(target, cx, cy)];
  const [x, y] = [(start.x + 2 * cx + end.x) / 4, (start.y + 2 * cy + end.y) / 4];
  return { path: `M${start.x} ${start.y}Q${cx.toFixed(1)} ${cy.toFixed(1)} ${end.x} ${end.y}`, x, y: y - 4 };
}

/** The point where the line from the centre of a node to another point leaves its box. */
function rim({ x, y, width }: GraphNode, towardsX: number, towardsY: number): { x: number; y: number } {
  const [dx, dy] = [towardsX - x, towardsY - y];
  const scale = Math.min((width / 2 + 3) / Math.max(Math.abs(dx), 0.01), 18 / Math.max(Math.abs(dy), 0.01));
  return { x: Number((x + dx * scale).toFixed(1)), y: Number((y + dy * scale).toFixed(1)) };
}

function shortened(text: string): string {
  return textWidth(text, 13) <= 190 ? text : `${text.slice(0, 26).trimEnd()}…`;
}
