import type { FixedRows, Parameter } from "@weft-nlp/tensor";
import { numbersOf, type PartNetwork } from "../input-part.ts";

/**
 * A part that looks up its column `ids` in a table.
 *
 * @param fixed rows that follow those of the table and are never trained; defaults to none
 */
export function tablePart(name: string, table: Parameter, fixed?: FixedRows): PartNetwork {
  const rows = table.rows + (fixed?.count ?? 0);
  const all = { name: table.name, rows };
  return {
    name,
    width: table.columns,
    names: (columns) => ({ table: all, ids: numbersOf(columns, "ids") }),
    rows: (_tape, columns) => ({ table, ids: numbersOf(columns, "ids"), fixed }),
  };
}
