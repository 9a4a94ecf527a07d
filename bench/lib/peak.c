// The peak of one core: multiply-adds in the widest registers that never leave them, as many sums and
// factors as in the tiles of a product. The numbers differ as they do in use: with equal ones the
// processor draws less power and keeps a clock that no product sees.
// Prints one line of JSON, in GFLOP/s under the name that the harness reads.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__AVX512F__)
#define BYTES 64
#define SUMS 24
#elif defined(__AVX__)
#define BYTES 32
#define SUMS 12
#else
#define BYTES 16
#define SUMS 12
#endif
enum { lanes = BYTES / 4, rounds = 64000000 / lanes };
typedef float vector __attribute__((vector_size(BYTES)));

static vector drawn(void) {
  vector x;
  for (int i = 0; i < lanes; i++) x[i] = (float)rand() / RAND_MAX - 0.5f;
  return x;
}

int main(void) {
  vector sums[SUMS];
  for (int k = 0; k < SUMS; k++) sums[k] = drawn();
  const vector left[3] = {drawn(), drawn(), drawn()}, right = drawn();
  const clock_t begun = clock();
  for (int i = 0; i < rounds; i++) {
#pragma GCC unroll 32
    for (int k = 0; k < SUMS; k++) sums[k] = sums[k] * left[k % 3] + right;
  }
  const double seconds = (double)(clock() - begun) / CLOCKS_PER_SEC;
  float used = 0;
  for (int k = 0; k < SUMS; k++) used += sums[k][0];
  printf("{\"sentences_per_second\": %.2f, \"bits\": %d, \"used\": %g}\n",
         2.0 * lanes * SUMS * rounds / seconds / 1e9, BYTES * 8, used);
  return 0;
}
