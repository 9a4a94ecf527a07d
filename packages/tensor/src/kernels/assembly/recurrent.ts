// The element-wise halves of the recurrent cells, and one direction of an LSTM over all its steps.
// Gate blocks lie side by side in a row, each `width` floats wide (a multiple of 4).
import { gemm } from "./gemm";
import { madd, sigmoid, tanh } from "./math";

/**
 * One LSTM step for m rows. `gates` [m, 4·width] enters as pre-activations i, f, g, o and leaves as
 * activations, for the backward step. `previous` is c of the step before (0: zero), `cell` receives
 * c, `hidden` receives h.
 */
export function lstmForward(m: i32, width: i32, gates: usize, previous: usize, cell: usize, hidden: usize): void {
  const block: usize = <usize>width << 2;
  for (let i = 0; i < m; i++, gates += 4 * block) {
    for (let j: usize = 0; j < block; j += 16) {
      const at = gates + j;
      const input = sigmoid(v128.load(at));
      const forget = sigmoid(v128.load(at + block));
      const fresh = tanh(v128.load(at + 2 * block));
      const output = sigmoid(v128.load(at + 3 * block));
      let state = f32x4.mul(input, fresh);
      if (previous) state = madd(forget, v128.load(previous + j), state);
      v128.store(at, input);
      v128.store(at + block, forget);
      v128.store(at + 2 * block, fresh);
      v128.store(at + 3 * block, output);
      v128.store(cell + j, state);
      v128.store(hidden + j, f32x4.mul(output, tanh(state)));
    }
    if (previous) previous += block;
    cell += block;
    hidden += block;
  }
}

/**
 * The gradient of lstmForward. `dHidden` and `dCell` hold what came from later; `gates`
 * (activations) is overwritten by the gradient of the pre-activations, `dCell` by the gradient of
 * the previous cell.
 */
export function lstmBackward(m: i32, width: i32, gates: usize, previous: usize, cell: usize, dHidden: usize, dCell: usize): void {
  const block: usize = <usize>width << 2;
  const one = f32x4.splat(1);
  for (let i = 0; i < m; i++, gates += 4 * block) {
    for (let j: usize = 0; j < block; j += 16) {
      const at = gates + j;
      const input = v128.load(at);
      const forget = v128.load(at + block);
      const fresh = v128.load(at + 2 * block);
      const output = v128.load(at + 3 * block);
      const squashed = tanh(v128.load(cell + j));
      const dh = v128.load(dHidden + j);
      const dc = madd(f32x4.mul(dh, output), f32x4.sub(one, f32x4.mul(squashed, squashed)), v128.load(dCell + j));
      const before = previous ? v128.load(previous + j) : f32x4.splat(0);
      v128.store(at, f32x4.mul(f32x4.mul(dc, fresh), f32x4.mul(input, f32x4.sub(one, input))));
      v128.store(at + block, f32x4.mul(f32x4.mul(dc, before), f32x4.mul(forget, f32x4.sub(one, forget))));
      v128.store(at + 2 * block, f32x4.mul(f32x4.mul(dc, input), f32x4.sub(one, f32x4.mul(fresh, fresh))));
      v128.store(at + 3 * block, f32x4.mul(f32x4.mul(dh, squashed), f32x4.mul(output, f32x4.sub(one, output))));
      v128.store(dCell + j, f32x4.mul(dc, forget));
    }
    if (previous) previous += block;
    cell += block;
    dHidden += block;
    dCell += block;
  }
}

/**
 * One direction of an LSTM over sequences that advance together, the longest first: row r of a step
 * follows row r of the step before.
 *
 * @param starts the first visit of each step, and the end of the last one
 * @param size rows of w [size, 4·width], and of the hidden state that is read
 * @param gates [visits, 4·width], the products with the input; they become activations
 * @param cells [visits, width], written
 * @param hidden [visits, width], written
 */
export function lstmSteps(
  count: i32, starts: usize, size: i32, width: i32, w: usize, wStride: i32, gates: usize, cells: usize, hidden: usize,
): void {
  const block: usize = <usize>width << 2;
  let before: usize = 0;
  for (let t = 1; t < count; t++, starts += 4) {
    const start = <usize>load<i32>(starts);
    const m = load<i32>(starts, 4) - <i32>start;
    const at = gates + 4 * start * block;
    if (t > 1) gemm(m, 4 * width, size, hidden + before * block, width, w, wStride, at, 4 * width, 1);
    lstmForward(m, width, at, t > 1 ? cells + before * block : 0, cells + start * block, hidden + start * block);
    before = start;
  }
}

/**
 * The gradient of lstmSteps, but for that of w, which is one product over all visits afterwards.
 *
 * @param wt w transposed, [4·width, width]
 * @param gates activations; they become the gradient of the pre-activations
 * @param dHidden [visits, width]; what each state gives to the step after it is added
 * @param dCells room; the gradients of the cells of one step lie at its start
 */
export function lstmStepsBackward(
  count: i32, starts: usize, size: i32, width: i32, wt: usize, gates: usize, cells: usize, dHidden: usize, dCells: usize,
): void {
  if (count < 2) return;
  const block: usize = <usize>width << 2;
  // The rows of a step are the first ones of the step before, so their gradients stay in place.
  memory.fill(dCells, 0, <usize>load<i32>(starts, 4) * block);
  for (let t = count - 2; t >= 0; t--) {
    const step = starts + (<usize>t << 2);
    const start = <usize>load<i32>(step);
    const m = load<i32>(step, 4) - <i32>start;
    const before = t > 0 ? <usize>load<i32>(step - 4) : 0;
    const at = gates + 4 * start * block;
    lstmBackward(m, width, at, t > 0 ? cells + before * block : 0, cells + start * block, dHidden + start * block, dCells);
    if (t > 0) gemm(m, width, 4 * width, at, 4 * width, wt, width, dHidden + before * block, width, 1);
  }
}

/**
 * One GRU step for m rows: r = σ(xr + hr), z = σ(xz + hz), n = tanh(xn + r·hn), out = (1 − z)·n +
 * z·h. `fromInput` and `fromHidden` [m, 3·width] hold the two products with their biases;
 * `fromInput` leaves as r, z, n.
 */
export function gruForward(m: i32, width: i32, fromInput: usize, fromHidden: usize, hidden: usize, out: usize): void {
  const block: usize = <usize>width << 2;
  for (let i = 0; i < m; i++, fromInput += 3 * block, fromHidden += 3 * block, hidden += block, out += block) {
    for (let j: usize = 0; j < block; j += 16) {
      const x = fromInput + j;
      const h = fromHidden + j;
      const reset = sigmoid(f32x4.add(v128.load(x), v128.load(h)));
      const update = sigmoid(f32x4.add(v128.load(x + block), v128.load(h + block)));
      const fresh = tanh(madd(reset, v128.load(h + 2 * block), v128.load(x + 2 * block)));
      v128.store(x, reset);
      v128.store(x + block, update);
      v128.store(x + 2 * block, fresh);
      v128.store(out + j, madd(update, f32x4.sub(v128.load(hidden + j), fresh), fresh));
    }
  }
}

/**
 * The gradient of gruForward: `gates` (r, z, n) becomes the gradient of the input product,
 * `fromHidden` that of the hidden product, `dHidden` receives z·dOut added.
 */
export function gruBackward(
  m: i32, width: i32, gates: usize, fromHidden: usize, hidden: usize, dOut: usize, dHidden: usize,
): void {
  const block: usize = <usize>width << 2;
  const one = f32x4.splat(1);
  for (let i = 0; i < m; i++, gates += 3 * block, fromHidden += 3 * block, hidden += block, dOut += block, dHidden += block) {
    for (let j: usize = 0; j < block; j += 16) {
      const x = gates + j;
      const h = fromHidden + j;
      const reset = v128.load(x);
      const update = v128.load(x + block);
      const fresh = v128.load(x + 2 * block);
      const d = v128.load(dOut + j);
      const dFresh = f32x4.mul(f32x4.mul(d, f32x4.sub(one, update)), f32x4.sub(one, f32x4.mul(fresh, fresh)));
      const dUpdate = f32x4.mul(
        f32x4.mul(d, f32x4.sub(v128.load(hidden + j), fresh)), f32x4.mul(update, f32x4.sub(one, update)),
      );
      const dReset = f32x4.mul(
        f32x4.mul(dFresh, v128.load(h + 2 * block)), f32x4.mul(reset, f32x4.sub(one, reset)),
      );
      v128.store(dHidden + j, madd(d, update, v128.load(dHidden + j)));
      v128.store(x, dReset);
      v128.store(x + block, dUpdate);
      v128.store(x + 2 * block, dFresh);
      v128.store(h, dReset);
      v128.store(h + block, dUpdate);
      v128.store(h + 2 * block, f32x4.mul(dFresh, reset));
    }
  }
}

/**
 * Sun et al. 2020, eq. 4, first half: `gates` [m, 2·width] becomes z, u = σ(gates); `kept` receives
 * u·h.
 */
export function interactionGates(m: i32, width: i32, gates: usize, hidden: usize, kept: usize): void {
  const block: usize = <usize>width << 2;
  for (let i = 0; i < m; i++, gates += 2 * block, hidden += block, kept += block) {
    for (let j: usize = 0; j < block; j += 16) {
      const update = sigmoid(v128.load(gates + j));
      const reset = sigmoid(v128.load(gates + block + j));
      v128.store(gates + j, update);
      v128.store(gates + block + j, reset);
      v128.store(kept + j, f32x4.mul(reset, v128.load(hidden + j)));
    }
  }
}

/** Eq. 4, second half: fresh = tanh(fresh) in place, out = (1 − z)·h + z·fresh. */
export function interactionOutput(m: i32, width: i32, gates: usize, hidden: usize, fresh: usize, out: usize): void {
  const block: usize = <usize>width << 2;
  for (let i = 0; i < m; i++, gates += 2 * block, hidden += block, fresh += block, out += block) {
    for (let j: usize = 0; j < block; j += 16) {
      const value = tanh(v128.load(fresh + j));
      const before = v128.load(hidden + j);
      v128.store(fresh + j, value);
      v128.store(out + j, madd(v128.load(gates + j), f32x4.sub(value, before), before));
    }
  }
}

/**
 * The gradient of interactionOutput: `fresh` becomes its pre-activation's gradient, z's half of
 * `gates` too; dHidden += (1 − z)·dOut.
 */
export function interactionOutputBackward(
  m: i32, width: i32, gates: usize, hidden: usize, fresh: usize, dOut: usize, dHidden: usize,
): void {
  const block: usize = <usize>width << 2;
  const one = f32x4.splat(1);
  for (let i = 0; i < m; i++, gates += 2 * block, hidden += block, fresh += block, dOut += block, dHidden += block) {
    for (let j: usize = 0; j < block; j += 16) {
      const update = v128.load(gates + j);
      const value = v128.load(fresh + j);
      const d = v128.load(dOut + j);
      const rest = f32x4.sub(one, update);
      v128.store(dHidden + j, madd(d, rest, v128.load(dHidden + j)));
      v128.store(fresh + j, f32x4.mul(f32x4.mul(d, update), f32x4.sub(one, f32x4.mul(value, value))));
      v128.store(gates + j, f32x4.mul(f32x4.mul(d, f32x4.sub(value, v128.load(hidden + j))), f32x4.mul(update, rest)));
    }
  }
}

/**
 * The gradient of interactionGates' second gate: u's half of `gates` becomes its pre-activation's
 * gradient; dHidden += u·dKept.
 */
export function interactionGatesBackward(m: i32, width: i32, gates: usize, hidden: usize, dKept: usize, dHidden: usize): void {
  const block: usize = <usize>width << 2;
  const one = f32x4.splat(1);
  for (let i = 0; i < m; i++, gates += 2 * block, hidden += block, dKept += block, dHidden += block) {
    for (let j: usize = 0; j < block; j += 16) {
      const reset = v128.load(gates + block + j);
      const d = v128.load(dKept + j);
      v128.store(dHidden + j, madd(d, reset, v128.load(dHidden + j)));
      v128.store(
        gates + block + j,
        f32x4.mul(f32x4.mul(d, v128.load(hidden + j)), f32x4.mul(reset, f32x4.sub(one, reset))),
      );
    }
  }
}
