// C (+)= A·B, A·B plus a row of biases, and C (+)= Aᵀ·B, row-major. Strides count floats, addresses
// bytes; the widths n are multiples of 4, because every matrix pads its rows to that.
//
// Every cell of C is one chain of multiply-adds over k, first to last. So a row has the same bits
// alone, in any batch and at any place in it. A processor can start two multiply-adds a cycle and
// needs four cycles for each, so a tile has eight chains of four cells where C is large enough: 4
// rows × 8 columns, 2 × 16 or 1 × 32.
import { madd } from "./math";

/**
 * All rows are done with some columns of B before the next ones, so that these stay in the cache.
 */
const blockColumns = 32;
const blockBytes: usize = 128;

// @ts-ignore: decorator
@inline
function put(at: usize, value: v128, add: i32, away: usize): void {
  v128.store(at, add ? f32x4.add(v128.load(at - away), value) : value);
}

/** C[m, n] (+)= A[m, k] · B[k, n]. */
export function gemm(
  m: i32, n: i32, k: i32, a: usize, aStride: i32, b: usize, bStride: i32, c: usize, cStride: i32, accumulate: i32,
): void {
  product(m, n, k, a, <usize>aStride << 2, b, <usize>bStride << 2, c, <usize>cStride << 2, accumulate, 0, 0);
}

/** Y[m, n] = A[m, k] · B[k, n] + bias[n], which is added to the finished sums. */
export function affine(
  m: i32, n: i32, k: i32, a: usize, aStride: i32, b: usize, bStride: i32, bias: usize, y: usize, yStride: i32,
): void {
  const yRow: usize = <usize>yStride << 2;
  product(m, n, k, a, <usize>aStride << 2, b, <usize>bStride << 2, y, yRow, 1, y - bias, yRow);
}

/**
 * A·B in tiles, plus what lies `away` bytes before each cell of C if `add`; from one row of C to
 * the next, that grows by `awayRow`. So C itself is 0 and 0 away, one row for all is C − it and a
 * row of C away.
 */
function product(
  m: i32, n: i32, k: i32, a: usize, aRow: usize, b: usize, bRow: usize, c: usize, cRow: usize, add: i32, away: usize, awayRow: usize,
): void {
  const inFours = m & ~3;
  for (; n > 0; n -= blockColumns, b += blockBytes, c += blockBytes) {
    const columns = min(n, blockColumns);
    const end = c + (<usize>columns << 2);
    let bj = b;
    let cj = c;
    for (; cj + 32 <= end; bj += 32, cj += 32) {
      let ai = a;
      let ci = cj;
      let from = away;
      for (let i = 0; i < inFours; i += 4, ai += 4 * aRow, ci += 4 * cRow, from += 4 * awayRow) {
        tile(4, 2, k, ai, aRow, 4, bj, bRow, ci, cRow, add, from, awayRow);
      }
    }
    if (cj < end) {
      let ai = a;
      let ci = cj;
      let from = away;
      for (let i = 0; i < inFours; i += 4, ai += 4 * aRow, ci += 4 * cRow, from += 4 * awayRow) {
        tile(4, 1, k, ai, aRow, 4, bj, bRow, ci, cRow, add, from, awayRow);
      }
    }
    const done = <usize>inFours;
    fewRows(m - inFours, columns, k, a + done * aRow, aRow, 4, b, bRow, c + done * cRow, cRow, add, away + done * awayRow, awayRow);
  }
}

/** C[m, n] (+)= A[k, m]ᵀ · B[k, n]: the gradient of a weight. */
export function gemmTransposed(
  m: i32, n: i32, k: i32, a: usize, aStride: i32, b: usize, bStride: i32, c: usize, cStride: i32, accumulate: i32,
): void {
  const aRow: usize = <usize>aStride << 2;
  const bRow: usize = <usize>bStride << 2;
  const cRow: usize = <usize>cStride << 2;
  const inFours = m & ~3;
  for (; n > 0; n -= blockColumns, b += blockBytes, c += blockBytes) {
    const columns = min(n, blockColumns);
    const end = c + (<usize>columns << 2);
    let bj = b;
    let cj = c;
    for (; cj + 32 <= end; bj += 32, cj += 32) {
      let ai = a;
      let ci = cj;
      for (let i = 0; i < inFours; i += 4, ai += 16, ci += 4 * cRow) turned4x8(k, ai, aRow, bj, bRow, ci, cRow, accumulate);
    }
    if (cj < end) {
      let ai = a;
      let ci = cj;
      for (let i = 0; i < inFours; i += 4, ai += 16, ci += 4 * cRow) tile(4, 1, k, ai, 4, aRow, bj, bRow, ci, cRow, accumulate, 0, 0);
    }
    fewRows(m - inFours, columns, k, a + (<usize>inFours << 2), 4, aRow, b, bRow, c + <usize>inFours * cRow, cRow, accumulate, 0, 0);
  }
}

/**
 * At most three rows of at most 32 columns. From one row of A to the next are `aRow` bytes, from
 * one of its columns to the next `aStep`.
 */
function fewRows(
  m: i32, n: i32, k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, c: usize, cRow: usize, add: i32,
  away: usize, awayRow: usize,
): void {
  if (m == 3) {
    for (; n >= 8; n -= 8, b += 32, c += 32) tile(3, 2, k, a, aRow, aStep, b, bRow, c, cRow, add, away, awayRow);
    if (n) tile(3, 1, k, a, aRow, aStep, b, bRow, c, cRow, add, away, awayRow);
  } else if (m == 2) {
    for (; n >= 16; n -= 16, b += 64, c += 64) tile2x16(k, a, aRow, aStep, b, bRow, c, cRow, add, away, awayRow);
    if (n & 8) {
      tile(2, 2, k, a, aRow, aStep, b, bRow, c, cRow, add, away, awayRow);
      b += 32;
      c += 32;
    }
    if (n & 4) tile(2, 1, k, a, aRow, aStep, b, bRow, c, cRow, add, away, awayRow);
  } else if (m == 1) {
    switch (n >> 2) {
      case 1: oneRow(1, k, a, aStep, b, bRow, c, add, away); break;
      case 2: oneRow(2, k, a, aStep, b, bRow, c, add, away); break;
      case 3: oneRow(3, k, a, aStep, b, bRow, c, add, away); break;
      case 4: oneRow(4, k, a, aStep, b, bRow, c, add, away); break;
      case 5: oneRow(5, k, a, aStep, b, bRow, c, add, away); break;
      case 6: oneRow(6, k, a, aStep, b, bRow, c, add, away); break;
      case 7: oneRow(7, k, a, aStep, b, bRow, c, add, away); break;
      case 8: oneRow(8, k, a, aStep, b, bRow, c, add, away); break;
    }
  }
}

/**
 * `rows` (2, 3 or 4) times `vectors` (1 or 2) of four columns, both known when this is compiled.
 */
// @ts-ignore: decorator
@inline
function tile(
  rows: i32, vectors: i32, k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, c: usize, cRow: usize, add: i32,
  away: usize, awayRow: usize,
): void {
  let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  for (; k > 0; k--) {
    const b0 = v128.load(b), b1 = vectors > 1 ? v128.load(b, 16) : b0;
    let s = v128.load32_splat(a);
    c00 = madd(s, b0, c00);
    if (vectors > 1) c01 = madd(s, b1, c01);
    s = v128.load32_splat(a1);
    c10 = madd(s, b0, c10);
    if (vectors > 1) c11 = madd(s, b1, c11);
    if (rows > 2) {
      s = v128.load32_splat(a2);
      c20 = madd(s, b0, c20);
      if (vectors > 1) c21 = madd(s, b1, c21);
      a2 += aStep;
    }
    if (rows > 3) {
      s = v128.load32_splat(a3);
      c30 = madd(s, b0, c30);
      if (vectors > 1) c31 = madd(s, b1, c31);
      a3 += aStep;
    }
    b += bRow;
    a += aStep;
    a1 += aStep;
  }
  put(c, c00, add, away);
  if (vectors > 1) put(c + 16, c01, add, away);
  c += cRow;
  away += awayRow;
  put(c, c10, add, away);
  if (vectors > 1) put(c + 16, c11, add, away);
  if (rows > 2) {
    c += cRow;
    away += awayRow;
    put(c, c20, add, away);
    if (vectors > 1) put(c + 16, c21, add, away);
  }
  if (rows > 3) {
    c += cRow;
    away += awayRow;
    put(c, c30, add, away);
    if (vectors > 1) put(c + 16, c31, add, away);
  }
}

/** Four rows by eight columns of a transposed A, whose rows are neighbours in memory. */
// @ts-ignore: decorator
@inline
function turned4x8(k: i32, a: usize, aRow: usize, b: usize, bRow: usize, c: usize, cRow: usize, accumulate: i32): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  for (; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a);
    c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
    s = v128.load32_splat(a, 4);
    c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
    s = v128.load32_splat(a, 8);
    c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
    s = v128.load32_splat(a, 12);
    c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
    b += bRow;
    a += aRow;
  }
  put(c, c00, accumulate, 0); put(c + 16, c01, accumulate, 0);
  c += cRow;
  put(c, c10, accumulate, 0); put(c + 16, c11, accumulate, 0);
  c += cRow;
  put(c, c20, accumulate, 0); put(c + 16, c21, accumulate, 0);
  c += cRow;
  put(c, c30, accumulate, 0); put(c + 16, c31, accumulate, 0);
}

// @ts-ignore: decorator
@inline
function tile2x16(
  k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, c: usize, cRow: usize, add: i32,
  away: usize, awayRow: usize,
): void {
  let a1 = a + aRow;
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c02 = f32x4.splat(0), c03 = f32x4.splat(0);
  let c10 = f32x4.splat(0), c11 = f32x4.splat(0), c12 = f32x4.splat(0), c13 = f32x4.splat(0);
  for (; k > 0; k--) {
    const s0 = v128.load32_splat(a), s1 = v128.load32_splat(a1);
    let row = v128.load(b);
    c00 = madd(s0, row, c00); c10 = madd(s1, row, c10);
    row = v128.load(b, 16);
    c01 = madd(s0, row, c01); c11 = madd(s1, row, c11);
    row = v128.load(b, 32);
    c02 = madd(s0, row, c02); c12 = madd(s1, row, c12);
    row = v128.load(b, 48);
    c03 = madd(s0, row, c03); c13 = madd(s1, row, c13);
    b += bRow;
    a += aStep; a1 += aStep;
  }
  put(c, c00, add, away); put(c + 16, c01, add, away); put(c + 32, c02, add, away); put(c + 48, c03, add, away);
  c += cRow;
  away += awayRow;
  put(c, c10, add, away); put(c + 16, c11, add, away); put(c + 32, c12, add, away); put(c + 48, c13, add, away);
}

/** One row times `vectors` (1 to 8) of four columns, known when this is compiled. */
// @ts-ignore: decorator
@inline
function oneRow(vectors: i32, k: i32, a: usize, aStep: usize, b: usize, bRow: usize, c: usize, add: i32, away: usize): void {
  let c0 = f32x4.splat(0), c1 = f32x4.splat(0), c2 = f32x4.splat(0), c3 = f32x4.splat(0);
  let c4 = f32x4.splat(0), c5 = f32x4.splat(0), c6 = f32x4.splat(0), c7 = f32x4.splat(0);
  for (; k > 0; k--, a += aStep, b += bRow) {
    const s = v128.load32_splat(a);
    c0 = madd(s, v128.load(b), c0);
    if (vectors > 1) c1 = madd(s, v128.load(b, 16), c1);
    if (vectors > 2) c2 = madd(s, v128.load(b, 32), c2);
    if (vectors > 3) c3 = madd(s, v128.load(b, 48), c3);
    if (vectors > 4) c4 = madd(s, v128.load(b, 64), c4);
    if (vectors > 5) c5 = madd(s, v128.load(b, 80), c5);
    if (vectors > 6) c6 = madd(s, v128.load(b, 96), c6);
    if (vectors > 7) c7 = madd(s, v128.load(b, 112), c7);
  }
  put(c, c0, add, away);
  if (vectors > 1) put(c + 16, c1, add, away);
  if (vectors > 2) put(c + 32, c2, add, away);
  if (vectors > 3) put(c + 48, c3, add, away);
  if (vectors > 4) put(c + 64, c4, add, away);
  if (vectors > 5) put(c + 80, c5, add, away);
  if (vectors > 6) put(c + 96, c6, add, away);
  if (vectors > 7) put(c + 112, c7, add, away);
}
