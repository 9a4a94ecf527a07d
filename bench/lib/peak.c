// The peak of one core: chains of multiply-adds in the widest registers that never leave them.
// Prints one line of JSON, in GFLOP/s under the name that the harness reads.
#include <stdio.h>
#include <time.h>

#if defined(__AVX512F__)
#define BYTES 64
#elif defined(__AVX__)
#define BYTES 32
#else
#define BYTES 16
#endif
enum { lanes = BYTES / 4, chains = 10, rounds = 100000000 / lanes };
typedef float vector __attribute__((vector_size(BYTES)));

static volatile float factor = 0.5f;

int main(void) {
  vector sums[chains] = {{0}}, x, y;
  // The compiler must not know the factors, or it would compute the result itself.
  for (int i = 0; i < lanes; i++) x[i] = factor, y[i] = factor / 2;
  const clock_t begun = clock();
  for (int i = 0; i < rounds; i++) {
#pragma GCC unroll 16
    for (int k = 0; k < chains; k++) sums[k] = sums[k] * x + y;
  }
  const double seconds = (double)(clock() - begun) / CLOCKS_PER_SEC;
  float used = 0;
  for (int k = 0; k < chains; k++) used += sums[k][0];
  printf("{\"sentences_per_second\": %.2f, \"bits\": %d, \"used\": %g}\n",
         2.0 * lanes * chains * rounds / seconds / 1e9, BYTES * 8, used);
  return 0;
}
