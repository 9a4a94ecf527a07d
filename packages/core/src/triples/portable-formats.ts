import { cypher } from "./cypher.ts";
import { graphml } from "./graphml.ts";
import { neo4jCsv } from "./neo4j-csv.ts";
import { csv, triples, tsv } from "./separated.ts";
import type { TripleFormat } from "./triple-format.ts";
import { jsonl } from "./triple-jsonl.ts";

/**
 * The formats of triples that need no package and run anywhere, one line each. The package `weft`
 * adds those that do.
 */
export const portableTripleFormats = {
  jsonl,
  triples,
  tsv,
  csv,
  graphml,
  cypher,
  "neo4j-csv": neo4jCsv,
} satisfies Record<string, TripleFormat>;
