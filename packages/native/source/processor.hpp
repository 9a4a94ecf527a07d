// The instruction sets of this processor.
#pragma once

#if defined(__x86_64__) || defined(_M_X64)
#include <cpuid.h>
#include <stdint.h>

namespace processor {

struct Registers {
  uint32_t a, b, c, d;
};

inline Registers identify(uint32_t leaf) {
  Registers found = {};
  __get_cpuid_count(leaf, 0, &found.a, &found.b, &found.c, &found.d);
  return found;
}

/// Whether the operating system saves all registers of `mask` when it switches threads.
inline bool saves(uint32_t mask) {
  if (!(identify(1).c & bit_OSXSAVE)) return false;
  uint32_t low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (low & mask) == mask;
}

/// AVX2 with fused multiply-add.
inline bool hasAvx2() { return saves(0x06) && (identify(1).c & bit_FMA) && (identify(7).b & bit_AVX2); }

/// The part of AVX-512 that every processor with it has had since 2017: F, BW, DQ and VL.
inline bool hasAvx512() {
  const uint32_t wanted = bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL;
  return hasAvx2() && saves(0xe6) && (identify(7).b & wanted) == wanted;
}

}  // namespace processor
#endif
