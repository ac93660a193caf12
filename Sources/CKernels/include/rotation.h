#pragma once
#include <stddef.h>
#include <stdint.h>

// out[i] = +-values[i] * multiplier * factor, negative where bit i of `signs` (least significant bit
// of byte 0 first) is 1. The two products are rounded one after the other.
void silhouette_sign_scale(const float *values, size_t count, float multiplier, float factor,
                           const uint8_t *signs, float *out);

// In place, y[j] = sum over i of (-1)^popcount(i & j) x[i], for n = 2^m values. The additions and
// their order are fixed, so the bits are the same on every machine.
void silhouette_walsh_hadamard(float *x, size_t n);
