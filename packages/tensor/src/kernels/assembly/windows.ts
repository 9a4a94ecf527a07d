// Convolutions over the words of a sentence for many pairs of its entities. A window's sum over its
// taps is split into the share of the words and the shares of the positions relative to either
// entity; sums along diagonals of the products make each share one read, or the difference of two
// where the window reaches over an edge.

/**
 * u[r, t] = Σ x[r + first + t', t'] over t' ≥ t: what a window whose tap 0 lies on row r + first
 * sums up from tap t on. Rows off x add nothing, or stand for the nearest row if `clipped`.
 *
 * @param n rows of x
 * @param rows rows of u
 * @param x products of every row with every tap, [n, taps, width]
 * @param u [rows, taps, width]
 */
export function diagonalSums(
  n: i32, rows: i32, first: i32, clipped: i32, taps: i32, width: i32, x: usize, u: usize,
): void {
  const tap: usize = <usize>width << 2;
  const row: usize = <usize>taps * tap;
  for (let r = 0; r < rows; r++, u += row) {
    for (let t = taps - 1; t >= 0; t--) {
      let from = r + first + t;
      if (clipped) from = min(max(from, 0), n - 1);
      const to = u + <usize>t * tap;
      const there = from >= 0 && from < n;
      const at = x + <usize>from * row + <usize>t * tap;
      for (let d: usize = 0; d < tap; d += 16) {
        let sum = t + 1 < taps ? v128.load(to + tap + d) : f32x4.splat(0);
        if (there) sum = f32x4.add(sum, v128.load(at + d));
        v128.store(to + d, sum);
      }
    }
  }
}

/** The gradient of diagonalSums: dx[r + first + t, t] += Σ du[r, t'] over t' ≤ t. */
export function diagonalSumsBackward(
  n: i32, rows: i32, first: i32, clipped: i32, taps: i32, width: i32, du: usize, dx: usize,
): void {
  const tap: usize = <usize>width << 2;
  const row: usize = <usize>taps * tap;
  for (let r = 0; r < rows; r++, du += row) {
    for (let d: usize = 0; d < tap; d += 16) {
      let sum = f32x4.splat(0);
      for (let t = 0; t < taps; t++) {
        sum = f32x4.add(sum, v128.load(du + <usize>t * tap + d));
        let to = r + first + t;
        if (clipped) to = min(max(to, 0), n - 1);
        if (to < 0 || to >= n) continue;
        const at = dx + <usize>to * row + <usize>t * tap + d;
        v128.store(at, f32x4.add(v128.load(at), sum));
      }
    }
  }
}

/**
 * Where the sums of one window start in the three tables, and how far behind lies the part to
 * subtract; 0 for none.
 */
let atWords: usize = 0;
let atFirst: usize = 0;
let atSecond: usize = 0;
let excess: usize = 0;

// @ts-ignore: decorator
@inline
function placeWindow(p: i32, taps: i32, tap: usize, window: usize, rows: i32, words: usize, first: usize, second: usize): void {
  const row: usize = <usize>taps * tap;
  const left = (taps - 1) >> 1;
  const start = max(0, load<i32>(window, 8) - p + left);
  const end = min(taps, load<i32>(window, 12) - p + left);
  // The row of a relative position: the middle of the table is the entity itself.
  const middle = p - left + ((rows - taps) >> 1) + taps - 1;
  const skip = <usize>start * tap;
  atWords = words + <usize>p * row + skip;
  atFirst = first + <usize>min(max(middle - load<i32>(window, 16), 0), rows - 1) * row + skip;
  atSecond = second + <usize>min(max(middle - load<i32>(window, 20), 0), rows - 1) * row + skip;
  excess = end < taps ? <usize>(end - start) * tap : 0;
}

// @ts-ignore: decorator
@inline
function windowSum(d: usize): v128 {
  const sum = f32x4.add(f32x4.add(v128.load(atWords + d), v128.load(atFirst + d)), v128.load(atSecond + d));
  if (excess == 0) return sum;
  const more = d + excess;
  return f32x4.sub(sum, f32x4.add(f32x4.add(v128.load(atWords + more), v128.load(atFirst + more)), v128.load(atSecond + more)));
}

// @ts-ignore: decorator
@inline
function spread(slope: v128, at: usize): void {
  v128.store(at, f32x4.add(v128.load(at), slope));
}

/**
 * y[k, :] = bias + max_p of the window around row p, with both positions, over the rows that window
 * k pools; with `rectified`, relu of that. No rows to pool give 0.
 *
 * @param windows six numbers each: first and last row pooled, first and last row seen (both
 * half-open), the rows of the two entities
 * @param words diagonalSums of the words' products, [N, taps, width]
 * @param first diagonalSums of the positions' products, [rows, taps, width]
 * @param second the same for the second entity
 * @param y [count, width]
 * @param arg the row that won (the first of equals), −1 for none, [count, width]
 */
export function windowMax(
  count: i32, taps: i32, width: i32, windows: usize, words: usize, first: usize, second: usize, rows: i32, bias: usize,
  rectified: i32, y: usize, arg: usize,
): void {
  const tap: usize = <usize>width << 2;
  const zero = f32x4.splat(0);
  for (let k = 0; k < count; k++, windows += 24, y += tap, arg += tap) {
    const start = load<i32>(windows);
    const end = load<i32>(windows, 4);
    const nothing = start >= end;
    for (let d: usize = 0; d < tap; d += 16) {
      v128.store(y + d, nothing ? zero : f32x4.splat(-Infinity));
      v128.store(arg + d, i32x4.splat(nothing ? -1 : start));
    }
    if (nothing) continue;
    for (let p = start; p < end; p++) {
      placeWindow(p, taps, tap, windows, rows, words, first, second);
      const here = i32x4.splat(p);
      for (let d: usize = 0; d < tap; d += 16) {
        const sum = windowSum(d);
        const best = v128.load(y + d);
        const better = f32x4.gt(sum, best);
        v128.store(y + d, v128.bitselect(sum, best, better));
        v128.store(arg + d, v128.bitselect(here, v128.load(arg + d), better));
      }
    }
    for (let d: usize = 0; d < tap; d += 16) {
      const sum = f32x4.add(v128.load(y + d), v128.load(bias + d));
      v128.store(y + d, rectified ? f32x4.max(sum, zero) : sum);
    }
  }
}

/** The gradient of windowMax: only windows that won take part. All four gradients are added to. */
export function windowMaxBackward(
  count: i32, taps: i32, width: i32, windows: usize, rows: i32, rectified: i32, y: usize, arg: usize, dy: usize,
  dWords: usize, dFirst: usize, dSecond: usize, dBias: usize,
): void {
  const tap: usize = <usize>width << 2;
  for (let k = 0; k < count; k++, windows += 24) {
    for (let f: usize = 0; f < tap; f += 4, y += 4, arg += 4, dy += 4) {
      const p = load<i32>(arg);
      const slope = load<f32>(dy);
      if (p < 0 || slope == 0 || (rectified && load<f32>(y) <= 0)) continue;
      store<f32>(dBias + f, load<f32>(dBias + f) + slope);
      placeWindow(p, taps, tap, windows, rows, dWords, dFirst, dSecond);
      store<f32>(atWords + f, load<f32>(atWords + f) + slope);
      store<f32>(atFirst + f, load<f32>(atFirst + f) + slope);
      store<f32>(atSecond + f, load<f32>(atSecond + f) + slope);
      if (excess == 0) continue;
      const more = f + excess;
      store<f32>(atWords + more, load<f32>(atWords + more) - slope);
      store<f32>(atFirst + more, load<f32>(atFirst + more) - slope);
      store<f32>(atSecond + more, load<f32>(atSecond + more) - slope);
    }
  }
}

/**
 * y[k, :] = the mean of what windowMax takes the maximum of: of bias + window, after the ReLU if
 * `rectified`.
 */
export function windowMean(
  count: i32, taps: i32, width: i32, windows: usize, words: usize, first: usize, second: usize, rows: i32, bias: usize,
  rectified: i32, y: usize,
): void {
  const tap: usize = <usize>width << 2;
  const zero = f32x4.splat(0);
  for (let k = 0; k < count; k++, windows += 24, y += tap) {
    const start = load<i32>(windows);
    const end = load<i32>(windows, 4);
    for (let d: usize = 0; d < tap; d += 16) v128.store(y + d, zero);
    if (start >= end) continue;
    const share = f32x4.splat(<f32>1 / <f32>(end - start));
    for (let p = start; p < end; p++) {
      placeWindow(p, taps, tap, windows, rows, words, first, second);
      for (let d: usize = 0; d < tap; d += 16) {
        let sum = f32x4.add(windowSum(d), v128.load(bias + d));
        if (rectified) sum = f32x4.max(sum, zero);
        v128.store(y + d, f32x4.add(v128.load(y + d), f32x4.mul(share, sum)));
      }
    }
  }
}

/**
 * The gradient of windowMean. It computes again what the ReLU let through. All four gradients are
 * added to.
 */
export function windowMeanBackward(
  count: i32, taps: i32, width: i32, windows: usize, words: usize, first: usize, second: usize, rows: i32, bias: usize,
  rectified: i32, dy: usize, dWords: usize, dFirst: usize, dSecond: usize, dBias: usize,
): void {
  const tap: usize = <usize>width << 2;
  const zero = f32x4.splat(0);
  for (let k = 0; k < count; k++, windows += 24, dy += tap) {
    const start = load<i32>(windows);
    const end = load<i32>(windows, 4);
    const share = f32x4.splat(<f32>1 / <f32>(end - start));
    for (let p = start; p < end; p++) {
      placeWindow(p, taps, tap, windows, rows, words, first, second);
      const toWords = dWords + (atWords - words);
      const toFirst = dFirst + (atFirst - first);
      const toSecond = dSecond + (atSecond - second);
      for (let d: usize = 0; d < tap; d += 16) {
        let slope = f32x4.mul(share, v128.load(dy + d));
        if (rectified) slope = v128.and(slope, f32x4.gt(f32x4.add(windowSum(d), v128.load(bias + d)), zero));
        spread(slope, dBias + d);
        spread(slope, toWords + d);
        spread(slope, toFirst + d);
        spread(slope, toSecond + d);
        if (excess == 0) continue;
        slope = f32x4.neg(slope);
        spread(slope, toWords + d + excess);
        spread(slope, toFirst + d + excess);
        spread(slope, toSecond + d + excess);
      }
    }
  }
}
