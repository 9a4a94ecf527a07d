// The element-wise halves of recurrent cells. Gate blocks of `width` floats lie side by side in a
// row.
#pragma once

#include "elementwise.hpp"
#include "matrices.hpp"

namespace WEFT_SET {

// Forward passes go over a row several times, since a tanh that waits for a sigmoid would leave the
// processor idle: the vectors of one pass do not wait for each other.

static void lstmForward(int32_t m, int32_t width, float *gates, const float *previous, float *cell, float *hidden) {
  for (ptrdiff_t i = 0; i < m; i++, gates += 4 * (ptrdiff_t)width, cell += width, hidden += width) {
    eachVector(2 * (ptrdiff_t)width, [=](ptrdiff_t j, auto mask) { store(gates + j, sigmoid(load(gates + j, mask)), mask); });
    eachVector(width, [=](ptrdiff_t j, auto mask) {
      float *at = gates + j;
      const Floats fresh = tanh(load(at + 2 * width, mask));
      Floats state = load(at, mask) * fresh;
      if (previous) state = fma(load(at + width, mask), load(previous + j, mask), state);
      store(at + 2 * width, fresh, mask);
      store(at + 3 * width, sigmoid(load(at + 3 * width, mask)), mask);
      store(cell + j, state, mask);
    });
    eachVector(width, [=](ptrdiff_t j, auto mask) {
      store(hidden + j, load(gates + 3 * width + j, mask) * tanh(load(cell + j, mask)), mask);
    });
    if (previous) previous += width;
  }
}

static void lstmBackward(int32_t m, int32_t width, float *gates, const float *previous, const float *cell, const float *dHidden, float *dCell) {
  const Floats one = all(1.0f);
  for (ptrdiff_t i = 0; i < m; i++, gates += 4 * (ptrdiff_t)width, cell += width, dHidden += width, dCell += width) {
    eachVector(width, [=](ptrdiff_t j, auto mask) {
      float *at = gates + j;
      const Floats input = load(at, mask);
      const Floats forget = load(at + width, mask);
      const Floats fresh = load(at + 2 * width, mask);
      const Floats output = load(at + 3 * width, mask);
      const Floats squashed = tanh(load(cell + j, mask));
      const Floats dh = load(dHidden + j, mask);
      const Floats dc = fma(dh * output, one - squashed * squashed, load(dCell + j, mask));
      const Floats before = previous ? load(previous + j, mask) : (Floats){};
      store(at, dc * fresh * (input * (one - input)), mask);
      store(at + width, dc * before * (forget * (one - forget)), mask);
      store(at + 2 * width, dc * input * (one - fresh * fresh), mask);
      store(at + 3 * width, dh * squashed * (output * (one - output)), mask);
      store(dCell + j, dc * forget, mask);
    });
    if (previous) previous += width;
  }
}

static void lstmSteps(int32_t count, const int32_t *starts, int32_t size, int32_t width, const float *w, int32_t wStride, float *gates, float *cells, float *hidden) {
  const ptrdiff_t row = 4 * (ptrdiff_t)width;
  ptrdiff_t before = 0;
  for (int32_t t = 0; t + 1 < count; t++) {
    const ptrdiff_t start = starts[t];
    const int32_t m = starts[t + 1] - starts[t];
    float *at = gates + start * row;
    if (t > 0) gemm(m, 4 * width, size, hidden + before * width, width, w, wStride, at, 4 * width, 1);
    lstmForward(m, width, at, t > 0 ? cells + before * width : nullptr, cells + start * width, hidden + start * width);
    before = start;
  }
}

static void lstmStepsBackward(int32_t count, const int32_t *starts, int32_t, int32_t width, const float *wt, float *gates, const float *cells, float *dHidden, float *dCells) {
  if (count < 2) return;
  const ptrdiff_t row = 4 * (ptrdiff_t)width;
  // The rows of a step are the first ones of the step before, so their gradients stay in place.
  memset(dCells, 0, (size_t)starts[1] * width * sizeof(float));
  for (int32_t t = count - 2; t >= 0; t--) {
    const ptrdiff_t start = starts[t];
    const int32_t m = starts[t + 1] - starts[t];
    const ptrdiff_t before = t > 0 ? starts[t - 1] : 0;
    float *at = gates + start * row;
    lstmBackward(m, width, at, t > 0 ? cells + before * width : nullptr, cells + start * width, dHidden + start * width, dCells);
    if (t > 0) gemm(m, width, 4 * width, at, 4 * width, wt, width, dHidden + before * width, width, 1);
  }
}

static void gruForward(int32_t m, int32_t width, float *fromInput, const float *fromHidden, const float *hidden, float *out) {
  const ptrdiff_t row = 3 * (ptrdiff_t)width;
  for (ptrdiff_t i = 0; i < m; i++, fromInput += row, fromHidden += row, hidden += width, out += width) {
    eachVector(2 * (ptrdiff_t)width, [=](ptrdiff_t j, auto mask) {
      store(fromInput + j, sigmoid(load(fromInput + j, mask) + load(fromHidden + j, mask)), mask);
    });
    eachVector(width, [=](ptrdiff_t j, auto mask) {
      float *x = fromInput + j;
      const Floats reset = load(x, mask);
      const Floats update = load(x + width, mask);
      const Floats fresh = tanh(fma(reset, load(fromHidden + 2 * width + j, mask), load(x + 2 * width, mask)));
      store(x + 2 * width, fresh, mask);
      store(out + j, fma(update, load(hidden + j, mask) - fresh, fresh), mask);
    });
  }
}

static void gruBackward(int32_t m, int32_t width, float *gates, float *fromHidden, const float *hidden, const float *dOut, float *dHidden) {
  const Floats one = all(1.0f);
  const ptrdiff_t row = 3 * (ptrdiff_t)width;
  for (ptrdiff_t i = 0; i < m; i++, gates += row, fromHidden += row, hidden += width, dOut += width, dHidden += width) {
    eachVector(width, [=](ptrdiff_t j, auto mask) {
      float *x = gates + j;
      float *h = fromHidden + j;
      const Floats reset = load(x, mask);
      const Floats update = load(x + width, mask);
      const Floats fresh = load(x + 2 * width, mask);
      const Floats d = load(dOut + j, mask);
      const Floats dFresh = d * (one - update) * (one - fresh * fresh);
      const Floats dUpdate = d * (load(hidden + j, mask) - fresh) * (update * (one - update));
      const Floats dReset = dFresh * load(h + 2 * width, mask) * (reset * (one - reset));
      store(dHidden + j, fma(d, update, load(dHidden + j, mask)), mask);
      store(x, dReset, mask);
      store(x + width, dUpdate, mask);
      store(x + 2 * width, dFresh, mask);
      store(h, dReset, mask);
      store(h + width, dUpdate, mask);
      store(h + 2 * width, dFresh * reset, mask);
    });
  }
}

static void interactionGates(int32_t m, int32_t width, float *gates, const float *hidden, float *kept) {
  for (ptrdiff_t i = 0; i < m; i++, gates += 2 * (ptrdiff_t)width, hidden += width, kept += width) {
    eachVector(width, [=](ptrdiff_t j, auto mask) {
      const Floats reset = sigmoid(load(gates + width + j, mask));
      store(gates + j, sigmoid(load(gates + j, mask)), mask);
      store(gates + width + j, reset, mask);
      store(kept + j, reset * load(hidden + j, mask), mask);
    });
  }
}

static void interactionOutput(int32_t m, int32_t width, const float *gates, const float *hidden, float *fresh, float *out) {
  for (ptrdiff_t i = 0; i < m; i++, gates += 2 * (ptrdiff_t)width, hidden += width, fresh += width, out += width) {
    eachVector(width, [=](ptrdiff_t j, auto mask) {
      const Floats value = tanh(load(fresh + j, mask));
      const Floats before = load(hidden + j, mask);
      store(fresh + j, value, mask);
      store(out + j, fma(load(gates + j, mask), value - before, before), mask);
    });
  }
}

static void interactionOutputBackward(int32_t m, int32_t width, float *gates, const float *hidden, float *fresh, const float *dOut, float *dHidden) {
  const Floats one = all(1.0f);
  for (ptrdiff_t i = 0; i < m; i++, gates += 2 * (ptrdiff_t)width, hidden += width, fresh += width, dOut += width, dHidden += width) {
    eachVector(width, [=](ptrdiff_t j, auto mask) {
      const Floats update = load(gates + j, mask);
      const Floats value = load(fresh + j, mask);
      const Floats d = load(dOut + j, mask);
      const Floats rest = one - update;
      store(dHidden + j, fma(d, rest, load(dHidden + j, mask)), mask);
      store(fresh + j, d * update * (one - value * value), mask);
      store(gates + j, d * (value - load(hidden + j, mask)) * (update * rest), mask);
    });
  }
}

static void interactionGatesBackward(int32_t m, int32_t width, float *gates, const float *hidden, const float *dKept, float *dHidden) {
  const Floats one = all(1.0f);
  for (ptrdiff_t i = 0; i < m; i++, gates += 2 * (ptrdiff_t)width, hidden += width, dKept += width, dHidden += width) {
    eachVector(width, [=](ptrdiff_t j, auto mask) {
      const Floats reset = load(gates + width + j, mask);
      const Floats d = load(dKept + j, mask);
      store(dHidden + j, fma(d, reset, load(dHidden + j, mask)), mask);
      store(gates + width + j, d * load(hidden + j, mask) * (reset * (one - reset)), mask);
    });
  }
}

}  // namespace WEFT_SET
