import type { recurrent } from "../../kernels/contract/recurrent.ts";
import { edges, normals, shares, spacedRows } from "../draws.ts";
import type { CasesOf } from "../kernel-call.ts";

const shapes = [0, 1, 3, 4].flatMap((m) => [4, 8, 20].map((width) => ({ m, width, n: m * width })));
const drawings = [normals, edges];

/** Starts of the steps of no sequence, of one, and of some that end at different steps. */
const stepStarts = [[], [0], [0, 1], [0, 1, 2, 3], [0, 4, 7, 8, 9], [0, 6, 12, 18], [0, 9, 14, 17, 18]];
const states = [
  { size: 4, width: 4, more: 0 },
  { size: 6, width: 8, more: 4 },
  { size: 20, width: 20, more: 0 },
];

function timesOf(starts: readonly number[]): { count: number; starts: Int32Array } {
  return { count: starts.length, starts: Int32Array.from(starts) };
}

export const recurrentCases: CasesOf<typeof recurrent> = {
  *lstmForward(random) {
    for (const { m, width, n } of shapes) {
      for (const draw of drawings) {
        const gates = draw(random, 4 * n);
        yield { given: { m, width, gates, previous: 0 } };
        yield { given: { m, width, gates } };
      }
    }
  },

  *lstmBackward(random) {
    for (const { m, width, n } of shapes) {
      yield { given: { m, width, gates: shares(random, 4 * n), previous: 0 } };
      yield { given: { m, width, gates: shares(random, 4 * n) } };
    }
  },

  *lstmSteps(random) {
    for (const starts of stepStarts) {
      for (const { size, width, more } of states) {
        const w = spacedRows(random, size, 4 * width, 4 * width + more);
        yield { given: { ...timesOf(starts), size, width, w: w.subarray(0, w.length - more), wStride: 4 * width + more } };
      }
    }
  },

  *lstmStepsBackward(random) {
    for (const starts of stepStarts) {
      for (const { size, width } of states) {
        const gates = shares(random, 4 * (starts.at(-1) ?? 0) * width);
        yield { given: { ...timesOf(starts), size, width, gates }, tolerance: { relative: 5e-6, absolute: 5e-6 } };
      }
    }
  },

  *gruForward(random) {
    for (const { m, width, n } of shapes) {
      for (const draw of drawings) yield { given: { m, width, fromInput: draw(random, 3 * n) } };
    }
  },

  *gruBackward(random) {
    for (const { m, width, n } of shapes) yield { given: { m, width, gates: shares(random, 3 * n) } };
  },

  *interactionGates(random) {
    for (const { m, width, n } of shapes) {
      for (const draw of drawings) yield { given: { m, width, gates: draw(random, 2 * n) } };
    }
  },

  *interactionOutput(random) {
    for (const { m, width, n } of shapes) {
      for (const draw of drawings) yield { given: { m, width, gates: shares(random, 2 * n), fresh: draw(random, n) } };
    }
  },

  *interactionOutputBackward(random) {
    for (const { m, width, n } of shapes) {
      const written = (cell: number): boolean => cell % (2 * width) < width;
      const fresh = normals(random, n).map(Math.tanh);
      yield { given: { m, width, gates: shares(random, 2 * n), fresh }, slots: { gates: { written } } };
    }
  },

  *interactionGatesBackward(random) {
    for (const { m, width, n } of shapes) {
      const written = (cell: number): boolean => cell % (2 * width) >= width;
      yield { given: { m, width, gates: shares(random, 2 * n) }, slots: { gates: { written } } };
    }
  },
};
