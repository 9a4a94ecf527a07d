// Vector mathematics. Polynomials after Cephes (expf, logf, tanhf), as in the WebAssembly kernels:
// relative error below 2e-7 on the ranges used.
#pragma once

#include "vector.hpp"

namespace WEFT_SET {

/// e^x. Below −87 the result is close to the smallest normal number, above 88 it is finite and huge.
WEFT_INLINE Floats exp(Floats x) {
  // The order of the operands lets NaN through, as the minimum and the maximum return the second.
  const Floats clamped = max(all(-87.0f), min(all(88.0f), x));
  const Floats power = nearest(clamped * all(1.44269504088896341f));
  Floats rest = fma(power, all(-0.693359375f), clamped);
  rest = fma(power, all(2.12194440e-4f), rest);
  Floats sum = fma(rest, all(1.9875691500e-4f), all(1.3981999507e-3f));
  sum = fma(sum, rest, all(8.3334519073e-3f));
  sum = fma(sum, rest, all(4.1665795894e-2f));
  sum = fma(sum, rest, all(1.6666665459e-1f));
  sum = fma(sum, rest, all(5.0000001201e-1f));
  return scaled(fma(sum * rest, rest, rest + all(1.0f)), power);
}

/// 1 / (1 + e^−x).
WEFT_INLINE Floats sigmoid(Floats x) { return reciprocal(all(1.0f) + exp(-x)); }

/// tanh x: a polynomial near zero, where 1 − 2/(e^2x + 1) would cancel its digits.
WEFT_INLINE Floats tanh(Floats x) {
  const Ints sign = (Ints)x & all((int32_t)0x80000000);
  const Floats size = (Floats)((Ints)x & all(0x7fffffff));
  const Floats far = all(1.0f) - all(2.0f) * reciprocal(all(1.0f) + exp(size + size));
  const Floats square = x * x;
  Floats sum = fma(square, all(-5.70498872745e-3f), all(2.06390887954e-2f));
  sum = fma(sum, square, all(-5.37397155531e-2f));
  sum = fma(sum, square, all(1.33314422036e-1f));
  sum = fma(sum, square, all(-3.33332819422e-1f));
  const Floats near = fma(sum * square, x, x);
  return select(size < all(0.625f), near, (Floats)((Ints)far | sign));
}

/// ln x for normal positive x.
WEFT_INLINE Floats log(Floats x) {
  const Ints halved = ((Ints)x >> 23) - 126;
  Floats exponent = __builtin_convertvector(halved, Floats);
  Floats mantissa = (Floats)(((Ints)x & all(0x007fffff)) | all(0x3f000000));
  const Ints small = mantissa < all(0.707106781186547524f);
  exponent = exponent - only(small, all(1.0f));
  mantissa = (mantissa + only(small, mantissa)) - all(1.0f);
  const Floats square = mantissa * mantissa;
  Floats sum = fma(mantissa, all(7.0376836292e-2f), all(-1.1514610310e-1f));
  sum = fma(sum, mantissa, all(1.1676998740e-1f));
  sum = fma(sum, mantissa, all(-1.2420140846e-1f));
  sum = fma(sum, mantissa, all(1.4249322787e-1f));
  sum = fma(sum, mantissa, all(-1.6668057665e-1f));
  sum = fma(sum, mantissa, all(2.0000714765e-1f));
  sum = fma(sum, mantissa, all(-2.4999993993e-1f));
  sum = fma(sum, mantissa, all(3.3333331174e-1f));
  Floats value = (sum * mantissa) * square;
  value = fma(exponent, all(-2.12194440e-4f), value);
  value = fma(square, all(-0.5f), value);
  return fma(exponent, all(0.693359375f), mantissa + value);
}

}  // namespace WEFT_SET
