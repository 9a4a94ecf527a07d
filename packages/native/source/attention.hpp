// Multi-head self-attention of sentences that lie end to end. One head of a sentence is a few small
// products, some rows of scores at a time. Of the scores only the logarithms of their sums are kept;
// the gradient computes them again.
#pragma once

#include "matrices.hpp"

namespace WEFT_SET {

/// The columns of one head as rows of `width` floats, zero past the first n.
static void turnHead(int32_t n, int32_t size, const float *x, int32_t stride, float *y, int32_t width) {
  for (ptrdiff_t d = 0; d < size; d++, y += width) {
    for (ptrdiff_t j = 0; j < n; j++) y[j] = x[j * stride + d];
    for (ptrdiff_t j = n; j < width; j++) y[j] = 0.0f;
  }
}

/// x = softmax(factor·x) over the first n of `width` floats, zero past them. Returns ln Σ e^(factor·x).
static float softmaxOf(int32_t n, int32_t width, float factor, float *x) {
  const Floats scale = all(factor);
  Floats highest = all(-__builtin_inff());
  eachVector(width, [&](ptrdiff_t j, auto mask) {
    highest = max(highest, select(columnsBelow(j, n), load(x + j, mask) * scale, all(-__builtin_inff())));
  });
  const Floats top = all(maxOf(highest));
  Floats sum = {};
  eachVector(width, [&](ptrdiff_t j, auto mask) {
    const Floats power = only(columnsBelow(j, n), exp(load(x + j, mask) * scale - top));
    store(x + j, power, mask);
    sum += power;
  });
  const Floats total = all(sumOf(sum));
  const Floats share = all(1.0f) / total;
  eachVector(width, [=](ptrdiff_t j, auto mask) { store(x + j, load(x + j, mask) * share, mask); });
  return (top + log(total))[0];
}

/// The mask of the weights of one row and head. A rate of 0 keeps all.
struct WeightMask {
  float rate;
  uint32_t seed1;
  uint32_t seed2;
  WeightMask(float rate, int32_t seed1, int32_t seed2, int32_t row, int32_t head)
      : rate(rate), seed1((uint32_t)seed1 + (uint32_t)row * 0x9e3779b1u), seed2((uint32_t)seed2 + (uint32_t)head * 0x85ebca6bu) {}

  /// Draws the factors of `width` weights into `factors`.
  void draw(int32_t width, float *factors) const {
    const float keep = 1.0f / (1.0f - rate);
    for (int32_t j = 0; j < width; j++) factors[j] = dropoutFactor(j, rate, keep, seed1, seed2);
  }
};

static void attendForward(
    int32_t count, int32_t heads, int32_t size, int32_t longest, int32_t block, int32_t stride, const int32_t *spans, const float *queries,
    const float *keys, const float *values, float factor, float rate, int32_t seed1, int32_t seed2, float *y, float *logSum, float *scratch) {
  float *scores = scratch + (ptrdiff_t)size * longest;
  float *factors = rate > 0 ? weftWorkspace((size_t)longest) : scratch;
  for (const int32_t *end = spans + 2 * (ptrdiff_t)count; spans < end; spans += 2) {
    const int32_t start = spans[0];
    const int32_t n = spans[1] - start;
    const int32_t width = (n + 3) & ~3;
    for (int32_t h = 0; h < heads && n > 0; h++) {
      const ptrdiff_t at = (ptrdiff_t)start * stride + (ptrdiff_t)h * size;
      turnHead(n, size, keys + at, stride, scratch, width);
      for (int32_t i = 0; i < n; i += block) {
        const int32_t rows = block < n - i ? block : n - i;
        const ptrdiff_t from = at + (ptrdiff_t)i * stride;
        multiplied(rows, width, size, RowMajor{queries + from, stride}, scratch, width, scores, width);
        for (int32_t r = 0; r < rows; r++) {
          const int32_t row = start + i + r;
          float *weights = scores + (ptrdiff_t)r * width;
          logSum[(ptrdiff_t)row * heads + h] = softmaxOf(n, width, factor, weights);
          if (rate > 0) {
            WeightMask(rate, seed1, seed2, row, h).draw(width, factors);
            multiply(width, factors, weights, weights, 0);
          }
        }
        multiplied(rows, size, n, RowMajor{scores, width}, values + at, stride, y + from, stride);
      }
    }
  }
}

static float dotOf(int32_t n, const float *x, const float *y) {
  Floats total = {};
  eachVector(n, [&](ptrdiff_t j, auto mask) { total = fma(load(x + j, mask), load(y + j, mask), total); });
  return sumOf(total);
}

/// dV += (P∘D)ᵀ·dy, dS = P∘(D∘(dy·Vᵀ) − δ) where δ is dy·y row by row, dQ += factor·dS·K, dK +=
/// factor·dSᵀ·Q.
static void attendBackward(
    int32_t count, int32_t heads, int32_t size, int32_t longest, int32_t block, int32_t stride, const int32_t *spans, const float *queries,
    const float *keys, const float *values, float factor, float rate, int32_t seed1, int32_t seed2, const float *y, const float *logSum,
    const float *dy, float *dQueries, float *dKeys, float *dValues, float *scratch) {
  float *turnedValues = scratch + (ptrdiff_t)size * longest;
  float *scores = turnedValues + (ptrdiff_t)size * longest;
  float *slopes = scores + (ptrdiff_t)block * longest;
  float *factors = weftWorkspace((size_t)longest);
  for (int32_t j = 0; j < longest; j++) factors[j] = 1.0f;
  for (const int32_t *end = spans + 2 * (ptrdiff_t)count; spans < end; spans += 2) {
    const int32_t start = spans[0];
    const int32_t n = spans[1] - start;
    const int32_t width = (n + 3) & ~3;
    for (int32_t h = 0; h < heads && n > 0; h++) {
      const ptrdiff_t at = (ptrdiff_t)start * stride + (ptrdiff_t)h * size;
      turnHead(n, size, keys + at, stride, scratch, width);
      turnHead(n, size, values + at, stride, turnedValues, width);
      for (int32_t i = 0; i < n; i += block) {
        const int32_t rows = block < n - i ? block : n - i;
        const ptrdiff_t from = at + (ptrdiff_t)i * stride;
        multiplied(rows, width, size, RowMajor{queries + from, stride}, scratch, width, scores, width);
        multiplied(rows, width, size, RowMajor{dy + from, stride}, turnedValues, width, slopes, width);
        for (int32_t r = 0; r < rows; r++) {
          const int32_t row = start + i + r;
          const ptrdiff_t own = from + (ptrdiff_t)r * stride;
          const Floats mean = all(dotOf(size, dy + own, y + own));
          const Floats total = all(logSum[(ptrdiff_t)row * heads + h]);
          float *weights = scores + (ptrdiff_t)r * width;
          float *slope = slopes + (ptrdiff_t)r * width;
          if (rate > 0) WeightMask(rate, seed1, seed2, row, h).draw(width, factors);
          eachVector(width, [=](ptrdiff_t j, auto mask) {
            const Floats weight = only(columnsBelow(j, n), exp(load(weights + j, mask) * all(factor) - total));
            const Floats kept = load(factors + j, mask);
            store(slope + j, weight * all(factor) * (kept * load(slope + j, mask) - mean), mask);
            store(weights + j, weight * kept, mask);
          });
        }
        multipliedOnto(n, size, rows, ColumnMajor{scores, width}, dy + from, stride, dValues + at, stride);
        multipliedOnto(rows, size, n, RowMajor{slopes, width}, keys + at, stride, dQueries + from, stride);
        multipliedOnto(n, size, rows, ColumnMajor{slopes, width}, queries + from, stride, dKeys + at, stride);
      }
    }
  }
}

}  // namespace WEFT_SET
