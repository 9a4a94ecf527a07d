import { ShapeError } from "../../errors.ts";
import type { Address } from "../../kernels/kernels.ts";
import type { Matrix } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation, Tape } from "../tape.ts";

/**
 * Rows that belong to a table but to no parameter: nothing trains them. Their ids follow those of
 * the table's own rows.
 */
export interface FixedRows {
  readonly count: number;
  /** Writes row 0 to `count` − 1 into as many floats as the table has columns. */
  read(row: number, into: Float32Array): void;
}

/** A table, and the row to take for each of N tokens. */
export interface Lookup {
  readonly table: Parameter;
  readonly ids: Int32Array;
  /** The rows that ids from `table.rows` on stand for; defaults to none. */
  readonly fixed?: FixedRows | undefined;
}

export interface Saved {
  readonly lookups: readonly Lookup[];
  readonly output: Matrix;
}

/**
 * Looks up rows of several tables and concatenates them: [N, Σ columns]. The gradient is kept as
 * rows, so its cost does not grow with the tables. Fixed rows get none.
 *
 * @throws {ShapeError} unless all lookups have the same number of ids, each with a row
 */
export const embed: Operation<readonly Lookup[], Matrix, Saved> = {
  forward(tape, lookups) {
    const n = lookups[0]?.ids.length ?? 0;
    let columns = 0;
    for (const { table, ids } of lookups) {
      if (ids.length !== n)
        throw new ShapeError(`all lookups of a call must have the same number of ids, got ${n} and ${ids.length}`);
      columns += table.columns;
    }
    const output = tape.matrix(n, columns); // [N, D]
    let offset = 0;
    for (const { table, ids, fixed } of lookups) {
      const own = ownPlaces(table, ids);
      // Places of fixed rows read row 0 first; a table has at least the row of unknown words.
      const index = tape.integers(own === undefined ? ids : ids.map((id) => (id < table.rows ? id : 0)));
      tape.kernels.gatherRows({
        m: n,
        n: table.columns,
        index,
        x: table.at,
        xStride: table.stride,
        y: output.at + offset * 4,
        yStride: output.stride,
      });
      if (own !== undefined) writeFixed(tape, output, offset, { table, ids, fixed });
      offset += table.columns;
    }
    return { output, saved: { lookups, output } };
  },

  backward(tape, { lookups, output }) {
    let offset = 0;
    for (const { table, ids } of lookups) {
      const places = ownPlaces(table, ids) ?? Int32Array.from(ids.keys());
      const at: Address = tape.zeroed(places.length * table.stride);
      tape.kernels.gatherRows({
        m: places.length,
        n: table.columns,
        index: tape.integers(places),
        x: output.grad + offset * 4,
        xStride: output.stride,
        y: at,
        yStride: table.stride,
      });
      tape.rowGradients.push({ parameter: table, ids: places.map((place) => ids[place] as number), at });
      offset += table.columns;
    }
  },
};

/** The places whose rows the table itself holds; undefined if these are all. */
function ownPlaces(table: Parameter, ids: Int32Array): Int32Array | undefined {
  let own = 0;
  for (const id of ids) if (id < table.rows) own++;
  if (own === ids.length) return undefined;
  const places = new Int32Array(own);
  let at = 0;
  for (const [place, id] of ids.entries()) if (id < table.rows) places[at++] = place;
  return places;
}

function writeFixed(tape: Tape, output: Matrix, offset: number, { table, ids, fixed }: Lookup): void {
  for (const [place, id] of ids.entries()) {
    if (id < table.rows) continue;
    if (fixed === undefined || id >= table.rows + fixed.count) {
      throw new ShapeError(`row ${id} of ${table.name}, which has ${table.rows} rows and ${fixed?.count ?? 0} fixed ones`);
    }
    fixed.read(id - table.rows, tape.heap.floats(output.at + (place * output.stride + offset) * 4, table.columns));
  }
}
