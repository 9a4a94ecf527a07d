// Vector mathematics on four 32-bit floats. Polynomials after Cephes (expf, logf, tanhf): relative
// error below 2e-7 on the ranges used.

/** a·b + c, fused where the build has relaxed SIMD. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

// @ts-ignore: decorator
@inline
function all(value: f32): v128 {
  return f32x4.splat(value);
}

/**
 * e^x. Below −87 the result is the smallest normal number's neighbourhood, above 88 it is finite
 * and huge.
 */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const clamped = f32x4.max(f32x4.min(x, all(88.0)), all(-87.0));
  const power = f32x4.nearest(f32x4.mul(clamped, all(1.44269504088896341)));
  let rest = f32x4.sub(clamped, f32x4.mul(power, all(0.693359375)));
  rest = f32x4.sub(rest, f32x4.mul(power, all(-2.12194440e-4)));
  let sum = madd(rest, all(1.9875691500e-4), all(1.3981999507e-3));
  sum = madd(sum, rest, all(8.3334519073e-3));
  sum = madd(sum, rest, all(4.1665795894e-2));
  sum = madd(sum, rest, all(1.6666665459e-1));
  sum = madd(sum, rest, all(5.0000001201e-1));
  const value = madd(f32x4.mul(sum, rest), rest, f32x4.add(rest, all(1.0)));
  const exponent = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(power), i32x4.splat(127)), 23);
  return f32x4.mul(value, exponent);
}

/** 1 / (1 + e^−x). */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  return f32x4.div(all(1.0), f32x4.add(all(1.0), exp(f32x4.neg(x))));
}

/** tanh x: a polynomial near zero, where 1 − 2/(e^2x + 1) would cancel its digits. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const size = f32x4.abs(x);
  const far = f32x4.sub(all(1.0), f32x4.div(all(2.0), f32x4.add(all(1.0), exp(f32x4.add(size, size)))));
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const square = f32x4.mul(x, x);
  let sum = madd(square, all(-5.70498872745e-3), all(2.06390887954e-2));
  sum = madd(sum, square, all(-5.37397155531e-2));
  sum = madd(sum, square, all(1.33314422036e-1));
  sum = madd(sum, square, all(-3.33332819422e-1));
  const near = madd(f32x4.mul(sum, square), x, x);
  return v128.bitselect(near, v128.or(far, sign), f32x4.lt(size, all(0.625)));
}

/** e^(−x²/2): the density of the normal distribution, times √2π. */
// @ts-ignore: decorator
@inline
export function normalDensity(x: v128): v128 {
  return exp(f32x4.mul(f32x4.mul(x, x), all(-0.5)));
}

/**
 * Φ(x), the share of the normal distribution below x, from e^(−x²/2): Abramowitz and Stegun,
 * 7.1.26, whose absolute error is below 1e-7 for Φ.
 */
// @ts-ignore: decorator
@inline
export function normalShare(x: v128, density: v128): v128 {
  const t = f32x4.div(all(1.0), madd(f32x4.abs(x), all(0.231641888), all(1.0)));
  let sum = madd(t, all(0.5307027145), all(-0.7265760135));
  sum = madd(sum, t, all(0.7107068705));
  sum = madd(sum, t, all(-0.142248368));
  sum = madd(sum, t, all(0.127414796));
  const beyond = f32x4.mul(f32x4.mul(sum, t), density);
  return v128.bitselect(beyond, f32x4.sub(all(1.0), beyond), f32x4.lt(x, all(0.0)));
}

/** ln x for normal positive x. */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  let exponent = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126)));
  let mantissa = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const small = f32x4.lt(mantissa, all(0.707106781186547524));
  exponent = f32x4.sub(exponent, v128.and(small, all(1.0)));
  mantissa = f32x4.sub(f32x4.add(mantissa, v128.and(small, mantissa)), all(1.0));
  const square = f32x4.mul(mantissa, mantissa);
  let sum = madd(mantissa, all(7.0376836292e-2), all(-1.1514610310e-1));
  sum = madd(sum, mantissa, all(1.1676998740e-1));
  sum = madd(sum, mantissa, all(-1.2420140846e-1));
  sum = madd(sum, mantissa, all(1.4249322787e-1));
  sum = madd(sum, mantissa, all(-1.6668057665e-1));
  sum = madd(sum, mantissa, all(2.0000714765e-1));
  sum = madd(sum, mantissa, all(-2.4999993993e-1));
  sum = madd(sum, mantissa, all(3.3333331174e-1));
  let value = f32x4.mul(f32x4.mul(sum, mantissa), square);
  value = madd(exponent, all(-2.12194440e-4), value);
  value = madd(square, all(-0.5), value);
  return madd(exponent, all(0.693359375), f32x4.add(mantissa, value));
}

/**
 * All ones in the lanes above 1e-24 in size, and in those that are not a number. Smaller gradients
 * vanish in every sum, but their products are soon subnormal, and processors compute subnormal
 * numbers up to a hundred times more slowly.
 */
// @ts-ignore: decorator
@inline
export function notNegligible(x: v128): v128 {
  return v128.not(f32x4.le(f32x4.abs(x), all(1e-24)));
}

/** The sum of the four lanes, always in the same order. */
// @ts-ignore: decorator
@inline
export function horizontalSum(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 2) + (f32x4.extract_lane(x, 1) + f32x4.extract_lane(x, 3))
  );
}

/** All ones in the lanes whose column j + lane is below `columns`. */
// @ts-ignore: decorator
@inline
export function columnMask(j: i32, columns: i32): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(j), i32x4(0, 1, 2, 3)), i32x4.splat(columns));
}
