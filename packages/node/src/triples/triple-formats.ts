import { portableTripleFormats, type TripleFormat } from "@weft-nlp/core/triples";
import { parquet } from "./parquet.ts";
import { ntriples, turtle } from "./rdf.ts";

/** Every format for triples. The command line and the server use this table. */
export const tripleFormats = {
  ...portableTripleFormats,
  ntriples,
  turtle,
  parquet,
} satisfies Record<string, TripleFormat>;

/** A key of `tripleFormats`. */
export type TripleFormatName = keyof typeof tripleFormats;

/** The format for a file's ending, ignoring a final `.gz`. */
export function tripleFormatOf(path: string): TripleFormat | undefined {
  const name = path.toLowerCase().replace(/\.gz$/, "");
  const all: readonly TripleFormat[] = Object.values(tripleFormats);
  return all.find(({ extension }) => extension !== "" && name.endsWith(extension));
}
