// Rows picked by index, and convolutions over spans of rows whose products with the filters are
// known.
#pragma once

#include "elementwise.hpp"

namespace WEFT_SET {

static void gatherAdd(int32_t m, int32_t n, float factor, const int32_t *index, const float *x, int32_t xStride, float *y, int32_t yStride) {
  for (ptrdiff_t i = 0; i < m; i++, y += yStride) {
    if (index[i] >= 0) addScaled(n, factor, x + (ptrdiff_t)index[i] * xStride, y);
  }
}

static void scatterAdd(int32_t m, int32_t n, float factor, const int32_t *index, const float *x, int32_t xStride, float *y, int32_t yStride) {
  for (ptrdiff_t i = 0; i < m; i++, x += xStride) {
    if (index[i] >= 0) addScaled(n, factor, x, y + (ptrdiff_t)index[i] * yStride);
  }
}

static void spanMax(int32_t count, int32_t taps, int32_t width, const int32_t *spans, const float *x, const float *bias, float *y, int32_t *arg) {
  const ptrdiff_t row = (ptrdiff_t)taps * width;
  for (ptrdiff_t k = 0; k < count; k++, spans += 2, y += width, arg += width) {
    const int32_t start = spans[0];
    const int32_t end = spans[1];
    eachVector(width, [=](ptrdiff_t j, auto mask) {
      Floats best = start < end ? all(-__builtin_inff()) : (Floats){};
      Ints at = all(start);
      for (int32_t p = start - taps + 1; p < end; p++) {
        const int32_t last = taps < end - p ? taps : end - p;
        int32_t t = start - p > 0 ? start - p : 0;
        const float *from = x + (ptrdiff_t)(p + t) * row + (ptrdiff_t)t * width + j;
        Floats total = {};
        for (; t < last; t++, from += row + width) total += load(from, mask);
        const Ints better = total > best;
        best = select(better, total, best);
        at = select(better, all(p), at);
      }
      store(y + j, rectified(best + load(bias + j, mask)), mask);
      store(arg + j, at, mask);
    });
  }
}

static void spanMaxBackward(int32_t count, int32_t taps, int32_t width, const int32_t *spans, const float *y, const int32_t *arg, const float *dy, float *dx, float *dBias) {
  for (ptrdiff_t k = 0; k < count; k++, spans += 2, y += width, arg += width, dy += width) {
    for (ptrdiff_t f = 0; f < width; f++) {
      const float slope = dy[f];
      if (y[f] <= 0 || slope == 0) continue;
      dBias[f] += slope;
      const int32_t p = arg[f];
      const int32_t last = taps < spans[1] - p ? taps : spans[1] - p;
      for (int32_t t = spans[0] - p > 0 ? spans[0] - p : 0; t < last; t++) {
        dx[((ptrdiff_t)(p + t) * taps + t) * width + f] += slope;
      }
    }
  }
}

}  // namespace WEFT_SET
