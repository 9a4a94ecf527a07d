import type { recurrent } from "../../kernels/contract/recurrent.ts";
import { edges, normals, shares } from "../draws.ts";
import type { CasesOf } from "../kernel-call.ts";

const shapes = [0, 1, 3, 4].flatMap((m) => [4, 8, 20].map((width) => ({ m, width, n: m * width })));
const drawings = [normals, edges];

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
