// C (+)= A·B and C (+)= Aᵀ·B, row-major. Tiles of 4 rows × 8 columns keep eight accumulators in
// registers; the widths n are multiples of 4, because every matrix pads its rows to that. Strides
// count floats, addresses bytes.
import { madd } from "./math";

// @ts-ignore: decorator
@inline
function put(at: usize, value: v128, accumulate: i32): void {
  v128.store(at, accumulate ? f32x4.add(v128.load(at), value) : value);
}

/** C[m, n] (+)= A[m, k] · B[k, n]. */
export function gemm(
  m: i32, n: i32, k: i32, a: usize, aStride: i32, b: usize, bStride: i32, c: usize, cStride: i32, accumulate: i32,
): void {
  const aRow: usize = <usize>aStride << 2;
  const bRow: usize = <usize>bStride << 2;
  const cRow: usize = <usize>cStride << 2;
  let j = 0;
  for (; j + 8 <= n; j += 8) {
    const bj = b + (<usize>j << 2);
    const cj = c + (<usize>j << 2);
    let i = 0;
    for (; i + 4 <= m; i += 4) tile4x8(k, a + <usize>i * aRow, aRow, bj, bRow, cj + <usize>i * cRow, cRow, accumulate);
    for (; i < m; i++) tile1x8(k, a + <usize>i * aRow, 4, bj, bRow, cj + <usize>i * cRow, accumulate);
  }
  for (; j < n; j += 4) {
    const bj = b + (<usize>j << 2);
    const cj = c + (<usize>j << 2);
    let i = 0;
    for (; i + 4 <= m; i += 4) tile4x4(k, a + <usize>i * aRow, aRow, bj, bRow, cj + <usize>i * cRow, cRow, accumulate);
    for (; i < m; i++) tile1x4(k, a + <usize>i * aRow, 4, bj, bRow, cj + <usize>i * cRow, accumulate);
  }
}

/** C[m, n] (+)= A[k, m]ᵀ · B[k, n]: the gradient of a weight. */
export function gemmTransposed(
  m: i32, n: i32, k: i32, a: usize, aStride: i32, b: usize, bStride: i32, c: usize, cStride: i32, accumulate: i32,
): void {
  const aRow: usize = <usize>aStride << 2;
  const bRow: usize = <usize>bStride << 2;
  const cRow: usize = <usize>cStride << 2;
  let j = 0;
  for (; j + 8 <= n; j += 8) {
    const bj = b + (<usize>j << 2);
    const cj = c + (<usize>j << 2);
    let i = 0;
    for (; i + 4 <= m; i += 4) turned4x8(k, a + (<usize>i << 2), aRow, bj, bRow, cj + <usize>i * cRow, cRow, accumulate);
    for (; i < m; i++) tile1x8(k, a + (<usize>i << 2), aRow, bj, bRow, cj + <usize>i * cRow, accumulate);
  }
  for (; j < n; j += 4) {
    const bj = b + (<usize>j << 2);
    const cj = c + (<usize>j << 2);
    for (let i = 0; i < m; i++) tile1x4(k, a + (<usize>i << 2), aRow, bj, bRow, cj + <usize>i * cRow, accumulate);
  }
}

// @ts-ignore: decorator
@inline
function tile4x8(k: i32, a: usize, aRow: usize, b: usize, bRow: usize, c: usize, cRow: usize, accumulate: i32): void {
  let a1 = a + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = f32x4.splat(0), c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0), c21 = f32x4.splat(0), c30 = f32x4.splat(0), c31 = f32x4.splat(0);
  for (; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a);
    c00 = madd(s, b0, c00); c01 = madd(s, b1, c01);
    s = v128.load32_splat(a1);
    c10 = madd(s, b0, c10); c11 = madd(s, b1, c11);
    s = v128.load32_splat(a2);
    c20 = madd(s, b0, c20); c21 = madd(s, b1, c21);
    s = v128.load32_splat(a3);
    c30 = madd(s, b0, c30); c31 = madd(s, b1, c31);
    b += bRow;
    a += 4; a1 += 4; a2 += 4; a3 += 4;
  }
  put(c, c00, accumulate); put(c + 16, c01, accumulate);
  c += cRow;
  put(c, c10, accumulate); put(c + 16, c11, accumulate);
  c += cRow;
  put(c, c20, accumulate); put(c + 16, c21, accumulate);
  c += cRow;
  put(c, c30, accumulate); put(c + 16, c31, accumulate);
}

/** The same tile of a transposed A, whose four rows are neighbours in memory. */
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
  put(c, c00, accumulate); put(c + 16, c01, accumulate);
  c += cRow;
  put(c, c10, accumulate); put(c + 16, c11, accumulate);
  c += cRow;
  put(c, c20, accumulate); put(c + 16, c21, accumulate);
  c += cRow;
  put(c, c30, accumulate); put(c + 16, c31, accumulate);
}

// @ts-ignore: decorator
@inline
function tile4x4(k: i32, a: usize, aRow: usize, b: usize, bRow: usize, c: usize, cRow: usize, accumulate: i32): void {
  let a1 = a + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  let c0 = f32x4.splat(0), c1 = f32x4.splat(0), c2 = f32x4.splat(0), c3 = f32x4.splat(0);
  for (; k > 0; k--) {
    const row = v128.load(b);
    c0 = madd(v128.load32_splat(a), row, c0);
    c1 = madd(v128.load32_splat(a1), row, c1);
    c2 = madd(v128.load32_splat(a2), row, c2);
    c3 = madd(v128.load32_splat(a3), row, c3);
    b += bRow;
    a += 4; a1 += 4; a2 += 4; a3 += 4;
  }
  put(c, c0, accumulate);
  put(c + cRow, c1, accumulate);
  put(c + 2 * cRow, c2, accumulate);
  put(c + 3 * cRow, c3, accumulate);
}

/**
 * One row; `aStep` bytes lie between neighbours of A along k. Two accumulators a column hide half
 * of the latency.
 */
// @ts-ignore: decorator
@inline
function tile1x8(k: i32, a: usize, aStep: usize, b: usize, bRow: usize, c: usize, accumulate: i32): void {
  let c0 = f32x4.splat(0), c1 = f32x4.splat(0), d0 = f32x4.splat(0), d1 = f32x4.splat(0);
  for (; k >= 2; k -= 2) {
    let s = v128.load32_splat(a);
    c0 = madd(s, v128.load(b), c0);
    c1 = madd(s, v128.load(b, 16), c1);
    a += aStep;
    b += bRow;
    s = v128.load32_splat(a);
    d0 = madd(s, v128.load(b), d0);
    d1 = madd(s, v128.load(b, 16), d1);
    a += aStep;
    b += bRow;
  }
  if (k) {
    const s = v128.load32_splat(a);
    c0 = madd(s, v128.load(b), c0);
    c1 = madd(s, v128.load(b, 16), c1);
  }
  put(c, f32x4.add(c0, d0), accumulate);
  put(c + 16, f32x4.add(c1, d1), accumulate);
}

// @ts-ignore: decorator
@inline
function tile1x4(k: i32, a: usize, aStep: usize, b: usize, bRow: usize, c: usize, accumulate: i32): void {
  let sum = f32x4.splat(0);
  for (; k > 0; k--) {
    sum = madd(v128.load32_splat(a), v128.load(b), sum);
    a += aStep;
    b += bRow;
  }
  put(c, sum, accumulate);
}
