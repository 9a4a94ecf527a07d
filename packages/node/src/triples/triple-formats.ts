import { portableTripleFormats, type TripleFormat } from "@weft-nlp/core/triples";
import { parquet } from "./parquet.ts";
import { ntriples, turtle } from "./rdf.ts";

/**
 * Every form in which triples can be written, one line each. The command line and the server walk
 * this table.
 */
export const tripleFormats = {
  ...portableTripleFormats,
  ntriples,
  turtle,
  parquet,
} satisfies Record<string, TripleFormat>;

export type TripleFormatName = keyof typeof tripleFormats;

/** The format that a file's ending names, a `.gz` behind it aside. */
export function tripleFormatOf(path: string): TripleFormat | undefined {
  const name = path.toLowerCase().replace(/\.gz$/, "");
  const all: readonly TripleFormat[] = Object.values(tripleFormats);
  return all.find(({ extension }) => extension !== "" && name.endsWith(extension));
}
