import type { Document } from "../schema/index.ts";
import { escapeXml } from "../text/index.ts";
import { entityName, statementName } from "./names.ts";
import { statementsOf } from "./statements.ts";
import { type Cell, rounded } from "./table.ts";
import { textFormat } from "./triple-format.ts";

/** The attributes of nodes, edges and the graph, with their GraphML types. */
const keys = {
  node: {
    label: "string",
    type: "string",
    entity: "string",
    document: "string",
    sentence: "int",
    start: "int",
    end: "int",
    confidence: "double",
  },
  edge: { label: "string", statement: "string", document: "string", sentence: "int", confidence: "double" },
  graph: { model: "string", modelVersion: "string", modelDigest: "string" },
} as const;

/**
 * One node per mention, one edge per relation.
 *
 * GraphML requires unique nodes, so nodes are mentions. An entity may recur after a billion others,
 * and remembering all of them would take unbounded memory. Mentions of one entity share the value
 * of `entity`. Node ids count documents and mentions, since document ids may repeat.
 */
export const graphml = textFormat(
  {
    name: "graphml",
    title: "GraphML",
    extension: ".graphml",
    mediaType: "application/graphml+xml",
    describe: "a graph of mentions for Gephi, yEd, NetworkX and similar tools",
    holds: "entities",
  },
  ({ model }) => {
    let documents = 0;
    const about = { model: model?.name ?? null, modelVersion: model?.version ?? null, modelDigest: model?.digest ?? null };
    return {
      head: [
        '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n',
        ...Object.entries(keys).flatMap(([kind, fields]) =>
          Object.entries(fields).map(
            ([name, type]) => `<key id="${kind}-${name}" for="${kind}" attr.name="${name}" attr.type="${type}"/>\n`,
          ),
        ),
        `<graph id="weft" edgedefault="directed">${data("graph", about)}\n`,
      ].join(""),
      of: (document) => graphOf(document, documents++),
      tail: "</graph>\n</graphml>\n",
    };
  },
);

function graphOf(source: Document, index: number): string {
  const { document, mentions, statements } = statementsOf(source);
  const nodeOf = new Map(mentions.map((mention, place) => [mention, `d${index}m${place}`]));
  const nodes = mentions.map((mention) => {
    const { text, type, sentence, chars, confidence } = mention;
    const entity = entityName(mention);
    const fields = { label: text, type, entity, document, sentence, ...chars, confidence: rounded(confidence) };
    return `<node id="${nodeOf.get(mention)}">${data("node", fields)}</node>\n`;
  });
  const edges = statements.map((statement, place) => {
    const { head, relation, tail, confidence } = statement;
    const fields = {
      label: relation,
      statement: statementName(document, statement),
      document,
      sentence: head.sentence,
      confidence: rounded(confidence),
    };
    const ends = `source="${nodeOf.get(head)}" target="${nodeOf.get(tail)}"`;
    return `<edge id="d${index}r${place}" ${ends}>${data("edge", fields)}</edge>\n`;
  });
  return nodes.join("") + edges.join("");
}

function data(kind: keyof typeof keys, fields: Readonly<Record<string, Cell>>): string {
  return Object.entries(fields)
    .map(([name, value]) => (value === null ? "" : `<data key="${kind}-${name}">${escaped(String(value))}</data>`))
    .join("");
}

/** XML parsers read a bare CR as a line end. */
function escaped(text: string): string {
  return escapeXml(text).replaceAll("\r", "&#13;");
}
