// Convolutions over the words of a sentence for many pairs of its entities. A window's sum over its
// taps is split into the share of the words and the shares of the positions relative to either
// entity. Sums along diagonals of the products make each share one read, or the difference of two
// if the window reaches over an edge.
#pragma once

#include "elementwise.hpp"

namespace WEFT_SET {

WEFT_INLINE int32_t clamped(int32_t x, int32_t low, int32_t high) { return x < low ? low : x > high ? high : x; }

static void diagonalSums(int32_t n, int32_t rows, int32_t first, int32_t clip, int32_t taps, int32_t width, const float *x, float *u) {
  const ptrdiff_t row = (ptrdiff_t)taps * width;
  for (int32_t r = 0; r < rows; r++, u += row) {
    for (int32_t t = taps - 1; t >= 0; t--) {
      int32_t from = r + first + t;
      if (clip) from = clamped(from, 0, n - 1);
      const bool there = from >= 0 && from < n;
      float *to = u + (ptrdiff_t)t * width;
      const float *at = there ? x + (ptrdiff_t)from * row + (ptrdiff_t)t * width : nullptr;
      eachVector(width, [=](ptrdiff_t j, auto mask) {
        Floats total = t + 1 < taps ? load(to + width + j, mask) : (Floats){};
        if (there) total += load(at + j, mask);
        store(to + j, total, mask);
      });
    }
  }
}

static void diagonalSumsBackward(int32_t n, int32_t rows, int32_t first, int32_t clip, int32_t taps, int32_t width, const float *du, float *dx) {
  const ptrdiff_t row = (ptrdiff_t)taps * width;
  for (int32_t r = 0; r < rows; r++, du += row) {
    eachVector(width, [=](ptrdiff_t j, auto mask) {
      Floats total = {};
      for (int32_t t = 0; t < taps; t++) {
        total += load(du + (ptrdiff_t)t * width + j, mask);
        int32_t to = r + first + t;
        if (clip) to = clamped(to, 0, n - 1);
        if (to < 0 || to >= n) continue;
        float *at = dx + (ptrdiff_t)to * row + (ptrdiff_t)t * width + j;
        store(at, load(at, mask) + total, mask);
      }
    });
  }
}

/// Where the sums of one window start in the three tables, and how far behind lies the part to
/// subtract; 0 for none.
struct Window {
  ptrdiff_t words;
  ptrdiff_t first;
  ptrdiff_t second;
  ptrdiff_t excess;
};

/// The window around row p of the six numbers at `list`: rows pooled, rows seen, both entities.
WEFT_INLINE Window windowAt(int32_t p, int32_t taps, ptrdiff_t width, const int32_t *list, int32_t rows) {
  const ptrdiff_t row = (ptrdiff_t)taps * width;
  const int32_t left = (taps - 1) / 2;
  const int32_t start = list[2] - p + left > 0 ? list[2] - p + left : 0;
  const int32_t end = taps < list[3] - p + left ? taps : list[3] - p + left;
  // The row of a relative position: the middle of the table is the entity itself.
  const int32_t middle = p - left + ((rows - taps) >> 1) + taps - 1;
  const ptrdiff_t skip = (ptrdiff_t)start * width;
  return {
      (ptrdiff_t)p * row + skip,
      (ptrdiff_t)clamped(middle - list[4], 0, rows - 1) * row + skip,
      (ptrdiff_t)clamped(middle - list[5], 0, rows - 1) * row + skip,
      end < taps ? (ptrdiff_t)(end - start) * width : 0,
  };
}

/// The three tables of sums, at the cells of one window.
struct Sums {
  const float *words;
  const float *first;
  const float *second;
  ptrdiff_t excess;
  WEFT_INLINE Sums(const float *words, const float *first, const float *second, const Window &at)
      : words(words + at.words), first(first + at.first), second(second + at.second), excess(at.excess) {}
  template <class Some>
  WEFT_INLINE Floats load(ptrdiff_t j, Some mask) const {
    const Floats total = WEFT_SET::load(words + j, mask) + WEFT_SET::load(first + j, mask) + WEFT_SET::load(second + j, mask);
    if (excess == 0) return total;
    j += excess;
    return total - (WEFT_SET::load(words + j, mask) + WEFT_SET::load(first + j, mask) + WEFT_SET::load(second + j, mask));
  }
};

template <class Some>
WEFT_INLINE void addTo(float *at, Floats x, Some mask) { store(at, load(at, mask) + x, mask); }

static void windowMax(int32_t count, int32_t taps, int32_t width, const int32_t *windows, const float *words, const float *first, const float *second, int32_t rows, const float *bias, int32_t rectify, float *y, int32_t *arg) {
  for (ptrdiff_t k = 0; k < count; k++, windows += 6, y += width, arg += width) {
    const int32_t start = windows[0];
    const int32_t end = windows[1];
    const bool nothing = start >= end;
    eachVector(width, [=](ptrdiff_t j, auto mask) {
      store(y + j, nothing ? (Floats){} : all(-__builtin_inff()), mask);
      store(arg + j, all(nothing ? -1 : start), mask);
    });
    if (nothing) continue;
    for (int32_t p = start; p < end; p++) {
      const Sums sums(words, first, second, windowAt(p, taps, width, windows, rows));
      eachVector(width, [&](ptrdiff_t j, auto mask) {
        const Floats total = sums.load(j, mask);
        const Floats best = load(y + j, mask);
        const Ints better = total > best;
        store(y + j, select(better, total, best), mask);
        store(arg + j, select(better, all(p), load(arg + j, mask)), mask);
      });
    }
    eachVector(width, [=](ptrdiff_t j, auto mask) {
      const Floats total = load(y + j, mask) + load(bias + j, mask);
      store(y + j, rectify ? rectified(total) : total, mask);
    });
  }
}

static void windowMaxBackward(int32_t count, int32_t taps, int32_t width, const int32_t *windows, int32_t rows, int32_t rectify, const float *y, const int32_t *arg, const float *dy, float *dWords, float *dFirst, float *dSecond, float *dBias) {
  for (ptrdiff_t k = 0; k < count; k++, windows += 6, y += width, arg += width, dy += width) {
    for (ptrdiff_t f = 0; f < width; f++) {
      const float slope = dy[f];
      if (arg[f] < 0 || slope == 0 || (rectify && y[f] <= 0)) continue;
      dBias[f] += slope;
      const Window at = windowAt(arg[f], taps, width, windows, rows);
      dWords[at.words + f] += slope;
      dFirst[at.first + f] += slope;
      dSecond[at.second + f] += slope;
      if (at.excess == 0) continue;
      dWords[at.words + at.excess + f] -= slope;
      dFirst[at.first + at.excess + f] -= slope;
      dSecond[at.second + at.excess + f] -= slope;
    }
  }
}

static void windowMean(int32_t count, int32_t taps, int32_t width, const int32_t *windows, const float *words, const float *first, const float *second, int32_t rows, const float *bias, int32_t rectify, float *y) {
  for (ptrdiff_t k = 0; k < count; k++, windows += 6, y += width) {
    const int32_t start = windows[0];
    const int32_t end = windows[1];
    eachVector(width, [=](ptrdiff_t j, auto mask) { store(y + j, (Floats){}, mask); });
    const Floats share = all(1.0f / (float)(end - start));
    for (int32_t p = start; p < end; p++) {
      const Sums sums(words, first, second, windowAt(p, taps, width, windows, rows));
      eachVector(width, [&](ptrdiff_t j, auto mask) {
        const Floats total = sums.load(j, mask) + load(bias + j, mask);
        addTo(y + j, share * (rectify ? rectified(total) : total), mask);
      });
    }
  }
}

static void windowMeanBackward(int32_t count, int32_t taps, int32_t width, const int32_t *windows, const float *words, const float *first, const float *second, int32_t rows, const float *bias, int32_t rectify, const float *dy, float *dWords, float *dFirst, float *dSecond, float *dBias) {
  for (ptrdiff_t k = 0; k < count; k++, windows += 6, dy += width) {
    const int32_t start = windows[0];
    const int32_t end = windows[1];
    const Floats share = all(1.0f / (float)(end - start));
    for (int32_t p = start; p < end; p++) {
      const Window at = windowAt(p, taps, width, windows, rows);
      const Sums sums(words, first, second, at);
      eachVector(width, [&](ptrdiff_t j, auto mask) {
        Floats slope = share * load(dy + j, mask);
        if (rectify) slope = only(sums.load(j, mask) + load(bias + j, mask) > (Floats){}, slope);
        addTo(dBias + j, slope, mask);
        addTo(dWords + at.words + j, slope, mask);
        addTo(dFirst + at.first + j, slope, mask);
        addTo(dSecond + at.second + j, slope, mask);
        if (at.excess == 0) return;
        addTo(dWords + at.words + at.excess + j, -slope, mask);
        addTo(dFirst + at.first + at.excess + j, -slope, mask);
        addTo(dSecond + at.second + at.excess + j, -slope, mask);
      });
    }
  }
}

}  // namespace WEFT_SET
