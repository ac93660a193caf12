#include "rotation.h"

#include <string.h>

#include "dispatch.h"

// Same bits with and without fused multiply-add.
#pragma STDC FP_CONTRACT OFF

// Floats in a block that a first-level cache holds: 16 KiB.
static const size_t block = 4096;

typedef float lanes8 __attribute__((vector_size(32)));

SILHOUETTE_DISPATCHED
void silhouette_sign_scale(const float *restrict values, size_t count, float multiplier,
                           float factor, const uint8_t *restrict signs, float *restrict out) {
  for (size_t i = 0; i < count; i++) {
    float scaled = (values[i] * multiplier) * factor;
    uint32_t bits;
    memcpy(&bits, &scaled, sizeof bits);
    bits ^= (uint32_t)(signs[i >> 3] >> (i & 7) & 1) << 31;
    memcpy(&scaled, &bits, sizeof bits);
    out[i] = scaled;
  }
}

// The last three stages, on eight neighbors at once. A product with +-1 is exact.
static inline void eight(float *x) {
  const lanes8 s1 = {1, -1, 1, -1, 1, -1, 1, -1};
  const lanes8 s2 = {1, 1, -1, -1, 1, 1, -1, -1};
  const lanes8 s4 = {1, 1, 1, 1, -1, -1, -1, -1};
  lanes8 v;
  memcpy(&v, x, sizeof v);
  v = v * s4 + __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3);
  v = v * s2 + __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5);
  v = v * s1 + __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6);
  memcpy(x, &v, sizeof v);
}

// Two stages: the transform of length 4 over quarters of x.
static inline void quarters(float *x, size_t n) {
  const size_t q = n / 4;
  float *restrict a = x, *restrict b = x + q, *restrict c = x + 2 * q, *restrict d = x + 3 * q;
  for (size_t i = 0; i < q; i++) {
    const float s = a[i] + c[i], t = a[i] - c[i], u = b[i] + d[i], v = b[i] - d[i];
    a[i] = s + u;
    b[i] = s - u;
    c[i] = t + v;
    d[i] = t - v;
  }
}

static inline void halves(float *x, size_t n) {
  float *restrict a = x, *restrict b = x + n / 2;
  for (size_t i = 0; i < n / 2; i++) {
    const float s = a[i] + b[i], t = a[i] - b[i];
    a[i] = s;
    b[i] = t;
  }
}

// All stages from blocks of `from` down to blocks of `to`, over n values.
static inline void stages(float *x, size_t n, size_t from, size_t to) {
  size_t length = from;
  while (length > to) {
    const size_t step = length >= 4 * to ? 4 : 2;
    for (size_t start = 0; start < n; start += length) {
      if (step == 4) {
        quarters(x + start, length);
      } else {
        halves(x + start, length);
      }
    }
    length /= step;
  }
}

SILHOUETTE_DISPATCHED
void silhouette_walsh_hadamard(float *x, size_t n) {
  if (n < 8) {
    stages(x, n, n, 1);
    return;
  }
  size_t length = n;
  if (n > block) {
    stages(x, n, n, block);
    length = block;
  }
  for (size_t start = 0; start < n; start += length) {
    stages(x + start, length, length, 8);
    for (size_t i = start; i < start + length; i += 8) eight(x + i);
  }
}
