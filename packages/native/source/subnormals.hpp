// Numbers below the smallest normal one, 1.2e-38. Processors compute them up to a hundred times more
// slowly, and a trained network has many: the gradients of pairs that are surely unrelated, and the
// moments of words that are not in the batch.
#pragma once

#include <stdint.h>

#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#endif

/// While it lives, this thread reads and writes subnormal numbers as zero. JavaScript computes with
/// them, so every call of a kernel puts the thread back as it was.
class WithoutSubnormals {
 public:
  WithoutSubnormals() : state(current()) { set(state | flush); }
  ~WithoutSubnormals() { set(state); }
  WithoutSubnormals(const WithoutSubnormals &) = delete;
  WithoutSubnormals &operator=(const WithoutSubnormals &) = delete;

 private:
#if defined(__x86_64__) || defined(_M_X64)
  typedef uint32_t State;
  /// Subnormal operands are zero (bit 6), and so are subnormal results (bit 15).
  static constexpr State flush = 1u << 6 | 1u << 15;
  static State current() { return _mm_getcsr(); }
  static void set(State state) { _mm_setcsr(state); }
#elif defined(__aarch64__)
  typedef uint64_t State;
  /// FZ: both.
  static constexpr State flush = 1u << 24;
  static State current() {
    State state;
    __asm__ volatile("mrs %0, fpcr" : "=r"(state));
    return state;
  }
  static void set(State state) { __asm__ volatile("msr fpcr, %0" : : "r"(state) : "memory"); }
#else
  typedef uint32_t State;
  static constexpr State flush = 0;
  static State current() { return 0; }
  static void set(State) {}
#endif

  State state;
};
