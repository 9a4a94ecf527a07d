import type { Document } from "../schema/index.ts";
import { escapeXml } from "../text/index.ts";
import { entityName, statementName } from "./names.ts";
import { statementsOf } from "./statements.ts";
import { type Cell, rounded } from "./table.ts";
import { textFormat } from "./triple-format.ts";

/** What nodes, edges and the graph carry, with the types of GraphML. */
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
 * A node a mention, an edge a relation.
 *
 * GraphML wants every node once and has no way to say one again, so a node is a mention, which is
 * met once, and not an entity, which may come back after a billion others. Mentions of one entity
 * have the same `entity`. Their ids count documents and mentions, since ids of documents may come
 * twice.
 */
export const graphml = textFormat(
  {
    name: "graphml",
    title: "GraphML",
    extension: ".graphml",
    mediaType: "application/graphml+xml",
    describe: "a graph of mentions for Gephi, yEd, NetworkX and their like",
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

/** A reader of XML takes a bare CR for a line end. */
function escaped(text: string): string {
  return escapeXml(text).replaceAll("\r", "&#13;");
}
