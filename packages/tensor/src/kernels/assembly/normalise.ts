// Normalisation of columns by their mean and variance. Rows are a multiple of 4 floats without gaps
// between them.
import { madd } from "./math";

/**
 * mean[j] = Σ_i x[i, j] / m, variance[j] = Σ_i (x[i, j] − mean[j])² / m over the m ≥ 1 rows of x
 * [m, width].
 */
export function columnMoments(m: i32, width: i32, x: usize, mean: usize, variance: usize): void {
  const row = <usize>width << 2;
  const count = f32x4.splat(<f32>m);
  for (const end = x + row; x < end; x += 16, mean += 16, variance += 16) {
    const middle = f32x4.div(columnSum(m, row, x), count);
    let squares = f32x4.splat(0);
    for (let i: usize = 0; i < <usize>m * row; i += row) {
      const away = f32x4.sub(v128.load(x + i), middle);
      squares = madd(away, away, squares);
    }
    v128.store(mean, middle);
    v128.store(variance, f32x4.div(squares, count));
  }
}

/** y[i, j] = scale[j]·(x[i, j] − mean[j]) / √(variance[j] + ε) + shift[j]. */
export function normaliseRows(
  m: i32, width: i32, x: usize, mean: usize, variance: usize, epsilon: f32, scale: usize, shift: usize, y: usize,
): void {
  const row = <usize>width << 2;
  for (const end = x + row; x < end; x += 16, y += 16, mean += 16, variance += 16, scale += 16, shift += 16) {
    const middle = v128.load(mean);
    const by = f32x4.mul(v128.load(scale), inverseDeviation(variance, epsilon));
    for (let i: usize = 0; i < <usize>m * row; i += row) {
      v128.store(y + i, madd(by, f32x4.sub(v128.load(x + i), middle), v128.load(shift)));
    }
  }
}

/**
 * The gradient of normaliseRows, where x̂ = (x − mean) / √(variance + ε): dShift[j] += Σ_i dy[i,
 * j], dScale[j] += Σ_i dy[i, j]·x̂[i, j], and dx[i, j] += scale[j] / √(variance[j] + ε)·(dy[i, j] −
 * share·(Σ_i dy[i, j] + x̂[i, j]·Σ_i dy[i, j]·x̂[i, j])).
 *
 * @param share 1/m where mean and variance are those of these rows, 0 where they come from
 * elsewhere
 */
export function normaliseRowsBackward(
  m: i32, width: i32, x: usize, mean: usize, variance: usize, epsilon: f32, scale: usize, share: f32,
  dy: usize, dx: usize, dScale: usize, dShift: usize,
): void {
  const row = <usize>width << 2;
  const part = f32x4.splat(share);
  for (const end = x + row; x < end; x += 16, dy += 16, dx += 16, mean += 16, variance += 16, scale += 16, dScale += 16, dShift += 16) {
    const middle = v128.load(mean);
    const inverse = inverseDeviation(variance, epsilon);
    const sum = columnSum(m, row, dy);
    let product = f32x4.splat(0);
    for (let i: usize = 0; i < <usize>m * row; i += row) {
      product = madd(v128.load(dy + i), f32x4.mul(f32x4.sub(v128.load(x + i), middle), inverse), product);
    }
    v128.store(dShift, f32x4.add(v128.load(dShift), sum));
    v128.store(dScale, f32x4.add(v128.load(dScale), product));
    const by = f32x4.mul(v128.load(scale), inverse);
    for (let i: usize = 0; i < <usize>m * row; i += row) {
      const shared = madd(f32x4.mul(f32x4.sub(v128.load(x + i), middle), inverse), product, sum);
      const own = f32x4.sub(v128.load(dy + i), f32x4.mul(part, shared));
      v128.store(dx + i, madd(by, own, v128.load(dx + i)));
    }
  }
}

// @ts-ignore: decorator
@inline
function columnSum(m: i32, row: usize, x: usize): v128 {
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < <usize>m * row; i += row) sum = f32x4.add(sum, v128.load(x + i));
  return sum;
}

// @ts-ignore: decorator
@inline
function inverseDeviation(variance: usize, epsilon: f32): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(f32x4.add(v128.load(variance), f32x4.splat(epsilon))));
}
