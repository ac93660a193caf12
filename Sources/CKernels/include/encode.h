#pragma once
#include <stddef.h>
#include <stdint.h>

// Sum of squares in double. A product of two floats is exact in double, so the value does not
// depend on whether the machine fuses multiplication and addition. NaN and infinity propagate.
double silhouette_squared_norm(const float *values, size_t count);

// Rounds values[i] * multiplier to one of its two neighboring integers, up when
// (random[i] + 1/2) / 2^16 is below the fractional part, and returns the sum of the squares of the
// results. Needs |values[i] * multiplier| < 2^24.
uint64_t silhouette_round_scaled(const float *values, size_t count, float multiplier,
                                 const uint16_t *random, int32_t *rounded);
