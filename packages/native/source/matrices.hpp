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

/// y += Σ rows of `V` vectors. Each cell is a chain over the rows, from first to last.
template <int V>
WEFT_INLINE void sumColumns(int32_t m, const float *x, int32_t xStride, float *y, Mask last) {
  Floats total[V];
  WEFT_UNROLL for (int v = 0; v < V - 1; v++) total[v] = load(y + v * lanes);
  total[V - 1] = load(y + (V - 1) * lanes, last);
  for (ptrdiff_t i = 0; i < m; i++, x += xStride) {
    WEFT_UNROLL for (int v = 0; v < V - 1; v++) total[v] += load(x + v * lanes);
    total[V - 1] += load(x + (V - 1) * lanes, last);
  }
  WEFT_UNROLL for (int v = 0; v < V - 1; v++) store(y + v * lanes, total[v]);
  store(y + (V - 1) * lanes, total[V - 1], last);
}

static void sumRows(int32_t m, int32_t n, const float *x, int32_t xStride, float *y) {
  constexpr int many = 8;
  ptrdiff_t j = 0;
  for (; j + many * lanes <= n; j += many * lanes) sumColumns<many>(m, x + j, xStride, y + j, firstLanes(lanes));
  for (; j < n; j += lanes) sumColumns<1>(m, x + j, xStride, y + j, firstLanes(n - j));
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

/// Calls `put(at, values)` for vectors of the transposed x, in squares of one vector by as many
/// rows: so both sides are read and written line by line of the cache.
template <class Put>
WEFT_INLINE void eachTurned(int32_t m, int32_t n, const float *x, ptrdiff_t xStride, float *y, ptrdiff_t yStride, Put put) {
  for (ptrdiff_t i = 0; i < m; i += lanes) {
    const ptrdiff_t rows = m - i < lanes ? m - i : lanes;
    for (ptrdiff_t j = 0; j < n; j += lanes) {
      const ptrdiff_t columns = n - j < lanes ? n - j : lanes;
      const float *from = x + i * xStride + j;
      float *to = y + j * yStride + i;
      if (rows == lanes && columns == lanes) {
        Floats square[lanes];
        WEFT_UNROLL for (int r = 0; r < lanes; r++) {
          square[r] = load(from + r * xStride);
          // The rows of the next square are asked for: as a rule a transposed matrix lies far.
          __builtin_prefetch(to + (lanes + r) * yStride, 1, 3);
        }
        turn(square);
        WEFT_UNROLL for (int r = 0; r < lanes; r++) put(to + r * yStride, square[r]);
      } else {
        for (ptrdiff_t c = 0; c < columns; c++) {
          for (ptrdiff_t r = 0; r < rows; r++) put(to + c * yStride + r, from[r * xStride + c]);
        }
      }
    }
  }
}

struct Putting {
  WEFT_INLINE void operator()(float *at, Floats x) const { store(at, x); }
  WEFT_INLINE void operator()(float *at, float x) const { *at = x; }
};

struct PuttingOnto {
  WEFT_INLINE void operator()(float *at, Floats x) const { store(at, load(at) + x); }
  WEFT_INLINE void operator()(float *at, float x) const { *at += x; }
};

static void transpose(int32_t m, int32_t n, const float *x, int32_t xStride, float *y, int32_t yStride) {
  eachTurned(m, n, x, xStride, y, yStride, Putting());
}

static void transposeAdd(int32_t m, int32_t n, const float *x, int32_t xStride, float *y, int32_t yStride) {
  eachTurned(m, n, x, xStride, y, yStride, PuttingOnto());
}

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

/// A transposed A as strips of one vector of its rows, each of which lies together.
struct Strips {
  const float *at;
  /// Floats of one strip.
  ptrdiff_t size;
  /// The place of the first row in its strip.
  ptrdiff_t place;
  WEFT_INLINE ptrdiff_t row() const { return 1; }
  WEFT_INLINE ptrdiff_t step() const { return lanes; }
  /// A tile starts at a multiple of its height, which divides the lanes: it stays in one strip.
  WEFT_INLINE Strips from(ptrdiff_t i) const {
    const ptrdiff_t to = place + i;
    return {at - place + to / lanes * size + to % lanes, size, to % lanes};
  }
};

/// The operand B of a product: a tile reads some vectors of a row, then goes to the next row.
struct Rows {
  /// The widest tile that suits the operand, in vectors.
  static constexpr int widest = 3;
  const float *at;
  ptrdiff_t stride;
  WEFT_INLINE Rows from(ptrdiff_t j) const { return {at + j, stride}; }
  template <class Lanes>
  WEFT_INLINE Floats read(ptrdiff_t j, Lanes mask) const { return load(at + j, mask); }
  WEFT_INLINE void next() { at += stride; }
};

/// The same, and each row that is read asks for a line of memory at `ahead`, which a later tile reads.
struct RowsAhead {
  const float *at;
  ptrdiff_t stride;
  const float *ahead;
  ptrdiff_t aheadStride;
  template <class Lanes>
  WEFT_INLINE Floats read(ptrdiff_t j, Lanes mask) const { return load(at + j, mask); }
  WEFT_INLINE void next() {
    __builtin_prefetch(ahead, 0, 2);
    ahead += aheadStride;
    at += stride;
  }
};

/// Where a product goes: its sums replace the cells of C.
struct Replacing {
  float *at;
  ptrdiff_t stride;
  WEFT_INLINE Replacing from(ptrdiff_t i, ptrdiff_t j) const { return {at + i * stride + j, stride}; }
  template <int R, int V>
  WEFT_INLINE void take(const Floats (&sum)[R][V], Mask last) const {
    WEFT_UNROLL for (int r = 0; r < R; r++) {
      float *row = at + r * stride;
      WEFT_UNROLL for (int v = 0; v < V - 1; v++) store(row + v * lanes, sum[r][v]);
      store(row + (V - 1) * lanes, sum[r][V - 1], last);
    }
  }
};

/// The sums plus an addend go to C. Row i of the addend is at `addend + i * row`: it may be C itself,
/// and a bias has rows 0 apart.
struct Adding {
  float *at;
  ptrdiff_t stride;
  const float *addend;
  ptrdiff_t row;
  WEFT_INLINE Adding from(ptrdiff_t i, ptrdiff_t j) const { return {at + i * stride + j, stride, addend + i * row + j, row}; }
  template <int R, int V>
  WEFT_INLINE void take(const Floats (&sum)[R][V], Mask last) const {
    WEFT_UNROLL for (int r = 0; r < R; r++) {
      float *to = at + r * stride;
      const float *from = addend + r * row;
      WEFT_UNROLL for (int v = 0; v < V - 1; v++) store(to + v * lanes, load(from + v * lanes) + sum[r][v]);
      store(to + (V - 1) * lanes, load(from + (V - 1) * lanes, last) + sum[r][V - 1], last);
    }
  }
};

/// The sums are added to C, whose cells are asked for before they are needed.
struct Onto {
  float *at;
  ptrdiff_t stride;
  WEFT_INLINE Onto from(ptrdiff_t i, ptrdiff_t j) const { return {at + i * stride + j, stride}; }
  template <int R, int V>
  WEFT_INLINE void take(const Floats (&sum)[R][V], Mask last) const { Adding{at, stride, at, stride}.template take<R, V>(sum, last); }
};

template <int R, int V, class Result>
WEFT_INLINE void expect(Result) {}
template <int R, int V>
WEFT_INLINE void expect(Onto c) {
  WEFT_UNROLL for (int r = 0; r < R; r++) {
    WEFT_UNROLL for (int v = 0; v < V; v++) __builtin_prefetch(c.at + r * c.stride + v * lanes, 1, 3);
  }
}

/// Rows of the largest tile with V vectors of columns: its sums fill the registers of the set.
constexpr int tallest(int V) { return (WEFT_LANES == 16 ? 24 : 12) / V; }

template <int R, int V, class Left, class Right, class Result>
WEFT_INLINE void tile(int32_t k, Left a, Right b, Result c, Mask last) {
  expect<R, V>(c);
  Floats sum[R][V];
  WEFT_UNROLL for (int r = 0; r < R; r++) {
    WEFT_UNROLL for (int v = 0; v < V; v++) sum[r][v] = (Floats){};
  }
  for (int32_t p = 0; p < k; p++, b.next(), a.at += a.step()) {
    Floats right[V];
    WEFT_UNROLL for (int v = 0; v < V - 1; v++) right[v] = b.read(v * lanes, Whole());
    right[V - 1] = b.read((V - 1) * lanes, last);
    WEFT_UNROLL for (int r = 0; r < R; r++) {
      const Floats left = all(a.at[r * a.row()]);
      WEFT_UNROLL for (int v = 0; v < V; v++) sum[r][v] = fma(left, right[v], sum[r][v]);
    }
  }
  c.template take<R, V>(sum, last);
}

/// The last m rows of a column of tiles: one tile of just these rows, of at most R.
template <int R, int V, class Left, class Right, class Result>
WEFT_INLINE void rest(int32_t m, int32_t k, Left a, Right b, Result c, Mask last) {
  if (m == R) tile<R, V>(k, a, b, c, last);
  else if constexpr (R > 1) rest<R - 1, V>(m, k, a, b, c, last);
}

/// One column of tiles, R rows high, and of lower ones for the rows that are left: halves of a tall
/// tile, then one of just these rows.
template <int R, int V, class Left, class Right, class Result>
WEFT_INLINE void panel(int32_t m, int32_t k, Left a, Right b, Result c, Mask last) {
  int32_t i = 0;
  for (; i + R <= m; i += R) tile<R, V>(k, a.from(i), b, c.from(i, 0), last);
  if constexpr (R > 8) panel<R / 2, V>(m - i, k, a.from(i), b, c.from(i, 0), last);
  else if constexpr (R > 1) rest<R - 1, V>(m - i, k, a.from(i), b, c.from(i, 0), last);
}

/// C = A · B for A [m, k] and B [k, n]. Columns go in panels of the widest tile, or of two vectors
/// where four are left.
template <class Left, class Right, class Result>
static void product(int32_t m, int32_t n, int32_t k, Left a, Right b, Result c) {
  ptrdiff_t j = 0;
  for (ptrdiff_t left = (n + lanes - 1) / lanes; left > 0;) {
    const int width = left > Right::widest ? (left == 4 && Right::widest == 3 ? 2 : Right::widest) : (int)left;
    const Mask last = firstLanes(n - j - (width - 1) * lanes);
    if (width == 1) panel<tallest(1), 1>(m, k, a, b.from(j), c.from(0, j), last);
    if constexpr (Right::widest > 1) {
      if (width == 2) panel<tallest(2), 2>(m, k, a, b.from(j), c.from(0, j), last);
      if (width == 3) panel<tallest(3), 3>(m, k, a, b.from(j), c.from(0, j), last);
    }
    left -= width;
    j += width * lanes;
  }
}

/// The columns of a panel of whole tiles.
constexpr ptrdiff_t panelWidth = Rows::widest * lanes;

/// Whether so many rows are multiplied by B that its panels are worth copying. The rows of a wide
/// matrix lie far apart and share few sets of the first-level cache, and few pages.
WEFT_INLINE bool worthCopying(int32_t m, ptrdiff_t bStride) { return m >= 64 && bStride >= 256; }

/// Whether a transposed A of wide rows, which lie pages apart, is read often enough to be copied.
WEFT_INLINE bool worthCopying(RowMajor, int32_t) { return false; }
WEFT_INLINE bool worthCopying(ColumnMajor a, int32_t n) { return a.stride >= 768 && n >= 4 * panelWidth; }

WEFT_INLINE Strips stripsOf(RowMajor, int32_t, int32_t, float *) { return {}; }
WEFT_INLINE Strips stripsOf(ColumnMajor a, int32_t m, int32_t k, float *room) {
  const ptrdiff_t size = (ptrdiff_t)k * lanes;
  for (ptrdiff_t p = 0; p < k; p++) {
    const float *row = a.at + p * a.stride;
    eachVector(m, [=](ptrdiff_t i, auto mask) { store(room + i / lanes * size + p * lanes, load(row + i, mask), mask); });
  }
  return {room, size, 0};
}

/// Panels of whole tiles: C = A · B for the first `panels` of B, with room for a copy of one, if any.
/// The first tiles of each panel ask for the next one: as a rule B comes from far.
template <class Left, class Result>
static void panels(int32_t count, int32_t m, int32_t k, Left a, const float *b, ptrdiff_t bStride, float *room, Result c) {
  constexpr int V = Rows::widest;
  constexpr int R = tallest(V);
  for (ptrdiff_t j = 0; j < count * panelWidth; j += panelWidth) {
    Rows right = {b + j, bStride};
    if (room) {
      for (ptrdiff_t p = 0; p < k; p++) {
        WEFT_UNROLL for (int v = 0; v < V; v++) store(room + p * panelWidth + v * lanes, load(right.at + p * bStride + v * lanes));
      }
      right = {room, panelWidth};
    }
    const Mask whole = firstLanes(lanes);
    int32_t i = 0;
    if (j + panelWidth < count * panelWidth) {
      const float *ahead = b + j + panelWidth;
      for (int v = 0; v < V && i + R <= m; v++, i += R) {
        tile<R, V>(k, a.from(i), RowsAhead{right.at, right.stride, ahead + v * lanes, bStride}, c.from(i, j), whole);
      }
    }
    panel<R, V>(m - i, k, a.from(i), right, c.from(i, j), whole);
  }
}

/// C = A · B for a B in memory, which may be wide.
template <class Left, class Result>
static void product(int32_t m, int32_t n, int32_t k, Left a, const float *b, ptrdiff_t bStride, Result c) {
  // One vector of columns that is left over goes with the last panel, as two times two.
  const int32_t count = n / (int32_t)panelWidth - ((n + lanes - 1) / lanes % Rows::widest == 1 && n > panelWidth);
  const bool copies = worthCopying(m, bStride);
  const bool strips = worthCopying(a, n);
  const size_t panelSize = copies ? (size_t)k * panelWidth : 0;
  float *room = copies || strips ? weftWorkspace(panelSize + (strips ? (size_t)k * (m + lanes) : 0)) : nullptr;
  float *copy = copies ? room : nullptr;
  if (strips) panels(count, m, k, stripsOf(a, m, k, room + panelSize), b, bStride, copy, c);
  else panels(count, m, k, a, b, bStride, copy, c);
  const ptrdiff_t done = count * panelWidth;
  if (done < n) product(m, (int32_t)(n - done), k, a, Rows{b + done, bStride}, c.from(0, done));
}

/// C = A · B.
template <class Left>
static void multiplied(int32_t m, int32_t n, int32_t k, Left a, const float *b, ptrdiff_t bStride, float *c, ptrdiff_t cStride) {
  product(m, n, k, a, Rows{b, bStride}, Replacing{c, cStride});
}

/// C += A · B.
template <class Left>
static void multipliedOnto(int32_t m, int32_t n, int32_t k, Left a, const float *b, ptrdiff_t bStride, float *c, ptrdiff_t cStride) {
  product(m, n, k, a, Rows{b, bStride}, Adding{c, cStride, c, cStride});
}

/// C = A · B, or C += A · B, for a B that may be wide.
template <class Left>
static void multiply(int32_t m, int32_t n, int32_t k, Left a, const float *b, ptrdiff_t bStride, float *c, ptrdiff_t cStride, int32_t accumulate) {
  if (accumulate) product(m, n, k, a, b, bStride, Onto{c, cStride});
  else product(m, n, k, a, b, bStride, Replacing{c, cStride});
}

static void gemm(int32_t m, int32_t n, int32_t k, const float *a, int32_t aStride, const float *b, int32_t bStride, float *c, int32_t cStride, int32_t accumulate) {
  multiply(m, n, k, RowMajor{a, aStride}, b, bStride, c, cStride, accumulate);
}

static void affine(int32_t m, int32_t n, int32_t k, const float *a, int32_t aStride, const float *b, int32_t bStride, const float *bias, float *y, int32_t yStride) {
  product(m, n, k, RowMajor{a, aStride}, b, bStride, Adding{y, yStride, bias, 0});
}

static void gemmTransposed(int32_t m, int32_t n, int32_t k, const float *a, int32_t aStride, const float *b, int32_t bStride, float *c, int32_t cStride, int32_t accumulate) {
  multiply(m, n, k, ColumnMajor{a, aStride}, b, bStride, c, cStride, accumulate);
}

}  // namespace WEFT_SET
