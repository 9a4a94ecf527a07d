// Scores of all word pairs of one sentence, factorised: W_m (h_i ⊕ h_j) = a_i + b_j (Sun et al.
// 2020, eq. 7).
//
// Words j lie in the lanes. A product of the weights with relu(a_i + b_j) gives the scores of word i
// as [columns, words]: nothing is summed across lanes. The scores of some words i are computed
// together, side by side.
#pragma once

#include "matrices.hpp"

namespace WEFT_SET {

WEFT_INLINE ptrdiff_t wholeVectors(ptrdiff_t n) { return (n + lanes - 1) / lanes * lanes; }

// The hidden values of word i, relu(a_i + b_j), computed as they are read. It suits few columns, of
// which one tall tile holds all; where several tiles read them, they are stored.

/// Hidden values as [width, words], with words in the lanes.
struct HiddenByWord {
  static constexpr int widest = 1;
  const float *first;
  const float *second;
  ptrdiff_t words;
  WEFT_INLINE HiddenByWord from(ptrdiff_t j) const { return {first, second + j, words}; }
  template <class Lanes>
  WEFT_INLINE Floats read(ptrdiff_t j, Lanes) const { return rectified(all(*first) + load(second + j)); }
  WEFT_INLINE void next() {
    first++;
    second += words;
  }
};

/// Hidden values as [words, width], with the width in the lanes.
struct HiddenByWidth {
  static constexpr int widest = 3;
  const float *first;
  const float *second;
  ptrdiff_t width;
  WEFT_INLINE HiddenByWidth from(ptrdiff_t d) const { return {first + d, second + d, width}; }
  template <class Lanes>
  WEFT_INLINE Floats read(ptrdiff_t d, Lanes mask) const { return rectified(load(first + d, mask) + load(second + d, mask)); }
  WEFT_INLINE void next() { second += width; }
};

/// Whether one tile holds all columns, so that hidden values are read once. Then words i are scored
/// one at a time.
WEFT_INLINE bool readOnce(int32_t columns) { return columns <= tallest(1); }

/// How many words i of a sentence of n words are scored together. Where hidden values are stored,
/// rows of about a hundred cells have little padding and are still near when they are read again.
WEFT_INLINE int32_t wordsAtOnce(int32_t n, int32_t columns) { return readOnce(columns) || n > 48 ? 1 : n > 24 ? 2 : 4; }

/// The working space of one sentence of n words.
struct PairSpace {
  int32_t n;
  int32_t width;
  int32_t columns;
  /// n, padded to whole vectors.
  ptrdiff_t words;
  /// The most words i at a time.
  int32_t most;
  /// Cells of a row: those of word i start at i·n, and the last ones are padded.
  ptrdiff_t cells;
  /// b transposed, [width, words], zero on the padding.
  float *turned;
  /// relu(a_i + b_j), [width, cells]; for the gradient, [cells, width].
  float *hidden;
  /// Scores of words i without their bias, [columns, cells].
  float *scores;
  /// What a kernel needs besides.
  float *more;

  PairSpace(int32_t n, int32_t width, int32_t columns, const float *b, size_t extra = 0)
      : n(n), width(width), columns(columns), words(wholeVectors(n)), most(wordsAtOnce(n, columns)), cells((most - 1) * n + words) {
    turned = weftWorkspace((size_t)words * width + (size_t)cells * ((size_t)width + columns) + extra);
    hidden = turned + words * width;
    scores = hidden + cells * width;
    more = scores + cells * columns;
    for (ptrdiff_t j = 0; j < n; j++, b += width) {
      for (ptrdiff_t d = 0; d < width; d++) turned[d * words + j] = b[d];
    }
    for (ptrdiff_t d = 0; d < width; d++) {
      for (ptrdiff_t j = n; j < words; j++) turned[d * words + j] = 0;
    }
  }

  /// How many words i to score together, of those from `first` to m.
  WEFT_INLINE int32_t together(int32_t first, int32_t m) const { return m - first < most ? m - first : most; }

  /// The scores of word i, one of m that are read in turn. The first of a group scores all of it.
  WEFT_INLINE const float *scoresOf(int32_t i, int32_t m, const float *a, const float *w, int32_t stride) const {
    const int32_t place = i % most;
    if (place == 0) score(together(i, m), a + i * (ptrdiff_t)width, w, stride);
    return scores + place * (ptrdiff_t)n;
  }

  /// Stores the hidden values of `count` words as [cells, width].
  WEFT_INLINE const float *hiddenByWidth(int32_t count, const float *a, const float *b) const {
    float *row = hidden;
    for (ptrdiff_t i = 0; i < count; i++, a += width) {
      const float *second = b;
      for (ptrdiff_t j = 0; j < n; j++, second += width, row += width) {
        eachVector(width, [=](ptrdiff_t d, auto mask) { store(row + d, rectified(load(a + d, mask) + load(second + d, mask)), mask); });
      }
    }
    return hidden;
  }

  /// Computes the scores of `count` words without their bias, from the rows a_i and the weights
  /// w [width, stride]. What a word writes past its cells, the next word overwrites.
  WEFT_INLINE void score(int32_t count, const float *a, const float *w, int32_t stride) const {
    const ColumnMajor weights = {w, stride};
    if (readOnce(columns)) return product(columns, (int32_t)words, width, weights, HiddenByWord{a, turned, words}, Replacing{scores, cells});
    for (ptrdiff_t i = 0; i < count; i++) {
      for (ptrdiff_t d = 0; d < width; d++) {
        const Floats first = all(a[i * width + d]);
        float *row = hidden + d * cells + i * n;
        for (ptrdiff_t j = 0; j < words; j += lanes) store(row + j, rectified(first + load(turned + d * words + j)));
      }
    }
    const int32_t scored = (count - 1) * n + (int32_t)words;
    product(columns, scored, width, weights, Rows{hidden, cells}, Replacing{scores, cells});
  }

  /// The lanes from word j on that hold a partner: words of the sentence, without word `skipped`.
  WEFT_INLINE static Ints partners(ptrdiff_t j, int32_t n, int32_t skipped) {
    const Ints word = laneNumbers() + (int32_t)j;
    return (word < n) & (word != skipped);
  }
};

/// The first word of a row of scores that reaches the maximum; −1 if there is none.
WEFT_INLINE int32_t firstEqual(const float *scores, float top, int32_t n, int32_t skipped) {
  for (ptrdiff_t from = 0; from < n; from += 64) {
    const ptrdiff_t end = n - from < 64 ? n : from + 64;
    // All words of a group at once, since the place of the maximum is hard to guess for the processor.
    uint64_t equal = 0;
    for (ptrdiff_t j = from; j < end; j += lanes) {
      equal |= (uint64_t)bits((load(scores + j) == all(top)) & PairSpace::partners(j, n, skipped)) << (j - from);
    }
    if (equal) return (int32_t)from + __builtin_ctzll(equal);
  }
  return -1;
}

static void pairMax(int32_t m, int32_t n, int32_t width, int32_t columns, int32_t stride, int32_t diagonal, const int32_t *own, const float *a, const float *b, const float *w, const float *bias, float *, float *y, int32_t *arg) {
  const PairSpace space(n, width, columns, b);
  for (int32_t i = 0; i < m; i++, y += stride) {
    const float *scores = space.scoresOf(i, m, a, w, stride);
    const int32_t word = own ? own[i] : i;
    const int32_t skipped = diagonal ? -1 : word;
    const bool exists = n > (diagonal ? 0 : 1);
    for (ptrdiff_t r = 0; r < stride; r += lanes) {
      // The rows of a group that do not exist repeat the last one.
      const auto row = [&](ptrdiff_t lane) { return scores + (r + lane < columns ? r + lane : columns - 1) * space.cells; };
      Floats best[lanes];
      WEFT_UNROLL for (int lane = 0; lane < lanes; lane++) best[lane] = all(-__builtin_inff());
      for (ptrdiff_t j = 0; j < n; j += lanes) {
        const Ints partner = PairSpace::partners(j, n, skipped);
        WEFT_UNROLL for (int lane = 0; lane < lanes; lane++) {
          best[lane] = max(best[lane], select(partner, load(row(lane) + j), best[lane]));
        }
      }
      const Floats tops = maxOfEach(best);
      const Mask written = firstLanes(stride - r);
      store(y + r, only(columnsBelow(r, exists ? columns : 0), sigmoid(tops + load(bias + r, firstLanes(columns - r)))), written);
      if (!arg) continue;
      float top[lanes];
      store(top, tops);
      Ints places = all(-1);
      for (int lane = 0; lane < lanes && r + lane < columns; lane++) places[lane] = firstEqual(row(lane), top[lane], n, skipped);
      store(arg + r, places, written);
    }
    if (arg) arg += stride;
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

/// Σ ln(1 + e^s) over the scores of one word i; with `slopes`, the scores become weight·σ(s), 0 where
/// there is no pair. The product of many 1 + e^−|s| needs one logarithm.
static double rowLoss(const PairSpace &space, float *scores, int32_t skipped, const float *bias, float weight, bool slopes) {
  const Floats one = all(1.0f);
  Floats sum = {};
  Floats grown = one;
  int step = 0;
  eachVector(space.n, [&](ptrdiff_t j, auto mask) {
    const Ints exists = PairSpace::partners(j, space.n, skipped);
    for (ptrdiff_t r = 0; r < space.columns; r++) {
      float *at = scores + r * space.cells + j;
      const Floats score = load(at, mask) + all(bias[r]);
      const Floats power = exp((Floats)((Ints)score | all((int32_t)0x80000000)));
      const Floats more = one + power;
      sum += only(exists, rectified(score));
      grown *= select(exists, more, one);
      if (++step % 64 == 0) {
        sum += log(grown);
        grown = one;
      }
      if (slopes) {
        const Floats p = select(score >= (Floats){}, one, power) * reciprocal(more);
        store(at, only(exists, p * all(weight)), mask);
      }
    }
  });
  return (double)sumOf(sum + log(grown));
}

/// Where the gradient of the hidden values of word i goes: where relu passed, to a_i and to b_j.
/// Rows are words j, columns the width.
struct PassingBack {
  const float *first;
  const float *second;
  float *dFirst;
  float *dSecond;
  ptrdiff_t width;
  WEFT_INLINE PassingBack from(ptrdiff_t j, ptrdiff_t d) const {
    return {first + d, second + j * width + d, dFirst + d, dSecond + j * width + d, width};
  }
  template <int R, int V>
  WEFT_INLINE void take(const Floats (&sum)[R][V], Mask last) const {
    WEFT_UNROLL for (int v = 0; v < V - 1; v++) takeColumn(sum, v, Whole());
    takeColumn(sum, V - 1, last);
  }
  template <int R, int V, class Lanes>
  WEFT_INLINE void takeColumn(const Floats (&sum)[R][V], int v, Lanes mask) const {
    const Floats a = load(first + v * lanes, mask);
    Floats total = load(dFirst + v * lanes, mask);
    WEFT_UNROLL for (int r = 0; r < R; r++) {
      const ptrdiff_t at = r * width + v * lanes;
      const Floats passed = only(a + load(second + at, mask) > (Floats){}, sum[r][v]);
      store(dSecond + at, load(dSecond + at, mask) + passed, mask);
      total += passed;
    }
    store(dFirst + v * lanes, total, mask);
  }
};

/// From the slopes of some words i, [columns, cells], to the gradients of a_i, b, the weights and the
/// bias. a and dA start at the first of these words.
static void addGradients(const PairSpace &space, int32_t count, const float *a, const float *b, const float *wt, float *dA, float *dB, float *dWt, float *dBias) {
  const int32_t n = space.n, width = space.width, columns = space.columns;
  for (ptrdiff_t r = 0; r < columns; r++) dBias[r] += sum(count * n, space.scores + r * space.cells);
  const Adding weights = {dWt, width, dWt, width};
  const RowMajor slopes = {space.scores, space.cells};
  if (readOnce(columns)) product(columns, width, n, slopes, HiddenByWidth{a, b, width}, weights);
  else product(columns, width, count * n, slopes, Rows{space.hiddenByWidth(count, a, b), width}, weights);
  for (int32_t d = 0, panel; d < width; d += panel) {
    panel = width - d <= 4 * lanes ? width - d : 3 * lanes;
    for (ptrdiff_t i = 0; i < count; i++) {
      const PassingBack back = {a + i * width + d, b + d, dA + i * width + d, dB + d, width};
      product(n, panel, columns, ColumnMajor{space.scores + i * n, space.cells}, Rows{wt + d, width}, back);
    }
  }
}

static double pairLoss(int32_t n, int32_t width, int32_t columns, int32_t stride, int32_t diagonal, const float *a, const float *b, const float *w, const float *bias, const int32_t *gold, int32_t count, float weight, const float *wt, float *, float *dA, float *dB, float *dW, float *dBias) {
  const size_t sizeOfWeights = (size_t)columns * width;
  const PairSpace space(n, width, columns, b, wt ? sizeOfWeights : 0);
  float *dWt = space.more;
  if (wt) memset(dWt, 0, sizeOfWeights * sizeof(float));
  const int32_t *end = gold + 3 * (ptrdiff_t)count;
  double total = 0;
  for (int32_t from = 0, words; from < n; from += words) {
    words = space.together(from, n);
    const ptrdiff_t at = from * (ptrdiff_t)width;
    space.score(words, a + at, w, stride);
    for (int32_t i = from; i < from + words; i++) {
      float *scores = space.scores + (i - from) * (ptrdiff_t)n;
      // Gold cells add their score times −1 to the sum and −1 to the gradient; everything else is the
      // same for all cells.
      double goldScores = 0;
      const int32_t *next = gold;
      for (; next < end && next[0] == i; next += 3) {
        if (!diagonal && next[1] == i) continue;
        goldScores += (double)scores[next[2] * space.cells + next[1]] + (double)bias[next[2]];
      }
      total += rowLoss(space, scores, diagonal ? -1 : i, bias, weight, wt != nullptr) - goldScores;
      for (; gold < next; gold += 3) {
        if (!wt || (!diagonal && gold[1] == i)) continue;
        scores[gold[2] * space.cells + gold[1]] -= weight;
      }
    }
    if (wt) addGradients(space, words, a + at, b, wt, dA + at, dB, dWt, dBias);
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
  const PairSpace space(n, width, columns, b);
  int32_t found = 0;
  for (int32_t i = 0; i < n; i++) {
    const float *scores = space.scoresOf(i, n, a, w, stride);
    const int32_t skipped = diagonal ? -1 : i;
    for (ptrdiff_t j = 0; j < n; j += lanes) {
      const Ints exists = PairSpace::partners(j, n, skipped);
      Ints any = {};
      for (ptrdiff_t r = 0; r < columns; r++) {
        any |= load(scores + r * space.cells + j) + all(bias[r]) >= all(thresholds[r]);
      }
      unsigned words = bits(any & exists);
      for (int32_t lane = 0; words; lane++, words >>= 1) {
        if (!(words & 1)) continue;
        for (int32_t r = 0; r < columns; r++) {
          const float score = scores[r * space.cells + j + lane] + bias[r];
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
  const PairSpace space(n, width, columns, b);
  for (int32_t i = 0; i < n; i++) {
    const float *scores = space.scoresOf(i, n, a, w, stride);
    for (int32_t j = 0; j < n; j++, p += stride) {
      for (ptrdiff_t r = 0; r < stride; r++) p[r] = r < columns ? scores[r * space.cells + j] + bias[r] : 0.0f;
      const int32_t exist = j == i && !diagonal ? 0 : columns;
      eachVector(stride, [=](ptrdiff_t r, auto mask) { store(p + r, only(columnsBelow(r, exist), sigmoid(load(p + r, mask))), mask); });
    }
  }
}

}  // namespace WEFT_SET
