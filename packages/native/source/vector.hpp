// One vector of floats, as wide as the instruction set of this compilation: 16 lanes for AVX-512, 8
// for AVX2, 4 for any other processor (SSE2, NEON). Every kernel is written on these few
// operations, and `kernels.cpp` is compiled once for each width.
//
// Everything is in the namespace of its instruction set. Functions of the same name and other
// instructions would otherwise be merged by the linker.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(WEFT_AVX512) || defined(WEFT_AVX2)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#if defined(WEFT_AVX512)
#define WEFT_SET avx512
#define WEFT_LANES 16
#elif defined(WEFT_AVX2)
#define WEFT_SET avx2
#define WEFT_LANES 8
#else
#define WEFT_SET generic
#define WEFT_LANES 4
#endif

#define WEFT_INLINE inline __attribute__((always_inline))

// Loops over accumulators must unroll, or the accumulators would live in memory.
#if defined(__clang__)
#define WEFT_UNROLL _Pragma("unroll")
#else
#define WEFT_UNROLL _Pragma("GCC unroll 32")
#endif

/// Floats that this thread keeps between calls, aligned to a cache line. Their contents last until
/// the next request. Defined by the addon, which frees them with the thread.
extern "C" float *weftWorkspace(size_t floats);

namespace WEFT_SET {

constexpr int lanes = WEFT_LANES;

typedef float Floats __attribute__((vector_size(WEFT_LANES * 4)));
typedef int32_t Ints __attribute__((vector_size(WEFT_LANES * 4)));
typedef float UnalignedFloats __attribute__((vector_size(WEFT_LANES * 4), aligned(4), may_alias));
typedef int32_t UnalignedInts __attribute__((vector_size(WEFT_LANES * 4), aligned(4), may_alias));

WEFT_INLINE Floats load(const float *at) { return (Floats) * (const UnalignedFloats *)at; }
WEFT_INLINE void store(float *at, Floats x) { *(UnalignedFloats *)at = (UnalignedFloats)x; }
WEFT_INLINE Ints load(const int32_t *at) { return (Ints) * (const UnalignedInts *)at; }
WEFT_INLINE void store(int32_t *at, Ints x) { *(UnalignedInts *)at = (UnalignedInts)x; }

WEFT_INLINE Floats all(float x) { return x - (Floats){}; }
WEFT_INLINE Ints all(int32_t x) { return x - (Ints){}; }

/// 0, 1, 2, … in the lanes.
WEFT_INLINE Ints laneNumbers() {
#if WEFT_LANES == 16
  return (Ints){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
#elif WEFT_LANES == 8
  return (Ints){0, 1, 2, 3, 4, 5, 6, 7};
#else
  return (Ints){0, 1, 2, 3};
#endif
}

// The first `count` lanes of a vector; `count` may exceed the lanes. Rows are multiples of four
// floats, so the narrowest vector needs no mask for them.
#if defined(WEFT_AVX512)

typedef __mmask16 Mask;
WEFT_INLINE Mask firstLanes(ptrdiff_t count) { return count >= 16 ? (Mask)0xffff : (Mask)((1u << count) - 1); }
WEFT_INLINE Floats load(const float *at, Mask mask) { return (Floats)_mm512_maskz_loadu_ps(mask, at); }
WEFT_INLINE Ints load(const int32_t *at, Mask mask) { return (Ints)_mm512_maskz_loadu_epi32(mask, at); }
WEFT_INLINE void store(float *at, Floats x, Mask mask) { _mm512_mask_storeu_ps(at, mask, (__m512)x); }
WEFT_INLINE void store(int32_t *at, Ints x, Mask mask) { _mm512_mask_storeu_epi32(at, mask, (__m512i)x); }
WEFT_INLINE Floats fma(Floats a, Floats b, Floats c) { return (Floats)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
WEFT_INLINE Floats max(Floats a, Floats b) { return (Floats)_mm512_max_ps((__m512)a, (__m512)b); }
WEFT_INLINE Floats min(Floats a, Floats b) { return (Floats)_mm512_min_ps((__m512)a, (__m512)b); }
WEFT_INLINE Floats sqrt(Floats x) { return (Floats)_mm512_sqrt_ps((__m512)x); }
WEFT_INLINE Floats nearest(Floats x) { return (Floats)_mm512_roundscale_ps((__m512)x, 8); }
WEFT_INLINE Ints wholeNumbers(Floats x) { return (Ints)_mm512_cvtps_epi32((__m512)x); }
/// A bit for each lane that is true (all ones).
WEFT_INLINE unsigned bits(Ints truth) { return _mm512_movepi32_mask((__m512i)truth); }

#elif defined(WEFT_AVX2)

typedef Ints Mask;
WEFT_INLINE Mask firstLanes(ptrdiff_t count) { return laneNumbers() < (int32_t)(count > 8 ? 8 : count); }
WEFT_INLINE Floats load(const float *at, Mask mask) { return (Floats)_mm256_maskload_ps(at, (__m256i)mask); }
WEFT_INLINE Ints load(const int32_t *at, Mask mask) { return (Ints)_mm256_maskload_epi32((const int *)at, (__m256i)mask); }
WEFT_INLINE void store(float *at, Floats x, Mask mask) { _mm256_maskstore_ps(at, (__m256i)mask, (__m256)x); }
WEFT_INLINE void store(int32_t *at, Ints x, Mask mask) { _mm256_maskstore_epi32((int *)at, (__m256i)mask, (__m256i)x); }
WEFT_INLINE Floats fma(Floats a, Floats b, Floats c) { return (Floats)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
WEFT_INLINE Floats max(Floats a, Floats b) { return (Floats)_mm256_max_ps((__m256)a, (__m256)b); }
WEFT_INLINE Floats min(Floats a, Floats b) { return (Floats)_mm256_min_ps((__m256)a, (__m256)b); }
WEFT_INLINE Floats sqrt(Floats x) { return (Floats)_mm256_sqrt_ps((__m256)x); }
WEFT_INLINE Floats nearest(Floats x) { return (Floats)_mm256_round_ps((__m256)x, 8); }
WEFT_INLINE Ints wholeNumbers(Floats x) { return (Ints)_mm256_cvtps_epi32((__m256)x); }
WEFT_INLINE unsigned bits(Ints truth) { return (unsigned)_mm256_movemask_ps((__m256)truth); }

#else

typedef int Mask;
WEFT_INLINE Mask firstLanes(ptrdiff_t count) { return count < 4 ? (int)count : 4; }
WEFT_INLINE Floats load(const float *at, Mask mask) {
  if (mask == 4) return load(at);
  Floats x = {};
  for (int lane = 0; lane < mask; lane++) x[lane] = at[lane];
  return x;
}
WEFT_INLINE Ints load(const int32_t *at, Mask mask) {
  if (mask == 4) return load(at);
  Ints x = {};
  for (int lane = 0; lane < mask; lane++) x[lane] = at[lane];
  return x;
}
WEFT_INLINE void store(float *at, Floats x, Mask mask) {
  if (mask == 4) return store(at, x);
  for (int lane = 0; lane < mask; lane++) at[lane] = x[lane];
}
WEFT_INLINE void store(int32_t *at, Ints x, Mask mask) {
  if (mask == 4) return store(at, x);
  for (int lane = 0; lane < mask; lane++) at[lane] = x[lane];
}
#if defined(__ARM_NEON)
WEFT_INLINE Floats fma(Floats a, Floats b, Floats c) { return (Floats)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b); }
WEFT_INLINE Floats max(Floats a, Floats b) { return (Floats)vmaxq_f32((float32x4_t)a, (float32x4_t)b); }
WEFT_INLINE Floats min(Floats a, Floats b) { return (Floats)vminq_f32((float32x4_t)a, (float32x4_t)b); }
WEFT_INLINE Floats sqrt(Floats x) { return (Floats)vsqrtq_f32((float32x4_t)x); }
WEFT_INLINE Floats nearest(Floats x) { return (Floats)vrndnq_f32((float32x4_t)x); }
WEFT_INLINE Ints wholeNumbers(Floats x) { return (Ints)vcvtnq_s32_f32((float32x4_t)x); }
#elif defined(__SSE2__)
/// This set has no fused multiply-add: the product is rounded, as in the baseline WebAssembly build.
WEFT_INLINE Floats fma(Floats a, Floats b, Floats c) { return a * b + c; }
WEFT_INLINE Floats max(Floats a, Floats b) { return (Floats)_mm_max_ps((__m128)a, (__m128)b); }
WEFT_INLINE Floats min(Floats a, Floats b) { return (Floats)_mm_min_ps((__m128)a, (__m128)b); }
WEFT_INLINE Floats sqrt(Floats x) { return (Floats)_mm_sqrt_ps((__m128)x); }
WEFT_INLINE Ints wholeNumbers(Floats x) { return (Ints)_mm_cvtps_epi32((__m128)x); }
WEFT_INLINE Floats nearest(Floats x) { return (Floats)_mm_cvtepi32_ps((__m128i)wholeNumbers(x)); }
#else
WEFT_INLINE Floats fma(Floats a, Floats b, Floats c) { return a * b + c; }
WEFT_INLINE Floats max(Floats a, Floats b) { return a > b ? a : b; }
WEFT_INLINE Floats min(Floats a, Floats b) { return a < b ? a : b; }
WEFT_INLINE Floats sqrt(Floats x) {
  Floats y;
  for (int lane = 0; lane < lanes; lane++) y[lane] = __builtin_sqrtf(x[lane]);
  return y;
}
WEFT_INLINE Floats nearest(Floats x) {
  Floats y;
  for (int lane = 0; lane < lanes; lane++) y[lane] = __builtin_rintf(x[lane]);
  return y;
}
WEFT_INLINE Ints wholeNumbers(Floats x) { return __builtin_convertvector(nearest(x), Ints); }
#endif
WEFT_INLINE unsigned bits(Ints truth) {
#if defined(__SSE2__)
  return (unsigned)_mm_movemask_ps((__m128)truth);
#else
  unsigned mask = 0;
  for (int lane = 0; lane < lanes; lane++) mask |= (unsigned)(truth[lane] & 1) << lane;
  return mask;
#endif
}

#endif

/// Stands for a mask of all lanes, which costs nothing.
struct Whole {};
WEFT_INLINE Floats load(const float *at, Whole) { return load(at); }
WEFT_INLINE Ints load(const int32_t *at, Whole) { return load(at); }
WEFT_INLINE void store(float *at, Floats x, Whole) { store(at, x); }
WEFT_INLINE void store(int32_t *at, Ints x, Whole) { store(at, x); }

/// x where the lane is true, else y.
WEFT_INLINE Floats select(Ints truth, Floats x, Floats y) { return truth ? x : y; }
WEFT_INLINE Ints select(Ints truth, Ints x, Ints y) { return truth ? x : y; }
/// x where the lane is true, else 0.
WEFT_INLINE Floats only(Ints truth, Floats x) { return (Floats)((Ints)x & truth); }
/// max(x, 0). The order of the operands lets NaN through.
WEFT_INLINE Floats rectified(Floats x) { return max((Floats){}, x); }

// Reductions over the lanes, always in the same order: halves are folded until one lane is left.
#if defined(WEFT_AVX512)
WEFT_INLINE __m256 lower(__m512 x) { return _mm512_castps512_ps256(x); }
WEFT_INLINE __m256 upper(__m512 x) { return _mm512_extractf32x8_ps(x, 1); }
WEFT_INLINE __m256 addedHalves(Floats x) { return _mm256_add_ps(lower((__m512)x), upper((__m512)x)); }
WEFT_INLINE __m256 maxOfHalves(Floats x) { return _mm256_max_ps(lower((__m512)x), upper((__m512)x)); }
#elif defined(WEFT_AVX2)
WEFT_INLINE __m256 addedHalves(Floats x) { return (__m256)x; }
WEFT_INLINE __m256 maxOfHalves(Floats x) { return (__m256)x; }
#endif
#if defined(WEFT_AVX512) || defined(WEFT_AVX2)
WEFT_INLINE float sumOf(Floats x) {
  const __m256 eight = addedHalves(x);
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}
WEFT_INLINE float maxOf(Floats x) {
  const __m256 eight = maxOfHalves(x);
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}
#else
WEFT_INLINE float sumOf(Floats x) { return (x[0] + x[2]) + (x[1] + x[3]); }
WEFT_INLINE float maxOf(Floats x) {
  const float even = x[0] > x[2] ? x[0] : x[2];
  const float odd = x[1] > x[3] ? x[1] : x[3];
  return even > odd ? even : odd;
}
#endif

/// The maximum of each of as many vectors as there are lanes, in their order: halves of pairs are
/// merged until one vector is left.
WEFT_INLINE Floats maxOfEach(const Floats (&x)[lanes]) {
#if defined(WEFT_AVX512)
  __m512 fours[4];
  WEFT_UNROLL for (int k = 0; k < 4; k++) {
    const __m512 a = (__m512)x[4 * k], b = (__m512)x[4 * k + 1], c = (__m512)x[4 * k + 2], d = (__m512)x[4 * k + 3];
    const __m512 ab = _mm512_max_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
    const __m512 cd = _mm512_max_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
    fours[k] = _mm512_max_ps(_mm512_shuffle_ps(ab, cd, 0x44), _mm512_shuffle_ps(ab, cd, 0xee));
  }
  const __m512 lower = _mm512_max_ps(_mm512_shuffle_f32x4(fours[0], fours[1], 0x44), _mm512_shuffle_f32x4(fours[0], fours[1], 0xee));
  const __m512 upper = _mm512_max_ps(_mm512_shuffle_f32x4(fours[2], fours[3], 0x44), _mm512_shuffle_f32x4(fours[2], fours[3], 0xee));
  return (Floats)_mm512_max_ps(_mm512_shuffle_f32x4(lower, upper, 0x88), _mm512_shuffle_f32x4(lower, upper, 0xdd));
#elif defined(WEFT_AVX2)
  __m256 fours[2];
  WEFT_UNROLL for (int k = 0; k < 2; k++) {
    const __m256 a = (__m256)x[4 * k], b = (__m256)x[4 * k + 1], c = (__m256)x[4 * k + 2], d = (__m256)x[4 * k + 3];
    const __m256 ab = _mm256_max_ps(_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
    const __m256 cd = _mm256_max_ps(_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
    fours[k] = _mm256_max_ps(_mm256_shuffle_ps(ab, cd, 0x44), _mm256_shuffle_ps(ab, cd, 0xee));
  }
  return (Floats)_mm256_max_ps(_mm256_permute2f128_ps(fours[0], fours[1], 0x20), _mm256_permute2f128_ps(fours[0], fours[1], 0x31));
#else
  Floats top;
  for (int lane = 0; lane < lanes; lane++) top[lane] = maxOf(x[lane]);
  return top;
#endif
}

/// Transposes a square of as many rows as there are lanes.
WEFT_INLINE void turn(Floats (&x)[lanes]) {
#if defined(WEFT_AVX512)
  __m512 pairs[16], fours[16];
  WEFT_UNROLL for (int k = 0; k < 16; k += 4) {
    const __m512 a = (__m512)x[k], b = (__m512)x[k + 1], c = (__m512)x[k + 2], d = (__m512)x[k + 3];
    pairs[k] = _mm512_unpacklo_ps(a, b), pairs[k + 1] = _mm512_unpackhi_ps(a, b);
    pairs[k + 2] = _mm512_unpacklo_ps(c, d), pairs[k + 3] = _mm512_unpackhi_ps(c, d);
    fours[k] = _mm512_shuffle_ps(pairs[k], pairs[k + 2], 0x44), fours[k + 1] = _mm512_shuffle_ps(pairs[k], pairs[k + 2], 0xee);
    fours[k + 2] = _mm512_shuffle_ps(pairs[k + 1], pairs[k + 3], 0x44);
    fours[k + 3] = _mm512_shuffle_ps(pairs[k + 1], pairs[k + 3], 0xee);
  }
  WEFT_UNROLL for (int k = 0; k < 4; k++) {
    const __m512 even = _mm512_shuffle_f32x4(fours[k], fours[4 + k], 0x88), odd = _mm512_shuffle_f32x4(fours[k], fours[4 + k], 0xdd);
    const __m512 more = _mm512_shuffle_f32x4(fours[8 + k], fours[12 + k], 0x88);
    const __m512 last = _mm512_shuffle_f32x4(fours[8 + k], fours[12 + k], 0xdd);
    x[k] = (Floats)_mm512_shuffle_f32x4(even, more, 0x88), x[8 + k] = (Floats)_mm512_shuffle_f32x4(even, more, 0xdd);
    x[4 + k] = (Floats)_mm512_shuffle_f32x4(odd, last, 0x88), x[12 + k] = (Floats)_mm512_shuffle_f32x4(odd, last, 0xdd);
  }
#elif defined(WEFT_AVX2)
  __m256 fours[8];
  WEFT_UNROLL for (int k = 0; k < 8; k += 4) {
    const __m256 a = (__m256)x[k], b = (__m256)x[k + 1], c = (__m256)x[k + 2], d = (__m256)x[k + 3];
    const __m256 ab = _mm256_unpacklo_ps(a, b), cd = _mm256_unpacklo_ps(c, d);
    const __m256 ba = _mm256_unpackhi_ps(a, b), dc = _mm256_unpackhi_ps(c, d);
    fours[k] = _mm256_shuffle_ps(ab, cd, 0x44), fours[k + 1] = _mm256_shuffle_ps(ab, cd, 0xee);
    fours[k + 2] = _mm256_shuffle_ps(ba, dc, 0x44), fours[k + 3] = _mm256_shuffle_ps(ba, dc, 0xee);
  }
  WEFT_UNROLL for (int k = 0; k < 4; k++) {
    x[k] = (Floats)_mm256_permute2f128_ps(fours[k], fours[4 + k], 0x20);
    x[4 + k] = (Floats)_mm256_permute2f128_ps(fours[k], fours[4 + k], 0x31);
  }
#else
  const Floats a = x[0], b = x[1], c = x[2], d = x[3];
  for (int lane = 0; lane < lanes; lane++) x[lane] = (Floats){a[lane], b[lane], c[lane], d[lane]};
#endif
}

/// 1 / x for normal x. A division of sixteen lanes takes four times as long as an estimate with one
/// step of Newton's method, which is exact to the last bit or two.
WEFT_INLINE Floats reciprocal(Floats x) {
#if defined(WEFT_AVX512)
  const Floats estimate = (Floats)_mm512_rcp14_ps((__m512)x);
  return estimate * fma(-x, estimate, all(2.0f));
#else
  return all(1.0f) / x;
#endif
}

/// x · 2^power for a whole power from −126 to 127.
WEFT_INLINE Floats scaled(Floats x, Floats power) {
#if defined(WEFT_AVX512)
  return (Floats)_mm512_scalef_ps((__m512)x, (__m512)power);
#else
  return x * (Floats)((wholeNumbers(power) + 127) << 23);
#endif
}

}  // namespace WEFT_SET
