// Cross-entropies that give the loss and the gradient of the scores in one pass.
#pragma once

#include "elementwise.hpp"

namespace WEFT_SET {

static double softmaxLoss(int32_t m, int32_t stride, const float *p, const int32_t *gold, const float *weights, float factor, float *dx) {
  double total = 0;
  for (ptrdiff_t i = 0; i < m; i++, p += stride) {
    const int32_t right = gold[i];
    const float weight = weights ? weights[i] : 1.0f;
    if (right >= 0) {
      // NaN must come out as NaN; the logarithm, which splits its argument by bits, would hide it.
      const float likely = p[right] < 1.17549435e-38f ? 1.17549435e-38f : p[right];
      const float logarithm = likely == likely ? log(all(likely))[0] : likely;
      total -= (double)weight * (double)logarithm;
      if (dx) {
        const Floats by = all(factor * weight);
        eachVector(stride, [=](ptrdiff_t j, auto mask) { store(dx + j, fma(by, load(p + j, mask), load(dx + j, mask)), mask); });
        dx[right] -= factor * weight;
      }
    }
    if (dx) dx += stride;
  }
  return total;
}

/// ln(1 + e^v); adds factor·σ(v) to a cell of dx.
WEFT_INLINE float hinge(float v, float factor, float *dx) {
  if (dx) *dx += factor * sigmoid(all(v))[0];
  const float size = v < 0 ? -v : v;
  const float rest = log(all(1.0f) + exp(all(-size)))[0];
  return v == v ? (v > 0 ? v : 0) + rest : v;
}

static double rankingLoss(int32_t m, int32_t classes, int32_t stride, const float *x, const int32_t *gold, float positiveMargin, float negativeMargin, float scale, float factor, float *dx) {
  double total = 0;
  for (ptrdiff_t i = 0; i < m; i++, x += stride) {
    const int32_t right = gold[i];
    int32_t best = -1;
    for (int32_t j = 0; j < classes; j++) {
      if (j != right && (best < 0 || x[j] > x[best])) best = j;
    }
    if (right >= 0) total += (double)hinge(scale * (positiveMargin - x[right]), -scale * factor, dx ? dx + right : nullptr);
    if (best >= 0) total += (double)hinge(scale * (negativeMargin + x[best]), scale * factor, dx ? dx + best : nullptr);
    if (dx) dx += stride;
  }
  return total;
}

}  // namespace WEFT_SET
