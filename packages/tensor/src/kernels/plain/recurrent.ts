import type { KernelsOf } from "../contract/descriptor.ts";
import type { recurrent as contract } from "../contract/recurrent.ts";
import { matrices } from "./matrices.ts";
import { logistic, type Views } from "./views.ts";

/** The element-wise halves of the recurrent cells, and whole directions of an LSTM. */
export function recurrent(views: Views): KernelsOf<typeof contract> {
  const { gemm } = matrices(views);
  const kernels: KernelsOf<typeof contract> = {
    lstmForward({ m, width, gates, previous, cell, hidden }) {
      const { f32 } = views;
      forEachCell(m, width, 4, (at, [i, f, g, o]) => {
        const input = logistic(f32[gates / 4 + i]!);
        const forget = logistic(f32[gates / 4 + f]!);
        const fresh = Math.tanh(f32[gates / 4 + g]!);
        const output = logistic(f32[gates / 4 + o]!);
        const state = input * fresh + (previous === 0 ? 0 : forget * f32[previous / 4 + at]!);
        f32[gates / 4 + i] = input;
        f32[gates / 4 + f] = forget;
        f32[gates / 4 + g] = fresh;
        f32[gates / 4 + o] = output;
        f32[cell / 4 + at] = state;
        f32[hidden / 4 + at] = output * Math.tanh(state);
      });
    },

    lstmBackward({ m, width, gates, previous, cell, dHidden, dCell }) {
      const { f32 } = views;
      forEachCell(m, width, 4, (at, [i, f, g, o]) => {
        const input = f32[gates / 4 + i]!;
        const forget = f32[gates / 4 + f]!;
        const fresh = f32[gates / 4 + g]!;
        const output = f32[gates / 4 + o]!;
        const squashed = Math.tanh(f32[cell / 4 + at]!);
        const dh = f32[dHidden / 4 + at]!;
        const dc = f32[dCell / 4 + at]! + dh * output * (1 - squashed ** 2);
        const before = previous === 0 ? 0 : f32[previous / 4 + at]!;
        f32[gates / 4 + i] = dc * fresh * input * (1 - input);
        f32[gates / 4 + f] = dc * before * forget * (1 - forget);
        f32[gates / 4 + g] = dc * input * (1 - fresh ** 2);
        f32[gates / 4 + o] = dh * squashed * output * (1 - output);
        f32[dCell / 4 + at] = dc * forget;
      });
    },

    lstmSteps({ count, starts, size, width, w, wStride, gates, cells, hidden }) {
      const wide = 4 * width;
      for (let t = 0; t < count - 1; t++) {
        const { start, m, before } = stepOf(views, starts, t);
        const at = gates + 4 * start * wide;
        const [a, previous] = [hidden + 4 * before * width, cells + 4 * before * width];
        if (t > 0) {
          gemm({ m, n: wide, k: size, a, aStride: width, b: w, bStride: wStride, c: at, cStride: wide, accumulate: 1 });
        }
        kernels.lstmForward({
          m,
          width,
          gates: at,
          previous: t > 0 ? previous : 0,
          cell: cells + 4 * start * width,
          hidden: hidden + 4 * start * width,
        });
      }
    },

    lstmStepsBackward({ count, starts, width, wt, gates, cells, dHidden, dCells }) {
      const { f32, i32 } = views;
      const wide = 4 * width;
      if (count > 1) f32.fill(0, dCells / 4, dCells / 4 + i32[starts / 4 + 1]! * width);
      for (let t = count - 2; t >= 0; t--) {
        const { start, m, before } = stepOf(views, starts, t);
        const at = gates + 4 * start * wide;
        kernels.lstmBackward({
          m,
          width,
          gates: at,
          previous: t > 0 ? cells + 4 * before * width : 0,
          cell: cells + 4 * start * width,
          dHidden: dHidden + 4 * start * width,
          dCell: dCells,
        });
        if (t === 0) return;
        const c = dHidden + 4 * before * width;
        gemm({ m, n: width, k: wide, a: at, aStride: wide, b: wt, bStride: width, c, cStride: width, accumulate: 1 });
      }
    },

    gruForward({ m, width, fromInput, fromHidden, hidden, out }) {
      const { f32 } = views;
      forEachCell(m, width, 3, (at, [r, z, n]) => {
        const reset = logistic(f32[fromInput / 4 + r]! + f32[fromHidden / 4 + r]!);
        const update = logistic(f32[fromInput / 4 + z]! + f32[fromHidden / 4 + z]!);
        const fresh = Math.tanh(f32[fromInput / 4 + n]! + reset * f32[fromHidden / 4 + n]!);
        f32[fromInput / 4 + r] = reset;
        f32[fromInput / 4 + z] = update;
        f32[fromInput / 4 + n] = fresh;
        f32[out / 4 + at] = (1 - update) * fresh + update * f32[hidden / 4 + at]!;
      });
    },

    gruBackward({ m, width, gates, fromHidden, hidden, dOut, dHidden }) {
      const { f32 } = views;
      forEachCell(m, width, 3, (at, [r, z, n]) => {
        const reset = f32[gates / 4 + r]!;
        const update = f32[gates / 4 + z]!;
        const fresh = f32[gates / 4 + n]!;
        const d = f32[dOut / 4 + at]!;
        const dFresh = d * (1 - update) * (1 - fresh ** 2);
        const dUpdate = d * (f32[hidden / 4 + at]! - fresh) * update * (1 - update);
        const dReset = dFresh * f32[fromHidden / 4 + n]! * reset * (1 - reset);
        f32[dHidden / 4 + at]! += d * update;
        f32[gates / 4 + r] = dReset;
        f32[gates / 4 + z] = dUpdate;
        f32[gates / 4 + n] = dFresh;
        f32[fromHidden / 4 + r] = dReset;
        f32[fromHidden / 4 + z] = dUpdate;
        f32[fromHidden / 4 + n] = dFresh * reset;
      });
    },

    interactionGates({ m, width, gates, hidden, kept }) {
      const { f32 } = views;
      forEachCell(m, width, 2, (at, [z, u]) => {
        const reset = logistic(f32[gates / 4 + u]!);
        f32[gates / 4 + z] = logistic(f32[gates / 4 + z]!);
        f32[gates / 4 + u] = reset;
        f32[kept / 4 + at] = reset * f32[hidden / 4 + at]!;
      });
    },

    interactionOutput({ m, width, gates, hidden, fresh, out }) {
      const { f32 } = views;
      forEachCell(m, width, 2, (at, [z]) => {
        const update = f32[gates / 4 + z]!;
        const value = Math.tanh(f32[fresh / 4 + at]!);
        f32[fresh / 4 + at] = value;
        f32[out / 4 + at] = (1 - update) * f32[hidden / 4 + at]! + update * value;
      });
    },

    interactionOutputBackward({ m, width, gates, hidden, fresh, dOut, dHidden }) {
      const { f32 } = views;
      forEachCell(m, width, 2, (at, [z]) => {
        const update = f32[gates / 4 + z]!;
        const value = f32[fresh / 4 + at]!;
        const d = f32[dOut / 4 + at]!;
        f32[dHidden / 4 + at]! += d * (1 - update);
        f32[fresh / 4 + at] = d * update * (1 - value ** 2);
        f32[gates / 4 + z] = d * (value - f32[hidden / 4 + at]!) * update * (1 - update);
      });
    },

    interactionGatesBackward({ m, width, gates, hidden, dKept, dHidden }) {
      const { f32 } = views;
      forEachCell(m, width, 2, (at, [, u]) => {
        const reset = f32[gates / 4 + u]!;
        const d = f32[dKept / 4 + at]!;
        f32[dHidden / 4 + at]! += d * reset;
        f32[gates / 4 + u] = d * f32[hidden / 4 + at]! * reset * (1 - reset);
      });
    },
  };
  return kernels;
}

/** The first visit of a step, how many there are, and the first visit of the step before. */
function stepOf({ i32 }: Views, starts: number, t: number): { start: number; m: number; before: number } {
  const at = starts / 4 + t;
  const start = i32[at]!;
  return { start, m: i32[at + 1]! - start, before: t > 0 ? i32[at - 1]! : 0 };
}

/** Visits every cell of [m, width] with the places of its gates in [m, blocks · width]. */
function forEachCell(
  m: number,
  width: number,
  blocks: number,
  visit: (at: number, gates: readonly [number, number, number, number]) => void,
): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < width; j++) {
      const first = i * blocks * width + j;
      visit(i * width + j, [first, first + width, first + 2 * width, first + 3 * width]);
    }
  }
}
