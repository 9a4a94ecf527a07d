// Parameter updates, and what they need of the gradient.
#pragma once

#include "elementwise.hpp"

namespace WEFT_SET {

/// In double precision, in lanes of their own: the sum of a vector's squares is exact to 24 bits.
static double sumSquares(int32_t n, const float *x) {
  constexpr int chains = 8;
  double total[chains] = {};
  int32_t i = 0;
  for (; i + chains <= n; i += chains) {
    for (int c = 0; c < chains; c++) total[c] += (double)x[i + c] * (double)x[i + c];
  }
  for (int c = 0; i < n; i++, c++) total[c] += (double)x[i] * (double)x[i];
  return ((total[0] + total[4]) + (total[2] + total[6])) + ((total[1] + total[5]) + (total[3] + total[7]));
}

static void adam(int32_t n, float *w, const float *g, float *m, float *v, float rate, float beta1, float beta2, float epsilon, float clip) {
  eachVector(n, [=](ptrdiff_t j, auto mask) {
    const Floats slope = load(g + j, mask) * all(clip);
    const Floats mean = fma(all(beta1), load(m + j, mask), all(1.0f - beta1) * slope);
    const Floats square = fma(all(beta2), load(v + j, mask), all(1.0f - beta2) * slope * slope);
    store(m + j, mean, mask);
    store(v + j, square, mask);
    store(w + j, load(w + j, mask) - all(rate) * mean / (sqrt(square) + all(epsilon)), mask);
  });
}

static void adadelta(int32_t n, float *w, const float *g, float *square, float *moved, float rate, float rho, float epsilon, float clip) {
  const float rest = 1.0f - rho;
  eachVector(n, [=](ptrdiff_t j, auto mask) {
    const Floats slope = load(g + j, mask) * all(clip);
    const Floats mean = fma(all(rho), load(square + j, mask), all(rest) * slope * slope);
    const Floats before = load(moved + j, mask);
    const Floats move = sqrt(before + all(epsilon)) / sqrt(mean + all(epsilon)) * slope;
    store(square + j, mean, mask);
    store(moved + j, fma(all(rho), before, all(rest) * move * move), mask);
    store(w + j, load(w + j, mask) - all(rate) * move, mask);
  });
}

static void rmsprop(int32_t n, float *w, const float *g, float *square, float rate, float rho, float epsilon, float clip) {
  eachVector(n, [=](ptrdiff_t j, auto mask) {
    const Floats slope = load(g + j, mask) * all(clip);
    const Floats mean = fma(all(rho), load(square + j, mask), all(1.0f - rho) * slope * slope);
    store(square + j, mean, mask);
    store(w + j, load(w + j, mask) - all(rate) * slope / (sqrt(mean) + all(epsilon)), mask);
  });
}

}  // namespace WEFT_SET
