import type { Document } from "../schema/index.ts";
import { graphFacts, graphName } from "./property-graph.ts";
import { RecentSet } from "./recent-set.ts";
import { csvLine } from "./separated.ts";
import type { Cell } from "./table.ts";
import type { TripleFormat } from "./triple-format.ts";

const nodesFile = "nodes.csv";
const edgesFile = "relationships.csv";

/** The properties of edges, with the types that the import tool expects in the header. */
const edgeProperties = {
  id: "",
  relation: "",
  document: "",
  text: "",
  sentence: ":int",
  start: ":int",
  end: ":int",
  headStart: ":int",
  headEnd: ":int",
  tailStart: ":int",
  tailEnd: ":int",
  confidence: ":double",
  headConfidence: ":double",
  tailConfidence: ":double",
  model: "",
  modelVersion: "",
  modelDigest: "",
} as const;

/**
 * The two files for `neo4j-admin database import`, for graphs too large to merge statement by
 * statement.
 *
 * A node may be repeated after a long gap, since remembering all nodes would take unbounded memory.
 * The import skips repeats with `--skip-duplicate-nodes`.
 */
export const neo4jCsv: TripleFormat = {
  name: "neo4j-csv",
  title: "Neo4j import CSV",
  extension: "",
  mediaType: "text/csv",
  describe: "nodes.csv and relationships.csv for the bulk import of Neo4j",
  holds: "entities",
  files: [nodesFile, edgesFile],
  open(sink, options = {}) {
    const said = new RecentSet();
    let begun = false;
    const begin = async (): Promise<void> => {
      if (begun) return;
      begun = true;
      await sink.write(csvLine(["id:ID", "name", "type", ":LABEL"]), nodesFile);
      const properties = Object.entries(edgeProperties).map(([name, type]) => name + type);
      await sink.write(csvLine([":START_ID", ":END_ID", ":TYPE", ...properties]), edgesFile);
    };
    const write = async (document: Document): Promise<void> => {
      await begin();
      const { nodes, edges } = graphFacts(document, options);
      const nodeLines = nodes
        .filter(({ id }) => said.add(id))
        .map(({ id, labels, properties: { name, type } }) => line([id, name, type, labels.map(graphName).join(";")]));
      if (nodeLines.length > 0) await sink.write(nodeLines.join(""), nodesFile);
      const edgeLines = edges.map(({ from, to, type, key, properties }) => {
        const all: Readonly<Record<string, Cell>> = { ...key, ...properties };
        return line([from, to, graphName(type), ...Object.keys(edgeProperties).map((name) => all[name] ?? null)]);
      });
      if (edgeLines.length > 0) await sink.write(edgeLines.join(""), edgesFile);
    };
    return { write, end: begin };
  },
};

/** Removes line ends from cells, because the import tool accepts them only with an extra option. */
function line(cells: readonly Cell[]): string {
  return csvLine(cells.map((cell) => (typeof cell === "string" ? cell.replace(/[\n\r\u0085\u2028\u2029]+/g, " ") : cell)));
}
