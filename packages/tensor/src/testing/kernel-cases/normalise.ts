import type { Random } from "../../tensor/random.ts";
import { normals, shares } from "../draws.ts";
import { KernelCall } from "../kernel-call.ts";

const shapes = [1, 2, 5, 33].flatMap((rows) => [4, 8, 20].map((width) => ({ rows, width, cells: rows * width })));
/** In 32 bits the sum of 33 rows, and what is divided by a small deviation, lose a digit. */
const tolerance = { relative: 5e-6, absolute: 5e-6 };

export const normaliseCases = {
  *columnMoments(random: Random) {
    for (const { rows, width, cells } of shapes) {
      yield new KernelCall((m) => [rows, width, m.input(normals(random, cells)), m.output(width), m.output(width)], tolerance);
      // A column that is the same everywhere has the variance zero.
      const same = new Float32Array(cells).fill(0.1);
      yield new KernelCall((m) => [rows, width, m.input(same), m.output(width), m.output(width)], tolerance);
    }
  },

  *normaliseRows(random: Random) {
    for (const { rows, width, cells } of [...shapes, { rows: 0, width: 8, cells: 0 }]) {
      for (const variance of [shares(random, width), new Float32Array(width)]) {
        yield new KernelCall(
          (m) => [
            ...[rows, width, m.input(normals(random, cells)), m.input(normals(random, width)), m.input(variance), 0.01],
            ...[m.input(normals(random, width)), m.input(normals(random, width)), m.output(cells)],
          ],
          tolerance,
        );
      }
    }
  },

  *normaliseRowsBackward(random: Random) {
    for (const { rows, width, cells } of [...shapes, { rows: 0, width: 8, cells: 0 }]) {
      for (const share of [1 / Math.max(1, rows), 0]) {
        yield new KernelCall(
          (m) => [
            ...[rows, width, m.input(normals(random, cells)), m.input(normals(random, width)), m.input(shares(random, width))],
            ...[0.01, m.input(normals(random, width)), share, m.input(normals(random, cells)), m.inOut(normals(random, cells))],
            ...[m.inOut(normals(random, width)), m.inOut(normals(random, width))],
          ],
          { relative: 2e-5, absolute: 5e-5 },
        );
      }
    }
  },
};
