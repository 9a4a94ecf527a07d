// Normalisation of columns by their mean and variance. Rows are a multiple of 4 floats without gaps
// between them.
import { columnMask, horizontalSum, madd } from "./math";

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

/**
 * y[i, j] = scale[j]·x̂[i, j] + shift[j] with x̂[i, j] = (x[i, j] − mean[i])·inverse[i], where
 * mean[i] and 1 / inverse[i]² − ε are the mean and the variance of the first `columns` ≥ 1 floats
 * of row i.
 *
 * @param scale [stride], zero on the padding
 * @param shift [stride], zero on the padding
 * @param mean [m], written
 * @param inverse [m], written
 */
export function layerNormForward(
  m: i32, columns: i32, stride: i32, x: usize, epsilon: f32, scale: usize, shift: usize, y: usize,
  mean: usize, inverse: usize,
): void {
  const row = <usize>stride << 2;
  for (let i = 0; i < m; i++, x += row, y += row, mean += 4, inverse += 4) {
    let sum = f32x4.splat(0);
    for (let j = 0; j < stride; j += 4) sum = f32x4.add(sum, v128.and(v128.load(x + (<usize>j << 2)), columnMask(j, columns)));
    const middle = horizontalSum(sum) / <f32>columns;
    let squares = f32x4.splat(0);
    for (let j = 0; j < stride; j += 4) {
      const away = v128.and(f32x4.sub(v128.load(x + (<usize>j << 2)), f32x4.splat(middle)), columnMask(j, columns));
      squares = madd(away, away, squares);
    }
    const by = <f32>1 / Mathf.sqrt(horizontalSum(squares) / <f32>columns + epsilon);
    for (let j = 0; j < stride; j += 4) {
      const at = <usize>j << 2;
      const normal = f32x4.mul(f32x4.sub(v128.load(x + at), f32x4.splat(middle)), f32x4.splat(by));
      v128.store(y + at, madd(v128.load(scale + at), v128.and(normal, columnMask(j, columns)), v128.load(shift + at)));
    }
    store<f32>(mean, middle);
    store<f32>(inverse, by);
  }
}

/**
 * The gradient of layerNormForward: dShift[j] += Σ_i dy[i, j], dScale[j] += Σ_i dy[i, j]·x̂[i, j]
 * and, with g = scale·dy and E the mean over the columns of a row, dx += inverse·(g − E[g] −
 * x̂·E[g·x̂]).
 */
export function layerNormBackward(
  m: i32, columns: i32, stride: i32, x: usize, mean: usize, inverse: usize, scale: usize, dy: usize,
  dx: usize, dScale: usize, dShift: usize,
): void {
  const row = <usize>stride << 2;
  const share = <f32>1 / <f32>columns;
  for (let i = 0; i < m; i++, x += row, dy += row, dx += row, mean += 4, inverse += 4) {
    const middle = v128.load32_splat(mean);
    const by = v128.load32_splat(inverse);
    let sum = f32x4.splat(0);
    let product = f32x4.splat(0);
    for (let j = 0; j < stride; j += 4) {
      const at = <usize>j << 2;
      const normal = v128.and(f32x4.mul(f32x4.sub(v128.load(x + at), middle), by), columnMask(j, columns));
      const slope = v128.load(dy + at);
      v128.store(dShift + at, f32x4.add(v128.load(dShift + at), slope));
      v128.store(dScale + at, madd(slope, normal, v128.load(dScale + at)));
      const scaled = f32x4.mul(v128.load(scale + at), slope);
      sum = f32x4.add(sum, scaled);
      product = madd(scaled, normal, product);
    }
    const meanSlope = f32x4.splat(horizontalSum(sum) * share);
    const meanProduct = f32x4.splat(horizontalSum(product) * share);
    for (let j = 0; j < stride; j += 4) {
      const at = <usize>j << 2;
      const normal = f32x4.mul(f32x4.sub(v128.load(x + at), middle), by);
      const scaled = f32x4.mul(v128.load(scale + at), v128.load(dy + at));
      const own = f32x4.sub(scaled, madd(normal, meanProduct, meanSlope));
      v128.store(dx + at, madd(by, v128.and(own, columnMask(j, columns)), v128.load(dx + at)));
    }
  }
}
