// Rows, transposes and products.
//
// A product is computed in tiles of R rows × V vectors whose sums stay in registers. Each cell of a
// result is a chain of fused multiply-adds over k, from first to last, in every tile: a row has the
// same bits alone as in any batch.
#pragma once

#include "elementwise.hpp"

namespace WEFT_SET {

static void fillRows(int32_t m, int32_t n, const float *x, float *y, int32_t yStride) {
  for (ptrdiff_t i = 0; i < m; i++, y += yStride) {
    eachVector(n, [=](ptrdiff_t j, auto mask) { store(y + j, load(x + j, mask), mask); });
  }
}

static void sumRows(int32_t m, int32_t n, const float *x, int32_t xStride, float *y) {
  eachVector(n, [=](ptrdiff_t j, auto mask) {
    Floats total = load(y + j, mask);
    for (ptrdiff_t i = 0; i < m; i++) total += load(x + i * xStride + j, mask);
    store(y + j, total, mask);
  });
}

static void gatherRows(int32_t m, int32_t n, const int32_t *index, const float *x, int32_t xStride, float *y, int32_t yStride) {
  for (ptrdiff_t i = 0; i < m; i++, y += yStride) {
    const float *row = x + (ptrdiff_t)index[i] * xStride;
    eachVector(n, [=](ptrdiff_t j, auto mask) { store(y + j, load(row + j, mask), mask); });
  }
}

static void scatterRows(int32_t m, int32_t n, const int32_t *index, const float *x, int32_t xStride, float *y, int32_t yStride) {
  for (ptrdiff_t i = 0; i < m; i++, x += xStride) add(n, x, y + (ptrdiff_t)index[i] * yStride);
}

static void transpose(int32_t m, int32_t n, const float *x, int32_t xStride, float *y, int32_t yStride) {
  for (ptrdiff_t i = 0; i < m; i++) {
    for (ptrdiff_t j = 0; j < n; j++) y[j * yStride + i] = x[i * xStride + j];
  }
}

static void transposeAdd(int32_t m, int32_t n, const float *x, int32_t xStride, float *y, int32_t yStride) {
  for (ptrdiff_t i = 0; i < m; i++) {
    for (ptrdiff_t j = 0; j < n; j++) y[j * yStride + i] += x[i * xStride + j];
  }
}

/// What a finished sum is added to: the row at `at + i * row` for row i of the result. The result
/// itself is one, and so is a bias with rows 0 apart.
struct Addend {
  const float *at;
  ptrdiff_t row;
  WEFT_INLINE Addend from(ptrdiff_t i, ptrdiff_t j) const { return {at + i * row + j, row}; }
};

/// The operand A of a product: element (i, p) is `at[i * row() + p * step()]`.
struct RowMajor {
  const float *at;
  ptrdiff_t stride;
  WEFT_INLINE ptrdiff_t row() const { return stride; }
  WEFT_INLINE ptrdiff_t step() const { return 1; }
  WEFT_INLINE RowMajor from(ptrdiff_t i) const { return {at + i * stride, stride}; }
};

/// The same for a transposed A, whose rows are neighbours.
struct ColumnMajor {
  const float *at;
  ptrdiff_t stride;
  WEFT_INLINE ptrdiff_t row() const { return 1; }
  WEFT_INLINE ptrdiff_t step() const { return stride; }
  WEFT_INLINE ColumnMajor from(ptrdiff_t i) const { return {at + i, stride}; }
};

/// Rows of the largest tile with V vectors of columns: its sums fill the registers of the set.
constexpr int tallest(int V) { return (WEFT_LANES == 16 ? 24 : 12) / V; }

template <int R, int V, bool adds, class Left>
WEFT_INLINE void tile(int32_t k, Left a, const float *b, ptrdiff_t bStride, float *c, ptrdiff_t cStride, Addend addend, Mask last) {
  Floats sum[R][V];
  WEFT_UNROLL for (int r = 0; r < R; r++) {
    WEFT_UNROLL for (int v = 0; v < V; v++) sum[r][v] = (Floats){};
  }
  for (int32_t p = 0; p < k; p++, b += bStride, a.at += a.step()) {
    Floats right[V];
    WEFT_UNROLL for (int v = 0; v < V; v++) right[v] = v == V - 1 ? load(b + v * lanes, last) : load(b + v * lanes);
    WEFT_UNROLL for (int r = 0; r < R; r++) {
      const Floats left = all(a.at[r * a.row()]);
      WEFT_UNROLL for (int v = 0; v < V; v++) sum[r][v] = fma(left, right[v], sum[r][v]);
    }
  }
  WEFT_UNROLL for (int r = 0; r < R; r++) {
    float *row = c + r * cStride;
    const float *add = addend.at + r * addend.row;
    WEFT_UNROLL for (int v = 0; v < V; v++) {
      const ptrdiff_t j = v * lanes;
      if (v == V - 1) store(row + j, adds ? load(add + j, last) + sum[r][v] : sum[r][v], last);
      else store(row + j, adds ? load(add + j) + sum[r][v] : sum[r][v]);
    }
  }
}

/// One column of tiles, R rows high, and of lower ones for the rows that are left.
template <int R, int V, bool adds, class Left>
WEFT_INLINE void panel(int32_t m, int32_t k, Left a, const float *b, ptrdiff_t bStride, float *c, ptrdiff_t cStride, Addend addend, Mask last) {
  ptrdiff_t i = 0;
  for (; i + R <= m; i += R) tile<R, V, adds>(k, a.from(i), b, bStride, c + i * cStride, cStride, addend.from(i, 0), last);
  if constexpr (R > 1) {
    if (i < m) panel<R / 2, V, adds>((int32_t)(m - i), k, a.from(i), b, bStride, c + i * cStride, cStride, addend.from(i, 0), last);
  }
}

/// Whether so many rows are multiplied by B that its panels are worth copying. The rows of a wide
/// matrix lie pages apart and share few sets of the first-level cache.
WEFT_INLINE bool worthCopying(int32_t m, ptrdiff_t bStride) { return m >= 64 && bStride >= 768; }

/// V vectors of columns of B, row after row without gaps; the columns that B lacks hold zeros.
static void copyPanel(int32_t k, int V, const float *b, ptrdiff_t bStride, Mask last, float *to) {
  for (int32_t p = 0; p < k; p++, b += bStride) {
    for (int v = 0; v < V - 1; v++, to += lanes) store(to, load(b + v * lanes));
    store(to, load(b + (V - 1) * lanes, last));
    to += lanes;
  }
}

/// C[m, n] = A[m, k] · B[k, n], plus the addend if `adds`. Columns go in panels of three vectors, or
/// two where four are left. A panel of B is copied to `room` if there is one.
template <bool adds, class Left>
static void product(int32_t m, int32_t n, int32_t k, Left a, const float *b, ptrdiff_t bStride, float *c, ptrdiff_t cStride, Addend addend, float *room) {
  ptrdiff_t j = 0;
  for (ptrdiff_t left = (n + lanes - 1) / lanes; left > 0;) {
    const int width = left == 4 ? 2 : left > 3 ? 3 : (int)left;
    const Mask last = firstLanes(n - j - (width - 1) * lanes);
    const Addend add = addend.from(0, j);
    if (room) copyPanel(k, width, b + j, bStride, last, room);
    const float *right = room ? room : b + j;
    const ptrdiff_t stride = room ? (ptrdiff_t)width * lanes : bStride;
    if (width == 3) panel<tallest(3), 3, adds>(m, k, a, right, stride, c + j, cStride, add, last);
    else if (width == 2) panel<tallest(2), 2, adds>(m, k, a, right, stride, c + j, cStride, add, last);
    else panel<tallest(1), 1, adds>(m, k, a, right, stride, c + j, cStride, add, last);
    left -= width;
    j += width * lanes;
  }
}

/// C = A · B.
template <class Left>
static void multiplied(int32_t m, int32_t n, int32_t k, Left a, const float *b, ptrdiff_t bStride, float *c, ptrdiff_t cStride) {
  product<false>(m, n, k, a, b, bStride, c, cStride, {c, 0}, nullptr);
}

/// C += A · B.
template <class Left>
static void multipliedOnto(int32_t m, int32_t n, int32_t k, Left a, const float *b, ptrdiff_t bStride, float *c, ptrdiff_t cStride) {
  product<true>(m, n, k, a, b, bStride, c, cStride, {c, cStride}, nullptr);
}

/// A product that may be large: C = A · B, or C += A · B if `accumulate`.
template <class Left>
static void largeProduct(int32_t m, int32_t n, int32_t k, Left a, const float *b, ptrdiff_t bStride, float *c, ptrdiff_t cStride, int32_t accumulate) {
  float *room = worthCopying(m, bStride) ? weftWorkspace((size_t)k * 3 * lanes) : nullptr;
  (accumulate ? product<true, Left> : product<false, Left>)(m, n, k, a, b, bStride, c, cStride, {c, accumulate ? cStride : 0}, room);
}

static void gemm(int32_t m, int32_t n, int32_t k, const float *a, int32_t aStride, const float *b, int32_t bStride, float *c, int32_t cStride, int32_t accumulate) {
  largeProduct(m, n, k, RowMajor{a, aStride}, b, bStride, c, cStride, accumulate);
}

static void affine(int32_t m, int32_t n, int32_t k, const float *a, int32_t aStride, const float *b, int32_t bStride, const float *bias, float *y, int32_t yStride) {
  float *room = worthCopying(m, bStride) ? weftWorkspace((size_t)k * 3 * lanes) : nullptr;
  product<true>(m, n, k, RowMajor{a, aStride}, b, bStride, y, yStride, {bias, 0}, room);
}

static void gemmTransposed(int32_t m, int32_t n, int32_t k, const float *a, int32_t aStride, const float *b, int32_t bStride, float *c, int32_t cStride, int32_t accumulate) {
  largeProduct(m, n, k, ColumnMajor{a, aStride}, b, bStride, c, cStride, accumulate);
}

}  // namespace WEFT_SET
