import type { Document } from "../schema/index.ts";
import { graphFacts, graphName, type Properties } from "./property-graph.ts";
import { RecentSet } from "./recent-set.ts";
import { type TripleOptions, textFormat } from "./triple-format.ts";

/**
 * Statements for Neo4j 5 and other Cypher databases, one per line: `cypher-shell < graph.cypher`.
 *
 * Everything is merged by name, so loading a file twice is safe. A node may be repeated, but not
 * one written recently.
 */
export const cypher = textFormat(
  {
    name: "cypher",
    title: "Cypher",
    extension: ".cypher",
    mediaType: "application/vnd.neo4j.cypher",
    describe: "statements that merge documents, entities and relations into a graph database",
    holds: "entities",
  },
  (options) => {
    const said = new RecentSet();
    return { head: constraints, of: (document) => statements(document, options, said) };
  },
);

/** Without these constraints, every MERGE would scan all nodes. */
const constraints = ["Document", "Entity"]
  .map((label) => `CREATE CONSTRAINT weft_${label.toLowerCase()} IF NOT EXISTS FOR (n:${label}) REQUIRE n.id IS UNIQUE;\n`)
  .join("");

function statements(document: Document, options: TripleOptions, said: RecentSet): string {
  const { nodes, edges } = graphFacts(document, options);
  const lines = nodes
    .filter(({ id }) => said.add(id))
    .map(({ id, labels: [label = "", ...others], properties }) => {
      const more = others.map((other) => `, n:${identifier(other)}`).join("");
      return `MERGE (n:${identifier(label)} {id: ${literal(id)}}) SET n += ${map(properties)}${more};\n`;
    });
  for (const { from, to, fromLabel, type, key, properties } of edges) {
    const ends = `(h:${fromLabel} {id: ${literal(from)}}), (t:Entity {id: ${literal(to)}})`;
    lines.push(`MATCH ${ends} MERGE (h)-[r:${identifier(type)} ${map(key)}]->(t) SET r += ${map(properties)};\n`);
  }
  return lines.join("");
}

function map(properties: Properties): string {
  const entries = Object.entries(properties).filter(([, value]) => value !== null);
  return `{${entries.map(([name, value]) => `${name}: ${typeof value === "string" ? literal(value) : value}`).join(", ")}}`;
}

/**
 * Formats a string as a Cypher literal on one line.
 *
 * Older servers replace `\u0027` in the whole statement before they parse it, even inside quotes.
 * So the output contains a backslash followed by `u` only to encode a control character.
 */
function literal(text: string): string {
  const body = text
    .replace(/['\\\n\r\t]/g, (character) => escapes[character] as string)
    .replaceAll("\\\\u", "\\\\' + 'u")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are replaced
    .replace(
      /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  return `'${body}'`;
}

const escapes: Readonly<Record<string, string>> = { "'": "\\'", "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A name in backticks. */
function identifier(name: string): string {
  return `\`${graphName(name).replaceAll("`", "``")}\``;
}
