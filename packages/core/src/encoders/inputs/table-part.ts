import type { Parameter } from "@weft-nlp/tensor";
import { type Columns, numbersOf, type PartNetwork } from "../input-part.ts";

/** A part that looks up its column `ids` in a table. */
export function tablePart(name: string, table: Parameter): PartNetwork {
  const lookup = (columns: Columns) => ({ table, ids: numbersOf(columns, "ids") });
  return { name, width: table.columns, names: lookup, rows: (_tape, columns) => lookup(columns) };
}
