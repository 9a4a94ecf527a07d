// Scores of all word pairs of one sentence, factorised: W_m (h_i ⊕ h_j) = a_i + b_j. No tensor of n
// × n × d ever exists: one row of pairs, [n, d], lies in a scratch buffer that stays in the
// first-level cache.
import { gemm, gemmTransposed } from "./gemm";
import { columnMask, exp, horizontalSum, log, madd, notNegligible, sigmoid } from "./math";

/** Rows of the scratch buffer: a multiple of four, so that every product runs in whole tiles. */
// @ts-ignore: decorator
@inline
function tileRows(n: i32): i32 {
  return (n + 3) & ~3;
}

/**
 * Tiles read the rows past the last pair, though no result uses them. Zeros there avoid slow
 * denormal numbers.
 */
// @ts-ignore: decorator
@inline
function clearSpareRows(n: i32, width: i32, scratch: usize): void {
  memory.fill(scratch + ((<usize>n * width) << 2), 0, (<usize>(tileRows(n) - n) * width) << 2);
}

/**
 * scratch[j, :] = relu(a_i + b_j). Sixteen floats at a time, because the addresses cost as much as
 * the sums.
 */
// @ts-ignore: decorator
@inline
function pairRow(n: i32, width: i32, ai: usize, b: usize, scratch: usize): void {
  const zero = f32x4.splat(0);
  const wide = width >> 4;
  const rest = (width & 15) >> 2;
  for (let j = 0; j < n; j++) {
    let a = ai;
    for (let k = 0; k < wide; k++, a += 64, b += 64, scratch += 64) {
      v128.store(scratch, f32x4.max(f32x4.add(v128.load(a), v128.load(b)), zero));
      v128.store(scratch, f32x4.max(f32x4.add(v128.load(a, 16), v128.load(b, 16)), zero), 16);
      v128.store(scratch, f32x4.max(f32x4.add(v128.load(a, 32), v128.load(b, 32)), zero), 32);
      v128.store(scratch, f32x4.max(f32x4.add(v128.load(a, 48), v128.load(b, 48)), zero), 48);
    }
    for (let k = 0; k < rest; k++, a += 16, b += 16, scratch += 16) {
      v128.store(scratch, f32x4.max(f32x4.add(v128.load(a), v128.load(b)), zero));
    }
  }
}

/**
 * Sun et al. 2020, eq. 5 on eq. 7: y[i, r] = max_j σ(w_r·relu(a_i + b_j) + bias_r), and the j that
 * reached it (the first of equals). σ is monotone, so the maximum is taken before it. Without the
 * diagonal a one-word sentence has no pair: y = 0 and arg = −1.
 *
 * @param own the word of each of the m rows, as i32 (0: row i is word i)
 * @param a [m, width]
 * @param b [n, width]
 * @param w [width, stride]
 * @param bias [stride]
 * @param scratch n·(width + stride) floats, n rounded up to a multiple of 4
 * @param y [m, stride], zero on the padding
 * @param arg [m, stride] (0: not wanted)
 */
export function pairMax(
  m: i32, n: i32, width: i32, columns: i32, stride: i32, diagonal: i32, own: usize, a: usize, b: usize, w: usize, bias: usize,
  scratch: usize, y: usize, arg: usize,
): void {
  const tiles = tileRows(n);
  const scores = scratch + ((<usize>tiles * width) << 2);
  const row: usize = <usize>stride << 2;
  clearSpareRows(n, width, scratch);
  for (let i = 0; i < m; i++) {
    pairRow(n, width, a + ((<usize>i * width) << 2), b, scratch);
    gemm(tiles, stride, width, scratch, width, w, stride, scores, stride, 0);
    const skipped = diagonal ? -1 : own ? load<i32>(own + (<usize>i << 2)) : i;
    let r: usize = 0;
    if (arg) {
      for (; r + 32 <= row; r += 32) bestOfTwo(n, columns, row, skipped, scores + r, r, bias, y, arg);
      if (r < row) bestOfOne(n, columns, row, skipped, scores + r, r, bias, y, arg);
      arg += row;
    } else {
      for (; r < row; r += 16) highest(n, columns, row, skipped, scores + r, r, bias, y);
    }
    y += row;
  }
}

/** The highest of n scores in four columns, from byte r of a row on. */
// @ts-ignore: decorator
@inline
function highest(n: i32, columns: i32, row: usize, skipped: i32, from: usize, r: usize, bias: usize, y: usize): void {
  const none = f32x4.splat(-Infinity);
  let best = none;
  for (let j = 0; j < n; j++, from += row) {
    if (j != skipped) best = f32x4.pmax(best, v128.load(from));
  }
  putHighest(columns, r, best, f32x4.gt(best, none), bias, y);
}

/** Stores σ(best + bias) in four columns, and zero where no score exists. */
// @ts-ignore: decorator
@inline
function putHighest(columns: i32, r: usize, best: v128, exists: v128, bias: usize, y: usize): void {
  const known = v128.and(columnMask(<i32>(r >> 2), columns), exists);
  v128.store(y + r, v128.and(sigmoid(f32x4.add(best, v128.load(bias + r))), known));
}

/** The highest of n scores and its row in four columns, from byte r of a row on. */
// @ts-ignore: decorator
@inline
function bestOfOne(n: i32, columns: i32, row: usize, skipped: i32, from: usize, r: usize, bias: usize, y: usize, arg: usize): void {
  let best = f32x4.splat(-Infinity);
  let at = i32x4.splat(-1);
  for (let j = 0; j < n; j++, from += row) {
    if (j == skipped) continue;
    const score = v128.load(from);
    const better = f32x4.gt(score, best);
    best = f32x4.pmax(best, score);
    at = v128.bitselect(i32x4.splat(j), at, better);
  }
  putBest(columns, r, best, at, bias, y, arg);
}

/** The same for eight columns: two chains of comparisons that do not wait for each other. */
// @ts-ignore: decorator
@inline
function bestOfTwo(n: i32, columns: i32, row: usize, skipped: i32, from: usize, r: usize, bias: usize, y: usize, arg: usize): void {
  let best0 = f32x4.splat(-Infinity), best1 = f32x4.splat(-Infinity);
  let at0 = i32x4.splat(-1), at1 = i32x4.splat(-1);
  for (let j = 0; j < n; j++, from += row) {
    if (j == skipped) continue;
    const score0 = v128.load(from), score1 = v128.load(from, 16);
    const here = i32x4.splat(j);
    at0 = v128.bitselect(here, at0, f32x4.gt(score0, best0));
    at1 = v128.bitselect(here, at1, f32x4.gt(score1, best1));
    best0 = f32x4.pmax(best0, score0);
    best1 = f32x4.pmax(best1, score1);
  }
  putBest(columns, r, best0, at0, bias, y, arg);
  putBest(columns, r + 16, best1, at1, bias, y, arg);
}

// @ts-ignore: decorator
@inline
function putBest(columns: i32, r: usize, best: v128, at: v128, bias: usize, y: usize, arg: usize): void {
  putHighest(columns, r, best, i32x4.ge_s(at, i32x4.splat(0)), bias, y);
  v128.store(arg + r, at);
}

/**
 * The gradient of pairMax: only the cells that reached a maximum take part, n·r instead of n²·r.
 *
 * @param wt the weights transposed, [columns, width]
 * @param dWt its gradient in the same layout, added to
 * @param dy gradient of y, [n, stride]; dA, dB [n, width] and dBias [stride] are added to
 */
export function pairMaxBackward(
  n: i32, width: i32, columns: i32, stride: i32, a: usize, b: usize, wt: usize, y: usize, arg: usize, dy: usize, dA: usize, dB: usize,
  dWt: usize, dBias: usize,
): void {
  const row: usize = <usize>width << 2;
  const zero = f32x4.splat(0);
  for (let i = 0; i < n; i++) {
    const ai = a + <usize>i * row;
    const dAi = dA + <usize>i * row;
    for (let r = 0; r < columns; r++) {
      const cell = (<usize>i * stride + r) << 2;
      const j = load<i32>(arg + cell);
      const p = load<f32>(y + cell);
      const slope = load<f32>(dy + cell) * p * (<f32>1 - p);
      if (j < 0 || slope == 0) continue;
      store<f32>(dBias + (<usize>r << 2), load<f32>(dBias + (<usize>r << 2)) + slope);
      const bj = b + <usize>j * row;
      const dBj = dB + <usize>j * row;
      const wr = wt + <usize>r * row;
      const dWr = dWt + <usize>r * row;
      const by = f32x4.splat(slope);
      for (let d: usize = 0; d < row; d += 16) {
        const m = f32x4.max(f32x4.add(v128.load(ai + d), v128.load(bj + d)), zero);
        v128.store(dWr + d, madd(by, m, v128.load(dWr + d)));
        const dm = v128.and(f32x4.mul(by, v128.load(wr + d)), f32x4.gt(m, zero));
        v128.store(dAi + d, f32x4.add(v128.load(dAi + d), dm));
        v128.store(dBj + d, f32x4.add(v128.load(dBj + d), dm));
      }
    }
  }
}

/**
 * Eq. 8 for relations, forward and backward in one pass over the rows of pairs: the sum over all
 * cells of the sigmoid cross-entropy.
 *
 * @param gold triples (i, j, r) as i32, sorted by i, without repeats; those on an excluded diagonal
 * count for nothing
 * @param count how many
 * @param weight factor of the loss in the objective, taken into the gradients
 * @param wt w transposed, [stride, width] (0: loss only)
 * @param scratch n·(2·width + stride) floats, n rounded up to a multiple of 4; dA, dB, dW [width,
 * stride], dBias are added to
 * @returns the unweighted sum
 */
export function pairLoss(
  n: i32, width: i32, columns: i32, stride: i32, diagonal: i32, a: usize, b: usize, w: usize, bias: usize, gold: usize, count: i32,
  weight: f32, wt: usize, scratch: usize, dA: usize, dB: usize, dW: usize, dBias: usize,
): f64 {
  const tiles = tileRows(n);
  const scores = scratch + ((<usize>tiles * width) << 2);
  const row: usize = <usize>stride << 2;
  clearSpareRows(n, width, scratch);
  const end = gold + <usize>count * 12;
  let total: f64 = 0;
  for (let i = 0; i < n; i++) {
    const ai = a + ((<usize>i * width) << 2);
    pairRow(n, width, ai, b, scratch);
    gemm(tiles, stride, width, scratch, width, w, stride, scores, stride, 0);
    // Gold cells leave their score times −1 in the sum and −1 in the gradient; everything else is
    // the same for all cells.
    let goldScores: f64 = 0;
    let next = gold;
    for (; next < end && load<i32>(next) == i; next += 12) {
      const r = <usize>load<i32>(next + 8);
      if (!diagonal && load<i32>(next + 4) == i) continue;
      goldScores += <f64>load<f32>(scores + <usize>load<i32>(next + 4) * row + (r << 2)) + <f64>load<f32>(bias + (r << 2));
    }
    total += rowLoss(n, i, columns, stride, diagonal, scores, bias, weight, wt != 0) - goldScores;
    for (; gold < next; gold += 12) {
      if (!wt || (!diagonal && load<i32>(gold + 4) == i)) continue;
      const at = scores + <usize>load<i32>(gold + 4) * row + (<usize>load<i32>(gold + 8) << 2);
      store<f32>(at, load<f32>(at) - weight);
    }
    if (wt) {
      rowGradient(n, width, stride, scores, wt, scratch, dA + ((<usize>i * width) << 2), dB, dW, dBias);
    }
  }
  return total;
}

/**
 * Σ softplus over one row of pairs; with `slopes`, scores become weight·σ(score). The product of
 * many 1 + e^−|s| needs one logarithm.
 */
// @ts-ignore: decorator
@inline
function rowLoss(
  n: i32, i: i32, columns: i32, stride: i32, diagonal: i32, scores: usize, bias: usize, weight: f32, slopes: bool,
): f64 {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const by = f32x4.splat(weight);
  let total: f64 = 0;
  for (let r = 0; r < stride; r += 4) {
    const exists = columnMask(r, columns);
    const offset = v128.load(bias + (<usize>r << 2));
    let at = scores + (<usize>r << 2);
    let sum = zero;
    let product = one;
    for (let j = 0; j < n; j++, at += <usize>stride << 2) {
      if (j == i && !diagonal) {
        if (slopes) v128.store(at, zero);
        continue;
      }
      const score = f32x4.add(v128.load(at), offset);
      const power = exp(f32x4.neg(f32x4.abs(score)));
      const more = f32x4.add(one, power);
      sum = f32x4.add(sum, f32x4.max(score, zero));
      product = f32x4.mul(product, more);
      if ((j & 63) == 63) {
        sum = f32x4.add(sum, log(product));
        product = one;
      }
      if (slopes) {
        const p = f32x4.div(v128.bitselect(one, power, f32x4.ge(score, zero)), more);
        v128.store(at, v128.and(f32x4.mul(p, by), v128.and(exists, notNegligible(p))));
      }
    }
    total += <f64>horizontalSum(v128.and(f32x4.add(sum, log(product)), exists));
  }
  return total;
}

/**
 * From the slopes of one row of pairs [n, stride] to da_i, db, dw and dbias; `pairs` [n, width] is
 * overwritten.
 */
// @ts-ignore: decorator
@inline
function rowGradient(
  n: i32, width: i32, stride: i32, slopes: usize, wt: usize, pairs: usize, dAi: usize, dB: usize, dW: usize, dBias: usize,
): void {
  const row: usize = <usize>width << 2;
  const zero = f32x4.splat(0);
  for (let r = 0; r < stride; r += 4) {
    let at = slopes + (<usize>r << 2);
    let sum = zero;
    for (let j = 0; j < n; j++, at += <usize>stride << 2) sum = f32x4.add(sum, v128.load(at));
    v128.store(dBias + (<usize>r << 2), f32x4.add(v128.load(dBias + (<usize>r << 2)), sum));
  }
  gemmTransposed(width, stride, n, pairs, width, slopes, stride, dW, stride, 1);
  // The spare rows of the slopes are scores of zero rows, zeros themselves.
  const tiles = tileRows(n);
  const back = slopes + ((<usize>tiles * stride) << 2);
  gemm(tiles, width, stride, slopes, stride, wt, width, back, width, 0);
  let d: usize = 0;
  for (; d + 64 <= row; d += 64) {
    let sum0 = v128.load(dAi + d), sum1 = v128.load(dAi + d, 16), sum2 = v128.load(dAi + d, 32), sum3 = v128.load(dAi + d, 48);
    let m = pairs + d;
    let dm = back + d;
    let dBj = dB + d;
    for (let j = 0; j < n; j++, m += row, dm += row, dBj += row) {
      const passed0 = v128.and(v128.load(dm), f32x4.gt(v128.load(m), zero));
      const passed1 = v128.and(v128.load(dm, 16), f32x4.gt(v128.load(m, 16), zero));
      const passed2 = v128.and(v128.load(dm, 32), f32x4.gt(v128.load(m, 32), zero));
      const passed3 = v128.and(v128.load(dm, 48), f32x4.gt(v128.load(m, 48), zero));
      v128.store(dBj, f32x4.add(v128.load(dBj), passed0));
      v128.store(dBj, f32x4.add(v128.load(dBj, 16), passed1), 16);
      v128.store(dBj, f32x4.add(v128.load(dBj, 32), passed2), 32);
      v128.store(dBj, f32x4.add(v128.load(dBj, 48), passed3), 48);
      sum0 = f32x4.add(sum0, passed0);
      sum1 = f32x4.add(sum1, passed1);
      sum2 = f32x4.add(sum2, passed2);
      sum3 = f32x4.add(sum3, passed3);
    }
    v128.store(dAi + d, sum0);
    v128.store(dAi + d, sum1, 16);
    v128.store(dAi + d, sum2, 32);
    v128.store(dAi + d, sum3, 48);
  }
  for (; d < row; d += 16) {
    let sum = v128.load(dAi + d);
    let m = pairs + d;
    let dm = back + d;
    let dBj = dB + d;
    for (let j = 0; j < n; j++, m += row, dm += row, dBj += row) {
      const passed = v128.and(v128.load(dm), f32x4.gt(v128.load(m), zero));
      v128.store(dBj, f32x4.add(v128.load(dBj), passed));
      sum = f32x4.add(sum, passed);
    }
    v128.store(dAi + d, sum);
  }
}

/**
 * The cells whose probability reaches the threshold, as (i, j, r, probability) of 16 bytes each, in
 * the order i, j, r.
 *
 * @param limit how many cells fit at `out`
 * @returns how many there are; when that is above `limit`, only the first `limit` were written
 */
export function pairPredict(
  n: i32, width: i32, columns: i32, stride: i32, diagonal: i32, a: usize, b: usize, w: usize, bias: usize, thresholds: usize,
  scratch: usize, out: usize, limit: i32,
): i32 {
  const tiles = tileRows(n);
  const scores = scratch + ((<usize>tiles * width) << 2);
  const row: usize = <usize>stride << 2;
  clearSpareRows(n, width, scratch);
  let found = 0;
  for (let i = 0; i < n; i++) {
    pairRow(n, width, a + ((<usize>i * width) << 2), b, scratch);
    gemm(tiles, stride, width, scratch, width, w, stride, scores, stride, 0);
    for (let j = 0; j < n; j++) {
      if (j == i && !diagonal) continue;
      const from = scores + <usize>j * row;
      for (let r: usize = 0; r < row; r += 16) {
        const score = f32x4.add(v128.load(from + r), v128.load(bias + r));
        const above = v128.and(f32x4.ge(score, v128.load(thresholds + r)), columnMask(<i32>(r >> 2), columns));
        let bits = i32x4.bitmask(above);
        if (!bits) continue;
        const p = sigmoid(score);
        for (let lane: usize = 0; bits; lane++, bits >>= 1) {
          if (!(bits & 1)) continue;
          if (found < limit) {
            const to = out + (<usize>found << 4);
            store<i32>(to, i);
            store<i32>(to, j, 4);
            store<i32>(to, <i32>((r >> 2) + lane), 8);
            store<f32>(to, laneOf(p, lane), 12);
          }
          found++;
        }
      }
    }
  }
  return found;
}

// @ts-ignore: decorator
@inline
function laneOf(x: v128, lane: usize): f32 {
  if (lane == 0) return f32x4.extract_lane(x, 0);
  if (lane == 1) return f32x4.extract_lane(x, 1);
  if (lane == 2) return f32x4.extract_lane(x, 2);
  return f32x4.extract_lane(x, 3);
}

/**
 * All probabilities of one sentence, p [n, n, stride], zero on the padding and, without it, on the
 * diagonal.
 */
export function pairProbabilities(
  n: i32, width: i32, columns: i32, stride: i32, diagonal: i32, a: usize, b: usize, w: usize, bias: usize, scratch: usize, p: usize,
): void {
  const row: usize = <usize>stride << 2;
  for (let i = 0; i < n; i++) {
    pairRow(n, width, a + ((<usize>i * width) << 2), b, scratch);
    gemm(n, stride, width, scratch, width, w, stride, p, stride, 0);
    for (let j = 0; j < n; j++, p += row) {
      for (let r: usize = 0; r < row; r += 16) {
        const exists = v128.and(columnMask(<i32>(r >> 2), columns), i32x4.splat(j == i && !diagonal ? 0 : -1));
        v128.store(p + r, v128.and(sigmoid(f32x4.add(v128.load(p + r), v128.load(bias + r))), exists));
      }
    }
  }
}
