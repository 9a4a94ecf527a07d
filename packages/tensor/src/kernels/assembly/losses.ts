// Cross-entropies that give the loss and the gradient of the scores in one pass.
import { horizontalSum, log, madd } from "./math";

/**
 * Σ_i −weights[i]·ln p[i, gold[i]], where p [m, stride] are probabilities from softmaxRows; dx[i, :] += factor·weights[i]·(p − onehot).
 * A gold of −1 leaves its row out. `weights` 0 means 1 for every row; `dx` 0 means the loss alone. NaN in p gives NaN.
 */
export function softmaxLoss(m: i32, stride: i32, p: usize, gold: usize, weights: usize, factor: f32, dx: usize): f64 {
  let total: f64 = 0;
  for (let i = 0; i < m; i++, p += <usize>stride << 2) {
    const at = load<i32>(gold + (<usize>i << 2));
    const weight: f32 = weights ? load<f32>(weights + (<usize>i << 2)) : 1;
    if (at >= 0) {
      const likely = max<f32>(load<f32>(p + (<usize>at << 2)), 1.17549435e-38);
      // The logarithm takes its argument apart by bits, so NaN would come out as some number.
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
