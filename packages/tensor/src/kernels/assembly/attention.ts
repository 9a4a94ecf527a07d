// Multi-head self-attention of sentences that lie end to end. One head of a sentence is a few small
// products, done with those of `gemm.ts`, some rows of scores at a time. Of the scores only the
// logarithms of their sums are kept; the gradient computes them again.
import { fourDraws } from "./draws";
import { gemm, gemmTransposed } from "./gemm";
import { columnMask, exp, horizontalSum, log, madd } from "./math";

/**
 * y = (P∘D)·V with P = softmax(factor·Q·Kᵀ), for the rows of each span and the columns of each
 * head; logSum[i, h] = ln Σ_j e^(factor·Q[i]·K[j]).
 *
 * @param scratch (size + block)·longest floats
 */
export function attendForward(
  count: i32, heads: i32, size: i32, longest: i32, block: i32, stride: i32, spans: usize, queries: usize, keys: usize,
  values: usize, factor: f32, rate: f32, seed1: i32, seed2: i32, y: usize, logSum: usize, scratch: usize,
): void {
  const scores = scratch + ((<usize>size * longest) << 2);
  for (const end = spans + (<usize>count << 3); spans < end; spans += 8) {
    const start = load<i32>(spans);
    const n = load<i32>(spans, 4) - start;
    const width = (n + 3) & ~3;
    for (let h = 0; h < heads && n > 0; h++) {
      const at = (<usize>start * stride + <usize>h * size) << 2;
      turn(n, size, keys + at, stride, scratch, width);
      for (let i = 0; i < n; i += block) {
        const rows = min(block, n - i);
        const from = at + ((<usize>i * stride) << 2);
        gemm(rows, width, size, queries + from, stride, scratch, width, scores, width, 0);
        for (let row = start + i, weights = scores; row < start + i + rows; row++, weights += <usize>width << 2) {
          store<f32>(logSum + ((<usize>row * heads + h) << 2), softmax(n, width, factor, weights));
          if (rate > 0) drop(width, rate, rowSeed(seed1, row), headSeed(seed2, h), weights);
        }
        gemm(rows, size, n, scores, width, values + at, stride, y + from, stride, 0);
      }
    }
  }
}

/**
 * The gradient of attendForward. With S = factor·Q·Kᵀ: dV += (P∘D)ᵀ·dy, dS = P∘(D∘(dy·Vᵀ) − δ)
 * where δ is dy·y row by row, dQ += factor·dS·K, dK += factor·dSᵀ·Q.
 *
 * @param scratch 2·(size + block)·longest floats
 */
export function attendBackward(
  count: i32, heads: i32, size: i32, longest: i32, block: i32, stride: i32, spans: usize, queries: usize, keys: usize,
  values: usize, factor: f32, rate: f32, seed1: i32, seed2: i32, y: usize, logSum: usize, dy: usize,
  dQueries: usize, dKeys: usize, dValues: usize, scratch: usize,
): void {
  const turnedValues = scratch + ((<usize>size * longest) << 2);
  const scores = turnedValues + ((<usize>size * longest) << 2);
  const slopes = scores + ((<usize>block * longest) << 2);
  for (const end = spans + (<usize>count << 3); spans < end; spans += 8) {
    const start = load<i32>(spans);
    const n = load<i32>(spans, 4) - start;
    const width = (n + 3) & ~3;
    for (let h = 0; h < heads && n > 0; h++) {
      const at = (<usize>start * stride + <usize>h * size) << 2;
      turn(n, size, keys + at, stride, scratch, width);
      turn(n, size, values + at, stride, turnedValues, width);
      for (let i = 0; i < n; i += block) {
        const rows = min(block, n - i);
        const from = at + ((<usize>i * stride) << 2);
        gemm(rows, width, size, queries + from, stride, scratch, width, scores, width, 0);
        gemm(rows, width, size, dy + from, stride, turnedValues, width, slopes, width, 0);
        for (let r = 0; r < rows; r++) {
          const row = start + i + r;
          const own = from + ((<usize>r * stride) << 2);
          const mean = dot(size, dy + own, y + own);
          const total = load<f32>(logSum + ((<usize>row * heads + h) << 2));
          const cell = (<usize>r * width) << 2;
          scoreSlopes(n, width, factor, total, mean, rate, rowSeed(seed1, row), headSeed(seed2, h), scores + cell, slopes + cell);
        }
        gemmTransposed(n, size, rows, scores, width, dy + from, stride, dValues + at, stride, 1);
        gemm(rows, size, n, slopes, width, keys + at, stride, dQueries + from, stride, 1);
        gemmTransposed(n, size, rows, slopes, width, queries + from, stride, dKeys + at, stride, 1);
      }
    }
  }
}

/** The columns of one head as rows of `width` floats, zero past the first n. */
function turn(n: i32, size: i32, x: usize, stride: i32, y: usize, width: i32): void {
  for (let d = 0; d < size; d++, x += 4) {
    let from = x;
    for (let j = 0; j < n; j++, y += 4, from += <usize>stride << 2) store<f32>(y, load<f32>(from));
    for (let j = n; j < width; j++, y += 4) store<f32>(y, 0);
  }
}

/** x = softmax(factor·x) over the first n of `width` floats, zero past them; the log of the sum. */
function softmax(n: i32, width: i32, factor: f32, x: usize): f32 {
  const end = x + (<usize>width << 2);
  const scale = f32x4.splat(factor);
  let highest = f32x4.splat(-Infinity);
  for (let at = x, j = 0; at < end; at += 16, j += 4) {
    const score = v128.bitselect(f32x4.mul(v128.load(at), scale), f32x4.splat(-Infinity), columnMask(j, n));
    highest = f32x4.max(highest, score);
  }
  const top = max(
    max(f32x4.extract_lane(highest, 0), f32x4.extract_lane(highest, 1)),
    max(f32x4.extract_lane(highest, 2), f32x4.extract_lane(highest, 3)),
  );
  let sum = f32x4.splat(0);
  for (let at = x, j = 0; at < end; at += 16, j += 4) {
    const power = v128.and(exp(f32x4.sub(f32x4.mul(v128.load(at), scale), f32x4.splat(top))), columnMask(j, n));
    v128.store(at, power);
    sum = f32x4.add(sum, power);
  }
  const total = horizontalSum(sum);
  const share = f32x4.splat(<f32>1 / total);
  for (let at = x; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), share));
  return top + f32x4.extract_lane(log(f32x4.splat(total)), 0);
}

/** x *= D. */
function drop(width: i32, rate: f32, seed1: i32, seed2: i32, x: usize): void {
  const keep = <f32>1 / (<f32>1 - rate);
  for (let j = 0; j < width; j += 4, x += 16) v128.store(x, f32x4.mul(v128.load(x), fourDraws(j, rate, keep, seed1, seed2)));
}

/** From scores to P∘D, and from the slopes dy·Vᵀ to factor·P∘(D∘slopes − mean). */
function scoreSlopes(
  n: i32, width: i32, factor: f32, logSum: f32, mean: f32, rate: f32, seed1: i32, seed2: i32, scores: usize, slopes: usize,
): void {
  const keep = <f32>1 / (<f32>1 - rate);
  const scale = f32x4.splat(factor);
  for (let j = 0; j < width; j += 4, scores += 16, slopes += 16) {
    const power = exp(f32x4.sub(f32x4.mul(v128.load(scores), scale), f32x4.splat(logSum)));
    const weight = v128.and(power, columnMask(j, n));
    const kept = rate > 0 ? fourDraws(j, rate, keep, seed1, seed2) : f32x4.splat(1);
    const away = f32x4.sub(f32x4.mul(kept, v128.load(slopes)), f32x4.splat(mean));
    v128.store(scores, f32x4.mul(weight, kept));
    v128.store(slopes, f32x4.mul(f32x4.mul(weight, scale), away));
  }
}

function dot(size: i32, x: usize, y: usize): f32 {
  let sum = f32x4.splat(0);
  for (const end = x + (<usize>size << 2); x < end; x += 16, y += 16) sum = madd(v128.load(x), v128.load(y), sum);
  return horizontalSum(sum);
}

// @ts-ignore: decorator
@inline
function rowSeed(seed: i32, row: i32): i32 {
  return seed + row * 0x9e3779b1;
}

// @ts-ignore: decorator
@inline
function headSeed(seed: i32, head: i32): i32 {
  return seed + head * 0x85ebca6b;
}
