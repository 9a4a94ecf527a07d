// Rows, sums, activations and dropout. Lengths are multiples of 4 unless a parameter says
// otherwise.
import { fourDraws, hash } from "./draws";
import { columnMask, exp, horizontalSum, madd, normalDensity, normalShare, sigmoid, tanh } from "./math";

/** y += x. */
export function add(n: i32, x: usize, y: usize): void {
  for (const end = y + (<usize>n << 2); y < end; x += 16, y += 16) v128.store(y, f32x4.add(v128.load(y), v128.load(x)));
}

/** y += factor·x. */
export function addScaled(n: i32, factor: f32, x: usize, y: usize): void {
  const scale = f32x4.splat(factor);
  for (const end = y + (<usize>n << 2); y < end; x += 16, y += 16) v128.store(y, madd(scale, v128.load(x), v128.load(y)));
}

/** y *= factor. */
export function scale(n: i32, factor: f32, y: usize): void {
  const by = f32x4.splat(factor);
  for (const end = y + (<usize>n << 2); y < end; y += 16) v128.store(y, f32x4.mul(v128.load(y), by));
}

/** y (+)= x1·x2, element by element. */
export function multiply(n: i32, x1: usize, x2: usize, y: usize, accumulate: i32): void {
  for (const end = y + (<usize>n << 2); y < end; x1 += 16, x2 += 16, y += 16) {
    const product = f32x4.mul(v128.load(x1), v128.load(x2));
    v128.store(y, accumulate ? f32x4.add(v128.load(y), product) : product);
  }
}

/** y[i, :] = x for each of m rows: a bias, before a product is added to it. */
export function fillRows(m: i32, n: i32, x: usize, y: usize, yStride: i32): void {
  for (let i = 0; i < m; i++) memory.copy(y + ((<usize>i * yStride) << 2), x, <usize>n << 2);
}

/** y[:] += Σ_i x[i, :]: the gradient of a bias. */
export function sumRows(m: i32, n: i32, x: usize, xStride: i32, y: usize): void {
  for (let j = 0; j < n; j += 4) {
    let from = x + (<usize>j << 2);
    let sum = v128.load(y + (<usize>j << 2));
    for (let i = 0; i < m; i++, from += <usize>xStride << 2) sum = f32x4.add(sum, v128.load(from));
    v128.store(y + (<usize>j << 2), sum);
  }
}

/** y[i, :n] = x[index[i], :n]; n need not be a multiple of 4. */
export function gatherRows(m: i32, n: i32, index: usize, x: usize, xStride: i32, y: usize, yStride: i32): void {
  for (let i = 0; i < m; i++) {
    const row = <usize>load<i32>(index + (<usize>i << 2));
    memory.copy(y + ((<usize>i * yStride) << 2), x + ((row * xStride) << 2), <usize>n << 2);
  }
}

/**
 * y[index[i], :n] += x[i, :n]; n need not be a multiple of 4. Rows are added in order, so that
 * repeats are reproducible.
 */
export function scatterRows(m: i32, n: i32, index: usize, x: usize, xStride: i32, y: usize, yStride: i32): void {
  for (let i = 0; i < m; i++) {
    const row = <usize>load<i32>(index + (<usize>i << 2));
    addRow(n, x + ((<usize>i * xStride) << 2), y + ((row * yStride) << 2));
  }
}

// @ts-ignore: decorator
@inline
function addRow(n: i32, x: usize, y: usize): void {
  let j = 0;
  for (; j + 4 <= n; j += 4, x += 16, y += 16) v128.store(y, f32x4.add(v128.load(y), v128.load(x)));
  for (; j < n; j++, x += 4, y += 4) store<f32>(y, load<f32>(y) + load<f32>(x));
}

/** y[n, m] = x[m, n] transposed; the strides count floats, neither size need be a multiple of 4. */
export function transpose(m: i32, n: i32, x: usize, xStride: i32, y: usize, yStride: i32): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      store<f32>(y + ((<usize>j * yStride + i) << 2), load<f32>(x + ((<usize>i * xStride + j) << 2)));
    }
  }
}

/** y[n, m] += x[m, n] transposed. */
export function transposeAdd(m: i32, n: i32, x: usize, xStride: i32, y: usize, yStride: i32): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const at = y + ((<usize>j * yStride + i) << 2);
      store<f32>(at, load<f32>(at) + load<f32>(x + ((<usize>i * xStride + j) << 2)));
    }
  }
}

/** y = tanh x. */
export function tanhForward(n: i32, x: usize, y: usize): void {
  for (const end = y + (<usize>n << 2); y < end; x += 16, y += 16) v128.store(y, tanh(v128.load(x)));
}

/** dx += dy·(1 − y²). */
export function tanhBackward(n: i32, y: usize, dy: usize, dx: usize): void {
  const one = f32x4.splat(1);
  for (const end = y + (<usize>n << 2); y < end; y += 16, dy += 16, dx += 16) {
    const value = v128.load(y);
    v128.store(dx, madd(v128.load(dy), f32x4.sub(one, f32x4.mul(value, value)), v128.load(dx)));
  }
}

/** y = max(x, 0). */
export function reluForward(n: i32, x: usize, y: usize): void {
  const zero = f32x4.splat(0);
  for (const end = y + (<usize>n << 2); y < end; x += 16, y += 16) v128.store(y, f32x4.max(v128.load(x), zero));
}

/** dx += dy where y > 0. */
export function reluBackward(n: i32, y: usize, dy: usize, dx: usize): void {
  const zero = f32x4.splat(0);
  for (const end = y + (<usize>n << 2); y < end; y += 16, dy += 16, dx += 16) {
    v128.store(dx, f32x4.add(v128.load(dx), v128.and(v128.load(dy), f32x4.gt(v128.load(y), zero))));
  }
}

/** y = x·Φ(x). */
export function geluForward(n: i32, x: usize, y: usize): void {
  for (const end = y + (<usize>n << 2); y < end; x += 16, y += 16) {
    const value = v128.load(x);
    v128.store(y, f32x4.mul(value, normalShare(value, normalDensity(value))));
  }
}

/** dx += dy·(Φ(x) + x·φ(x)). */
export function geluBackward(n: i32, x: usize, dy: usize, dx: usize): void {
  for (const end = x + (<usize>n << 2); x < end; x += 16, dy += 16, dx += 16) {
    const value = v128.load(x);
    const density = normalDensity(value);
    const slope = madd(f32x4.mul(value, f32x4.splat(0.3989422804014327)), density, normalShare(value, density));
    v128.store(dx, madd(v128.load(dy), slope, v128.load(dx)));
  }
}

/**
 * y[i, :] = 1 / (1 + e^−x[i, :]) on the first `columns` of each row of `stride` floats, zero on the
 * padding.
 */
export function sigmoidRows(m: i32, columns: i32, stride: i32, x: usize, y: usize): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < stride; j += 4, x += 16, y += 16) v128.store(y, v128.and(sigmoid(v128.load(x)), columnMask(j, columns)));
  }
}

/** dx += dy·y·(1 − y). */
export function sigmoidBackward(n: i32, y: usize, dy: usize, dx: usize): void {
  const one = f32x4.splat(1);
  for (const end = y + (<usize>n << 2); y < end; y += 16, dy += 16, dx += 16) {
    const value = v128.load(y);
    v128.store(dx, madd(v128.load(dy), f32x4.mul(value, f32x4.sub(one, value)), v128.load(dx)));
  }
}

/** y[i, :] = softmax(x[i, :]) over the first `columns` of each row, zero on the padding. */
export function softmaxRows(m: i32, columns: i32, stride: i32, x: usize, y: usize): void {
  for (let i = 0; i < m; i++, x += <usize>stride << 2, y += <usize>stride << 2) {
    let top = load<f32>(x);
    for (let j = 1; j < columns; j++) top = max(top, load<f32>(x + (<usize>j << 2)));
    let total = f32x4.splat(0);
    for (let j = 0; j < stride; j += 4) {
      const power = v128.and(exp(f32x4.sub(v128.load(x + (<usize>j << 2)), f32x4.splat(top))), columnMask(j, columns));
      v128.store(y + (<usize>j << 2), power);
      total = f32x4.add(total, power);
    }
    const factor = f32x4.splat(<f32>1 / horizontalSum(total));
    for (let j = 0; j < stride; j += 4) v128.store(y + (<usize>j << 2), f32x4.mul(v128.load(y + (<usize>j << 2)), factor));
  }
}

/** dx[i, :] += y·(dy − Σ_j dy·y): the gradient of softmaxRows. */
export function softmaxBackward(m: i32, stride: i32, y: usize, dy: usize, dx: usize): void {
  for (let i = 0; i < m; i++, y += <usize>stride << 2, dy += <usize>stride << 2, dx += <usize>stride << 2) {
    let total = f32x4.splat(0);
    for (let j: usize = 0; j < <usize>stride << 2; j += 16) total = madd(v128.load(y + j), v128.load(dy + j), total);
    const mean = f32x4.splat(horizontalSum(total));
    for (let j: usize = 0; j < <usize>stride << 2; j += 16) {
      v128.store(dx + j, madd(v128.load(y + j), f32x4.sub(v128.load(dy + j), mean), v128.load(dx + j)));
    }
  }
}

/**
 * Inverted dropout: mask = 0 with probability `rate`, else 1 / (1 − rate). The i-th draw depends on
 * the two seeds and i alone.
 */
export function dropoutMask(n: i32, rate: f32, seed1: i32, seed2: i32, mask: usize): void {
  const keep = <f32>1 / (<f32>1 - rate);
  let i = 0;
  for (; i + 4 <= n; i += 4, mask += 16) v128.store(mask, fourDraws(i, rate, keep, seed1, seed2));
  for (; i < n; i++, mask += 4) {
    const unit = <f32>(hash(i ^ seed1, seed2) >>> 8) * <f32>5.9604644775390625e-8;
    store<f32>(mask, unit < rate ? 0 : keep);
  }
}
