// Normalisation by mean and variance: of columns, and of rows.
#pragma once

#include "elementwise.hpp"

namespace WEFT_SET {

template <class Some>
WEFT_INLINE Floats columnSum(int32_t m, ptrdiff_t width, const float *x, Some mask) {
  Floats total = {};
  for (ptrdiff_t i = 0; i < m; i++) total += load(x + i * width, mask);
  return total;
}

WEFT_INLINE Floats inverseDeviation(Floats variance, float epsilon) { return all(1.0f) / sqrt(variance + all(epsilon)); }

static void columnMoments(int32_t m, int32_t width, const float *x, float *mean, float *variance) {
  const Floats count = all((float)m);
  eachVector(width, [=](ptrdiff_t j, auto mask) {
    const Floats middle = columnSum(m, width, x + j, mask) / count;
    Floats squares = {};
    for (ptrdiff_t i = 0; i < m; i++) {
      const Floats away = load(x + i * width + j, mask) - middle;
      squares = fma(away, away, squares);
    }
    store(mean + j, middle, mask);
    store(variance + j, squares / count, mask);
  });
}

static void normaliseRows(int32_t m, int32_t width, const float *x, const float *mean, const float *variance, float epsilon, const float *scale, const float *shift, float *y) {
  eachVector(width, [=](ptrdiff_t j, auto mask) {
    const Floats middle = load(mean + j, mask);
    const Floats by = load(scale + j, mask) * inverseDeviation(load(variance + j, mask), epsilon);
    for (ptrdiff_t i = 0; i < m * (ptrdiff_t)width; i += width) {
      store(y + i + j, fma(by, load(x + i + j, mask) - middle, load(shift + j, mask)), mask);
    }
  });
}

static void normaliseRowsBackward(int32_t m, int32_t width, const float *x, const float *mean, const float *variance, float epsilon, const float *scale, float share, const float *dy, float *dx, float *dScale, float *dShift) {
  eachVector(width, [=](ptrdiff_t j, auto mask) {
    const Floats middle = load(mean + j, mask);
    const Floats inverse = inverseDeviation(load(variance + j, mask), epsilon);
    const Floats total = columnSum(m, width, dy + j, mask);
    const ptrdiff_t end = m * (ptrdiff_t)width;
    Floats product = {};
    for (ptrdiff_t i = j; i < end; i += width) {
      product = fma(load(dy + i, mask), (load(x + i, mask) - middle) * inverse, product);
    }
    store(dShift + j, load(dShift + j, mask) + total, mask);
    store(dScale + j, load(dScale + j, mask) + product, mask);
    const Floats by = load(scale + j, mask) * inverse;
    for (ptrdiff_t i = j; i < end; i += width) {
      const Floats shared = fma((load(x + i, mask) - middle) * inverse, product, total);
      const Floats own = load(dy + i, mask) - all(share) * shared;
      store(dx + i, fma(by, own, load(dx + i, mask)), mask);
    }
  });
}

static void layerNormForward(int32_t m, int32_t columns, int32_t stride, const float *x, float epsilon, const float *scale, const float *shift, float *y, float *mean, float *inverse) {
  for (ptrdiff_t i = 0; i < m; i++, x += stride, y += stride) {
    Floats total = {};
    eachVector(stride, [&](ptrdiff_t j, auto mask) { total += only(columnsBelow(j, columns), load(x + j, mask)); });
    const float middle = sumOf(total) / (float)columns;
    Floats squares = {};
    eachVector(stride, [&](ptrdiff_t j, auto mask) {
      const Floats away = only(columnsBelow(j, columns), load(x + j, mask) - all(middle));
      squares = fma(away, away, squares);
    });
    const float by = 1.0f / __builtin_sqrtf(sumOf(squares) / (float)columns + epsilon);
    eachVector(stride, [=](ptrdiff_t j, auto mask) {
      const Floats normal = only(columnsBelow(j, columns), (load(x + j, mask) - all(middle)) * all(by));
      store(y + j, fma(load(scale + j, mask), normal, load(shift + j, mask)), mask);
    });
    mean[i] = middle;
    inverse[i] = by;
  }
}

static void layerNormBackward(int32_t m, int32_t columns, int32_t stride, const float *x, const float *mean, const float *inverse, const float *scale, const float *dy, float *dx, float *dScale, float *dShift) {
  const float share = 1.0f / (float)columns;
  for (ptrdiff_t i = 0; i < m; i++, x += stride, dy += stride, dx += stride) {
    const Floats middle = all(mean[i]);
    const Floats by = all(inverse[i]);
    Floats total = {};
    Floats product = {};
    eachVector(stride, [&](ptrdiff_t j, auto mask) {
      const Floats normal = only(columnsBelow(j, columns), (load(x + j, mask) - middle) * by);
      const Floats slope = load(dy + j, mask);
      store(dShift + j, load(dShift + j, mask) + slope, mask);
      store(dScale + j, fma(slope, normal, load(dScale + j, mask)), mask);
      const Floats scaled = load(scale + j, mask) * slope;
      total += scaled;
      product = fma(scaled, normal, product);
    });
    const Floats meanSlope = all(sumOf(total) * share);
    const Floats meanProduct = all(sumOf(product) * share);
    eachVector(stride, [=](ptrdiff_t j, auto mask) {
      const Floats normal = (load(x + j, mask) - middle) * by;
      const Floats own = load(scale + j, mask) * load(dy + j, mask) - fma(normal, meanProduct, meanSlope);
      store(dx + j, fma(by, only(columnsBelow(j, columns), own), load(dx + j, mask)), mask);
    });
  }
}

}  // namespace WEFT_SET
