import type { TripleFormat } from "@weft-nlp/core/triples";
import { tripleFormats } from "@weft-nlp/node/triples";

/** The formats whose parts can be joined: what they write for a document depends on it alone. */
export const outputNames = ["jsonl", "triples", "tsv", "csv"] as const;

/** The format with one of these names. */
export function outputFormat(name: (typeof outputNames)[number]): TripleFormat {
  return tripleFormats[name];
}
