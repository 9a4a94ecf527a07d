import { ShapeError } from "../../errors.ts";
import type { Address } from "../../kernels/kernels.ts";
import type { Matrix } from "../../tensor/matrix.ts";
import type { Parameter } from "../../tensor/parameter-store.ts";
import type { Operation } from "../tape.ts";

/** A table, and the row to take for each of N tokens. */
export interface Lookup {
  readonly table: Parameter;
  readonly ids: Int32Array;
}

export interface Saved {
  readonly lookups: readonly Lookup[];
  readonly output: Matrix;
}

/**
 * Looks up rows of several tables and concatenates them: [N, Σ columns]. The gradient is kept as
 * rows, so its cost does not grow with the tables.
 *
 * @throws {ShapeError} unless all lookups have the same number of ids
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
    for (const { table, ids } of lookups) {
      const index = tape.integers(ids);
      tape.kernels.gatherRows({
        m: n,
        n: table.columns,
        index,
        x: table.at,
        xStride: table.stride,
        y: output.at + offset * 4,
        yStride: output.stride,
      });
      offset += table.columns;
    }
    return { output, saved: { lookups, output } };
  },

  backward(tape, { lookups, output }) {
    let offset = 0;
    for (const { table, ids } of lookups) {
      const at: Address = tape.zeroed(ids.length * table.stride);
      const inOrder = tape.integers(Int32Array.from(ids.keys()));
      tape.kernels.gatherRows({
        m: ids.length,
        n: table.columns,
        index: inOrder,
        x: output.grad + offset * 4,
        xStride: output.stride,
        y: at,
        yStride: table.stride,
      });
      tape.rowGradients.push({ parameter: table, ids, at });
      offset += table.columns;
    }
  },
};
