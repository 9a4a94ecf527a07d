import { cypher } from "./cypher.ts";
import { graphml } from "./graphml.ts";
import { neo4jCsv } from "./neo4j-csv.ts";
import { csv, triples, tsv } from "./separated.ts";
import type { TripleFormat } from "./triple-format.ts";
import { jsonl } from "./triple-jsonl.ts";

/**
 * The triple formats without dependencies that run anywhere, one per line. The package `weft-nlp`
 * adds the others.
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
