import type { normalise } from "../../kernels/contract/normalise.ts";
import { normals, paddedRows, rowShapes, shares } from "../draws.ts";
import type { CasesOf } from "../kernel-call.ts";

const shapes = [1, 2, 5, 33].flatMap((m) => [4, 8, 20].map((width) => ({ m, width })));
const shapesAndNone = [...shapes, { m: 0, width: 8 }];
/** In 32 bits the sum of 33 rows, and a quotient by a small deviation, are short of a digit. */
const tolerance = { relative: 5e-6, absolute: 5e-6 };

export const normaliseCases: CasesOf<typeof normalise> = {
  *columnMoments() {
    for (const { m, width } of shapes) {
      yield { given: { m, width }, tolerance };
      // A column that is the same everywhere has the variance zero.
      yield { given: { m, width, x: new Float32Array(m * width).fill(0.1) }, tolerance };
    }
  },

  *normaliseRows(random) {
    for (const { m, width } of shapesAndNone) {
      for (const variance of [shares(random, width), new Float32Array(width)]) {
        yield { given: { m, width, variance, epsilon: 0.01 }, tolerance };
      }
    }
  },

  *normaliseRowsBackward(random) {
    for (const { m, width } of shapesAndNone) {
      for (const share of [1 / Math.max(1, m), 0]) {
        const variance = shares(random, width);
        yield { given: { m, width, variance, epsilon: 0.01, share }, tolerance: { relative: 2e-5, absolute: 5e-5 } };
      }
    }
  },

  *layerNormForward(random) {
    const drawn = (m: number, columns: number): Float32Array => paddedRows(m, columns, (n) => normals(random, n));
    for (const { m, columns, stride } of rowShapes) {
      const given = { m, columns, stride, epsilon: 0.01, scale: drawn(1, columns), shift: drawn(1, columns) };
      // Rows may have anything on their padding.
      yield { given, tolerance };
      // A row that is the same everywhere has the variance zero.
      yield { given: { ...given, x: new Float32Array(m * stride).fill(0.1) }, tolerance };
    }
  },

  *layerNormBackward(random) {
    const drawn = (m: number, columns: number): Float32Array => paddedRows(m, columns, (n) => normals(random, n));
    for (const { m, columns, stride } of rowShapes) {
      const given = { m, columns, stride, scale: drawn(1, columns), dy: drawn(m, columns) };
      yield { given, tolerance: { relative: 1e-5, absolute: 2e-5 } };
    }
  },
};
