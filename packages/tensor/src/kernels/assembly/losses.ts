// Cross-entropies that give the loss and the gradient of the scores in one pass.
import { exp, horizontalSum, log, madd, sigmoid } from "./math";

/**
 * Σ_i −weights[i]·ln p[i, gold[i]], where p [m, stride] are probabilities from softmaxRows; dx[i,
 * :] += factor·weights[i]·(p − onehot). A gold of −1 skips its row. `weights` 0 means 1 for every
 * row; `dx` 0 means the loss alone. NaN in p gives NaN.
 */
export function softmaxLoss(m: i32, stride: i32, p: usize, gold: usize, weights: usize, factor: f32, dx: usize): f64 {
  let total: f64 = 0;
  for (let i = 0; i < m; i++, p += <usize>stride << 2) {
    const at = load<i32>(gold + (<usize>i << 2));
    const weight: f32 = weights ? load<f32>(weights + (<usize>i << 2)) : 1;
    if (at >= 0) {
      const likely = max<f32>(load<f32>(p + (<usize>at << 2)), 1.17549435e-38);
      // The logarithm splits its argument by bits, so NaN would come out as some number.
      const logarithm = likely == likely ? f32x4.extract_lane(log(f32x4.splat(likely)), 0) : likely;
      total -= <f64>weight * <f64>logarithm;
      if (dx) {
        const by = f32x4.splat(factor * weight);
        for (let j: usize = 0; j < <usize>stride << 2; j += 16) v128.store(dx + j, madd(by, v128.load(p + j), v128.load(dx + j)));
        const to = dx + (<usize>at << 2);
        store<f32>(to, load<f32>(to) - factor * weight);
      }
    }
    if (dx) dx += <usize>stride << 2;
  }
  return total;
}

/** Σ of x over n floats, a multiple of 4. */
export function sum(n: i32, x: usize): f32 {
  let total = f32x4.splat(0);
  for (const end = x + (<usize>n << 2); x < end; x += 16) total = f32x4.add(total, v128.load(x));
  return horizontalSum(total);
}

/**
 * Σ_i ln(1 + e^(γ(m⁺ − s_i,gold))) + ln(1 + e^(γ(m⁻ + s_i,best))), where best is the highest class
 * that is not gold (the first of equals); a gold of −1 has the second term alone. Adds factor times
 * its slopes to dx, unless dx is 0.
 *
 * @param classes columns of x [m, stride] that hold scores
 * @param positiveMargin m⁺
 * @param negativeMargin m⁻
 * @param scale γ
 */
export function rankingLoss(
  m: i32, classes: i32, stride: i32, x: usize, gold: usize, positiveMargin: f32, negativeMargin: f32, scale: f32, factor: f32, dx: usize,
): f64 {
  let total: f64 = 0;
  for (let i = 0; i < m; i++, x += <usize>stride << 2, gold += 4) {
    const right = load<i32>(gold);
    let best = -1;
    for (let j = 0; j < classes; j++) {
      if (j != right && (best < 0 || load<f32>(x + (<usize>j << 2)) > load<f32>(x + (<usize>best << 2)))) best = j;
    }
    if (right >= 0) total += <f64>hinge(right, scale * (positiveMargin - load<f32>(x + (<usize>right << 2))), -scale * factor, dx);
    if (best >= 0) total += <f64>hinge(best, scale * (negativeMargin + load<f32>(x + (<usize>best << 2))), scale * factor, dx);
    if (dx) dx += <usize>stride << 2;
  }
  return total;
}

/** ln(1 + e^v); adds factor·σ(v) to one cell of dx. */
// @ts-ignore: decorator
@inline
function hinge(column: i32, v: f32, factor: f32, dx: usize): f32 {
  if (dx) {
    const to = dx + (<usize>column << 2);
    store<f32>(to, load<f32>(to) + factor * f32x4.extract_lane(sigmoid(f32x4.splat(v)), 0));
  }
  const rest = f32x4.extract_lane(log(f32x4.add(f32x4.splat(1), exp(f32x4.splat(-Mathf.abs(v))))), 0);
  return v == v ? max<f32>(v, 0) + rest : v;
}
