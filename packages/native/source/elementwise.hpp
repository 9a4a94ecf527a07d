// Sums, activations and dropout.
#pragma once

#include "math.hpp"

namespace WEFT_SET {

/// Calls `body(j, mask)` for each vector of `n` cells; the mask names the cells of the last one.
template <class Body>
WEFT_INLINE void eachVector(ptrdiff_t n, Body body) {
  ptrdiff_t j = 0;
  for (; j + lanes <= n; j += lanes) body(j, Whole());
  if (j < n) body(j, firstLanes(n - j));
}

static void add(int32_t n, const float *x, float *y) {
  eachVector(n, [=](ptrdiff_t j, auto mask) { store(y + j, load(y + j, mask) + load(x + j, mask), mask); });
}

static void addScaled(int32_t n, float factor, const float *x, float *y) {
  eachVector(n, [=](ptrdiff_t j, auto mask) { store(y + j, fma(all(factor), load(x + j, mask), load(y + j, mask)), mask); });
}

static void scale(int32_t n, float factor, float *y) {
  eachVector(n, [=](ptrdiff_t j, auto mask) { store(y + j, load(y + j, mask) * all(factor), mask); });
}

static void multiply(int32_t n, const float *x1, const float *x2, float *y, int32_t accumulate) {
  eachVector(n, [=](ptrdiff_t j, auto mask) {
    const Floats product = load(x1 + j, mask) * load(x2 + j, mask);
    store(y + j, accumulate ? load(y + j, mask) + product : product, mask);
  });
}

static float sum(int32_t n, const float *x) {
  Floats total = {};
  eachVector(n, [&](ptrdiff_t j, auto mask) { total += load(x + j, mask); });
  return sumOf(total);
}

static void tanhForward(int32_t n, const float *x, float *y) {
  eachVector(n, [=](ptrdiff_t j, auto mask) { store(y + j, tanh(load(x + j, mask)), mask); });
}

static void tanhBackward(int32_t n, const float *y, const float *dy, float *dx) {
  eachVector(n, [=](ptrdiff_t j, auto mask) {
    const Floats value = load(y + j, mask);
    store(dx + j, fma(load(dy + j, mask), all(1.0f) - value * value, load(dx + j, mask)), mask);
  });
}

static void reluForward(int32_t n, const float *x, float *y) {
  eachVector(n, [=](ptrdiff_t j, auto mask) { store(y + j, rectified(load(x + j, mask)), mask); });
}

static void reluBackward(int32_t n, const float *y, const float *dy, float *dx) {
  eachVector(n, [=](ptrdiff_t j, auto mask) {
    const Ints passes = load(y + j, mask) > (Floats){};
    store(dx + j, load(dx + j, mask) + only(passes, load(dy + j, mask)), mask);
  });
}

static void geluForward(int32_t n, const float *x, float *y) {
  eachVector(n, [=](ptrdiff_t j, auto mask) {
    const Floats value = load(x + j, mask);
    store(y + j, value * normalShare(value, normalDensity(value)), mask);
  });
}

static void geluBackward(int32_t n, const float *x, const float *dy, float *dx) {
  eachVector(n, [=](ptrdiff_t j, auto mask) {
    const Floats value = load(x + j, mask);
    const Floats density = normalDensity(value);
    const Floats slope = fma(value * all(0.3989422804014327f), density, normalShare(value, density));
    store(dx + j, fma(load(dy + j, mask), slope, load(dx + j, mask)), mask);
  });
}

/// The lanes of columns below `columns`, counted from column j.
WEFT_INLINE Ints columnsBelow(ptrdiff_t j, int32_t columns) { return laneNumbers() + (int32_t)j < columns; }

static void sigmoidRows(int32_t m, int32_t columns, int32_t stride, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < m; i++, x += stride, y += stride) {
    eachVector(stride, [=](ptrdiff_t j, auto mask) {
      store(y + j, only(columnsBelow(j, columns), sigmoid(load(x + j, mask))), mask);
    });
  }
}

static void sigmoidBackward(int32_t n, const float *y, const float *dy, float *dx) {
  eachVector(n, [=](ptrdiff_t j, auto mask) {
    const Floats value = load(y + j, mask);
    store(dx + j, fma(load(dy + j, mask), value * (all(1.0f) - value), load(dx + j, mask)), mask);
  });
}

static void softmaxRows(int32_t m, int32_t columns, int32_t stride, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < m; i++, x += stride, y += stride) {
    float top = x[0];
    for (int32_t j = 1; j < columns; j++) top = x[j] > top ? x[j] : top;
    Floats total = {};
    eachVector(stride, [&](ptrdiff_t j, auto mask) {
      const Floats power = only(columnsBelow(j, columns), exp(load(x + j, mask) - all(top)));
      store(y + j, power, mask);
      total += power;
    });
    const Floats factor = all(1.0f / sumOf(total));
    eachVector(stride, [=](ptrdiff_t j, auto mask) { store(y + j, load(y + j, mask) * factor, mask); });
  }
}

static void softmaxBackward(int32_t m, int32_t stride, const float *y, const float *dy, float *dx) {
  for (ptrdiff_t i = 0; i < m; i++, y += stride, dy += stride, dx += stride) {
    Floats total = {};
    eachVector(stride, [&](ptrdiff_t j, auto mask) { total = fma(load(y + j, mask), load(dy + j, mask), total); });
    const Floats mean = all(sumOf(total));
    eachVector(stride, [=](ptrdiff_t j, auto mask) {
      store(dx + j, fma(load(y + j, mask), load(dy + j, mask) - mean, load(dx + j, mask)), mask);
    });
  }
}

WEFT_INLINE uint32_t mix(uint32_t h) {
  h ^= h >> 16;
  h *= 0x85ebca6bu;
  h ^= h >> 13;
  h *= 0xc2b2ae35u;
  return h ^ (h >> 16);
}

/// Two rounds of the 32-bit finaliser of MurmurHash3, keyed before each.
WEFT_INLINE uint32_t hash(uint32_t value, uint32_t key) {
  return mix(mix(value * 0x9e3779b1u + key) ^ (key * 0x85ebca6bu + 0x165667b1u));
}

/// The i-th draw of a dropout mask: 0, or `keep` = 1 / (1 − rate).
WEFT_INLINE float dropoutFactor(int32_t i, float rate, float keep, uint32_t seed1, uint32_t seed2) {
  const float unit = (float)(int32_t)(hash((uint32_t)i ^ seed1, seed2) >> 8) * 5.9604644775390625e-8f;
  return unit < rate ? 0.0f : keep;
}

static void dropoutMask(int32_t n, float rate, int32_t seed1, int32_t seed2, float *mask) {
  const float keep = 1.0f / (1.0f - rate);
  for (int32_t i = 0; i < n; i++) mask[i] = dropoutFactor(i, rate, keep, (uint32_t)seed1, (uint32_t)seed2);
}

}  // namespace WEFT_SET
