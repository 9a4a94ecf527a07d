// Scores of all word pairs of one sentence, factorised: W_m (h_i ⊕ h_j) = a_i + b_j (Sun et al.
// 2020, eq. 7).
//
// Words j lie in the lanes. For each word i, relu(a_i + b_j) is written as [width, words], and one
// product with the weights gives its scores as [columns, words]: nothing is summed across lanes, and
// everything about one word i stays in the first-level cache.
#pragma once

#include "matrices.hpp"

namespace WEFT_SET {

WEFT_INLINE ptrdiff_t wholeVectors(ptrdiff_t n) { return (n + lanes - 1) / lanes * lanes; }

/// Words whose hidden values are computed at once: as wide as the largest tile, and small enough for
/// the first-level cache.
constexpr ptrdiff_t blockWords = 3 * lanes;

/// The working space of one sentence of n words; words are padded to whole vectors.
struct PairSpace {
  ptrdiff_t words;
  /// b transposed, [width, words], zero on the padding.
  float *turned;
  /// relu(a_i + b_j) of a block of words, [width, block].
  float *hidden;
  /// Scores of word i, [columns, words].
  float *scores;
  /// What a kernel needs besides.
  float *more;

  PairSpace(int32_t n, int32_t width, int32_t columns, const float *b, size_t extra) : words(wholeVectors(n)) {
    turned = weftWorkspace((size_t)words * (2 * (size_t)width + (size_t)columns) + extra);
    hidden = turned + words * width;
    scores = hidden + words * width;
    more = scores + words * columns;
    for (ptrdiff_t j = 0; j < n; j++, b += width) {
      for (ptrdiff_t d = 0; d < width; d++) turned[d * words + j] = b[d];
    }
    for (ptrdiff_t d = 0; d < width; d++) {
      for (ptrdiff_t j = n; j < words; j++) turned[d * words + j] = 0;
    }
  }

  /// Scores of word i without their bias, from a_i and the weights w [width, stride].
  WEFT_INLINE void score(int32_t width, int32_t columns, const float *ai, const float *w, int32_t stride) {
    for (ptrdiff_t from = 0; from < words; from += blockWords) {
      const ptrdiff_t block = words - from < blockWords ? words - from : blockWords;
      for (ptrdiff_t d = 0; d < width; d++) {
        const Floats first = all(ai[d]);
        const float *second = turned + d * words + from;
        for (ptrdiff_t j = 0; j < block; j += lanes) store(hidden + d * block + j, rectified(first + load(second + j)));
      }
      multiplied(columns, (int32_t)block, width, ColumnMajor{w, stride}, hidden, block, scores + from, words);
    }
  }

  /// The lanes from word j on that hold a partner: words of the sentence, without word `skipped`.
  WEFT_INLINE static Ints partners(ptrdiff_t j, int32_t n, int32_t skipped) {
    const Ints word = laneNumbers() + (int32_t)j;
    return (word < n) & (word != skipped);
  }
};

/// The first word of a row of scores that reaches the maximum; −1 if there is none.
WEFT_INLINE int32_t firstEqual(const PairSpace &space, const float *scores, float top, int32_t n, int32_t skipped) {
  for (ptrdiff_t j = 0; j < space.words; j += lanes) {
    const unsigned equals = bits((load(scores + j) == all(top)) & PairSpace::partners(j, n, skipped));
    if (equals) return (int32_t)j + __builtin_ctz(equals);
  }
  return -1;
}

static void pairMax(int32_t m, int32_t n, int32_t width, int32_t columns, int32_t stride, int32_t diagonal, const int32_t *own, const float *a, const float *b, const float *w, const float *bias, float *, float *y, int32_t *arg) {
  PairSpace space(n, width, columns, b, 0);
  for (int32_t i = 0; i < m; i++, a += width, y += stride) {
    space.score(width, columns, a, w, stride);
    const int32_t word = own ? own[i] : i;
    const int32_t skipped = diagonal ? -1 : word;
    const bool exists = n > (diagonal ? 0 : 1);
    for (ptrdiff_t r = 0; r < columns; r++) {
      const float *scores = space.scores + r * space.words;
      Floats best = all(-__builtin_inff());
      for (ptrdiff_t j = 0; j < space.words; j += lanes) {
        best = max(best, select(PairSpace::partners(j, n, skipped), load(scores + j), best));
      }
      const float top = maxOf(best);
      y[r] = top + bias[r];
      if (arg) arg[r] = firstEqual(space, scores, top, n, skipped);
    }
    if (arg) {
      for (ptrdiff_t r = columns; r < stride; r++) arg[r] = -1;
      arg += stride;
    }
    eachVector(stride, [=](ptrdiff_t r, auto mask) {
      store(y + r, only(columnsBelow(r, exists ? columns : 0), sigmoid(load(y + r, mask))), mask);
    });
  }
}

static void pairMaxBackward(int32_t n, int32_t width, int32_t columns, int32_t stride, const float *a, const float *b, const float *wt, const float *y, const int32_t *arg, const float *dy, float *dA, float *dB, float *dWt, float *dBias) {
  for (ptrdiff_t i = 0; i < n; i++, a += width, dA += width, y += stride, arg += stride, dy += stride) {
    for (ptrdiff_t r = 0; r < columns; r++) {
      const float slope = dy[r] * y[r] * (1.0f - y[r]);
      if (arg[r] < 0 || slope == 0) continue;
      dBias[r] += slope;
      const ptrdiff_t there = (ptrdiff_t)arg[r] * width;
      const ptrdiff_t here = r * width;
      eachVector(width, [=](ptrdiff_t d, auto mask) {
        const Floats hidden = rectified(load(a + d, mask) + load(b + there + d, mask));
        store(dWt + here + d, fma(all(slope), hidden, load(dWt + here + d, mask)), mask);
        const Floats passed = only(hidden > (Floats){}, all(slope) * load(wt + here + d, mask));
        store(dA + d, load(dA + d, mask) + passed, mask);
        store(dB + there + d, load(dB + there + d, mask) + passed, mask);
      });
    }
  }
}

/// Σ ln(1 + e^s) over the scores of word i; with `slopes`, the scores become weight·σ(s), 0 where
/// there is no pair. The product of many 1 + e^−|s| needs one logarithm.
static double rowLoss(PairSpace &space, int32_t n, int32_t skipped, int32_t columns, const float *bias, float weight, bool slopes) {
  const Floats one = all(1.0f);
  double total = 0;
  for (ptrdiff_t r = 0; r < columns; r++) {
    float *row = space.scores + r * space.words;
    const Floats offset = all(bias[r]);
    Floats sum = {};
    Floats grown = one;
    for (ptrdiff_t j = 0, step = 1; j < space.words; j += lanes, step++) {
      const Ints exists = PairSpace::partners(j, n, skipped);
      const Floats score = load(row + j) + offset;
      const Floats power = exp((Floats)((Ints)score | all((int32_t)0x80000000)));
      const Floats more = one + power;
      sum += only(exists, rectified(score));
      grown *= select(exists, more, one);
      if (step % 64 == 0) {
        sum += log(grown);
        grown = one;
      }
      if (slopes) {
        const Floats p = select(score >= (Floats){}, one, power) * reciprocal(more);
        store(row + j, only(exists, p * all(weight)));
      }
    }
    total += (double)sumOf(sum + log(grown));
  }
  return total;
}

/// From the slopes of word i, [columns, words], to the gradients of a_i, b, the weights and the bias.
static void rowGradient(PairSpace &space, int32_t n, int32_t width, int32_t columns, const float *ai, const float *b, const float *wt, float *dAi, float *dB, float *dWt, float *dBias) {
  for (ptrdiff_t r = 0; r < columns; r++) {
    Floats sum = {};
    for (ptrdiff_t j = 0; j < space.words; j += lanes) sum += load(space.scores + r * space.words + j);
    dBias[r] += sumOf(sum);
  }
  float *hidden = space.hidden;  // [n, width] from here on
  float *back = space.more;      // [n, width]
  for (ptrdiff_t j = 0; j < n; j++) {
    eachVector(width, [=](ptrdiff_t d, auto mask) { store(hidden + j * width + d, rectified(load(ai + d, mask) + load(b + j * width + d, mask)), mask); });
  }
  multipliedOnto(columns, width, n, RowMajor{space.scores, space.words}, hidden, width, dWt, width);
  multiplied(n, width, columns, ColumnMajor{space.scores, space.words}, wt, width, back, width);
  eachVector(width, [=](ptrdiff_t d, auto mask) {
    Floats sum = load(dAi + d, mask);
    for (ptrdiff_t at = d; at < n * (ptrdiff_t)width; at += width) {
      const Floats passed = only(load(hidden + at, mask) > (Floats){}, load(back + at, mask));
      store(dB + at, load(dB + at, mask) + passed, mask);
      sum += passed;
    }
    store(dAi + d, sum, mask);
  });
}

static double pairLoss(int32_t n, int32_t width, int32_t columns, int32_t stride, int32_t diagonal, const float *a, const float *b, const float *w, const float *bias, const int32_t *gold, int32_t count, float weight, const float *wt, float *, float *dA, float *dB, float *dW, float *dBias) {
  const size_t sizeOfBack = (size_t)n * width;
  const size_t sizeOfWeights = (size_t)columns * width;
  PairSpace space(n, width, columns, b, wt ? sizeOfBack + sizeOfWeights : 0);
  float *dWt = space.more + sizeOfBack;
  if (wt) memset(dWt, 0, sizeOfWeights * sizeof(float));
  const int32_t *end = gold + 3 * (ptrdiff_t)count;
  double total = 0;
  for (int32_t i = 0; i < n; i++, a += width) {
    space.score(width, columns, a, w, stride);
    // Gold cells add their score times −1 to the sum and −1 to the gradient; everything else is the
    // same for all cells.
    double goldScores = 0;
    const int32_t *next = gold;
    for (; next < end && next[0] == i; next += 3) {
      if (!diagonal && next[1] == i) continue;
      goldScores += (double)space.scores[next[2] * space.words + next[1]] + (double)bias[next[2]];
    }
    total += rowLoss(space, n, diagonal ? -1 : i, columns, bias, weight, wt != nullptr) - goldScores;
    for (; gold < next; gold += 3) {
      if (!wt || (!diagonal && gold[1] == i)) continue;
      space.scores[gold[2] * space.words + gold[1]] -= weight;
    }
    if (wt) rowGradient(space, n, width, columns, a, b, wt, dA + i * (ptrdiff_t)width, dB, dWt, dBias);
  }
  if (wt) transposeAdd(columns, width, dWt, width, dW, stride);
  return total;
}

/// A cell that reaches its threshold, as it lies in memory.
struct FoundCell {
  int32_t i;
  int32_t j;
  int32_t r;
  float probability;
};

static int32_t pairPredict(int32_t n, int32_t width, int32_t columns, int32_t stride, int32_t diagonal, const float *a, const float *b, const float *w, const float *bias, const float *thresholds, float *, void *out, int32_t limit) {
  PairSpace space(n, width, columns, b, 0);
  int32_t found = 0;
  for (int32_t i = 0; i < n; i++, a += width) {
    space.score(width, columns, a, w, stride);
    const int32_t skipped = diagonal ? -1 : i;
    for (ptrdiff_t j = 0; j < space.words; j += lanes) {
      const Ints exists = PairSpace::partners(j, n, skipped);
      Ints any = {};
      for (ptrdiff_t r = 0; r < columns; r++) {
        any |= load(space.scores + r * space.words + j) + all(bias[r]) >= all(thresholds[r]);
      }
      unsigned words = bits(any & exists);
      for (int32_t lane = 0; words; lane++, words >>= 1) {
        if (!(words & 1)) continue;
        for (int32_t r = 0; r < columns; r++) {
          const float score = space.scores[r * space.words + j + lane] + bias[r];
          if (!(score >= thresholds[r])) continue;
          if (found < limit) {
            const FoundCell cell = {i, (int32_t)j + lane, r, sigmoid(all(score))[0]};
            memcpy((FoundCell *)out + found, &cell, sizeof cell);
          }
          found++;
        }
      }
    }
  }
  return found;
}

static void pairProbabilities(int32_t n, int32_t width, int32_t columns, int32_t stride, int32_t diagonal, const float *a, const float *b, const float *w, const float *bias, float *, float *p) {
  PairSpace space(n, width, columns, b, 0);
  for (int32_t i = 0; i < n; i++, a += width) {
    space.score(width, columns, a, w, stride);
    for (int32_t j = 0; j < n; j++, p += stride) {
      for (ptrdiff_t r = 0; r < stride; r++) p[r] = r < columns ? space.scores[r * space.words + j] + bias[r] : 0.0f;
      const int32_t exist = j == i && !diagonal ? 0 : columns;
      eachVector(stride, [=](ptrdiff_t r, auto mask) { store(p + r, only(columnsBelow(r, exist), sigmoid(load(p + r, mask))), mask); });
    }
  }
}

}  // namespace WEFT_SET
