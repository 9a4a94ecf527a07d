// Rows picked by index, and convolutions over spans of rows whose products with the filters are
// known.
import { madd } from "./math";

// @ts-ignore: decorator
@inline
function addScaledRow(n: i32, factor: f32, x: usize, y: usize): void {
  const by = f32x4.splat(factor);
  let j = 0;
  for (; j + 4 <= n; j += 4, x += 16, y += 16) v128.store(y, madd(by, v128.load(x), v128.load(y)));
  for (; j < n; j++, x += 4, y += 4) store<f32>(y, load<f32>(y) + factor * load<f32>(x));
}

/**
 * y[i, :n] += factor·x[index[i], :n]; a negative index adds nothing. n need not be a multiple of 4.
 */
export function gatherAdd(m: i32, n: i32, factor: f32, index: usize, x: usize, xStride: i32, y: usize, yStride: i32): void {
  for (let i = 0; i < m; i++) {
    const row = load<i32>(index + (<usize>i << 2));
    if (row >= 0) addScaledRow(n, factor, x + ((<usize>row * xStride) << 2), y + ((<usize>i * yStride) << 2));
  }
}

/**
 * y[index[i], :n] += factor·x[i, :n]: the gradient of gatherAdd. Rows are added in order, so that
 * repeats are reproducible.
 */
export function scatterAdd(m: i32, n: i32, factor: f32, index: usize, x: usize, xStride: i32, y: usize, yStride: i32): void {
  for (let i = 0; i < m; i++) {
    const row = load<i32>(index + (<usize>i << 2));
    if (row >= 0) addScaledRow(n, factor, x + ((<usize>i * xStride) << 2), y + ((<usize>row * yStride) << 2));
  }
}

/**
 * y[k, :] = relu(bias + max_p Σ_t x[p + t, t, :]) over the windows p of span k, padded by taps − 1
 * zero rows on both sides: rows outside of the span add nothing. An empty span counts as one row of
 * zeros.
 *
 * @param spans pairs (start, end) of rows
 * @param x products of every row with every tap, [rows, taps, width]
 * @param bias [width]
 * @param y [count, width]
 * @param arg the first row of the window that won (the first of equals), [count, width]
 */
export function spanMax(count: i32, taps: i32, width: i32, spans: usize, x: usize, bias: usize, y: usize, arg: usize): void {
  const tap: usize = <usize>width << 2;
  const row: usize = <usize>taps * tap;
  const zero = f32x4.splat(0);
  for (let k = 0; k < count; k++, spans += 8, y += tap, arg += tap) {
    const start = load<i32>(spans);
    const end = load<i32>(spans, 4);
    for (let d: usize = 0; d < tap; d += 16) {
      let best = start < end ? f32x4.splat(-Infinity) : zero;
      let at = i32x4.splat(start);
      for (let p = start - taps + 1; p < end; p++) {
        const last = min(taps, end - p);
        let t = max(0, start - p);
        let from = x + <usize>(p + t) * row + <usize>t * tap + d;
        let sum = zero;
        for (; t < last; t++, from += row + tap) sum = f32x4.add(sum, v128.load(from));
        const better = f32x4.gt(sum, best);
        best = v128.bitselect(sum, best, better);
        at = v128.bitselect(i32x4.splat(p), at, better);
      }
      v128.store(y + d, f32x4.max(f32x4.add(best, v128.load(bias + d)), zero));
      v128.store(arg + d, at);
    }
  }
}

/**
 * The gradient of spanMax: only windows that won take part, and only where the ReLU lets them. dx
 * and dBias are added to.
 */
export function spanMaxBackward(
  count: i32, taps: i32, width: i32, spans: usize, y: usize, arg: usize, dy: usize, dx: usize, dBias: usize,
): void {
  for (let k = 0; k < count; k++, spans += 8) {
    const start = load<i32>(spans);
    const end = load<i32>(spans, 4);
    for (let f = 0; f < width; f++, y += 4, arg += 4, dy += 4) {
      const slope = load<f32>(dy);
      if (load<f32>(y) <= 0 || slope == 0) continue;
      const to = dBias + (<usize>f << 2);
      store<f32>(to, load<f32>(to) + slope);
      const p = load<i32>(arg);
      const last = min(taps, end - p);
      for (let t = max(0, start - p); t < last; t++) {
        const cell = dx + (((<usize>(p + t) * taps + t) * width + f) << 2);
        store<f32>(cell, load<f32>(cell) + slope);
      }
    }
  }
}
