#include "encode.h"

#include "dispatch.h"

// Same bits with and without fused multiply-add: releases must not depend on the machine.
#pragma STDC FP_CONTRACT OFF

SILHOUETTE_DISPATCHED
double silhouette_squared_norm(const float *values, size_t count) {
  // Eight fixed lanes: the order of additions is part of the result and allows vectors.
  double lanes[8] = {0};
  size_t whole = count & ~(size_t)7;
  for (size_t i = 0; i < whole; i += 8) {
    for (size_t lane = 0; lane < 8; lane++) {
      double value = values[i + lane];
      lanes[lane] += value * value;
    }
  }
  for (size_t i = whole; i < count; i++) {
    double value = values[i];
    lanes[i & 7] += value * value;
  }
  double sum = 0;
  for (size_t lane = 0; lane < 8; lane++) sum += lanes[lane];
  return sum;
}

SILHOUETTE_DISPATCHED
uint64_t silhouette_round_scaled(const float *restrict values, size_t count, float multiplier,
                                 const uint16_t *restrict random, int32_t *restrict rounded) {
  uint64_t squares = 0;
  for (size_t i = 0; i < count; i++) {
    float scaled = values[i] * multiplier;
    int32_t whole = (int32_t)scaled;
    float whole_as_float = (float)whole;
    int32_t below = whole_as_float > scaled;  // truncation went up, as it does below zero
    whole -= below;
    float fraction = scaled - (float)whole;
    float threshold = ((float)(int32_t)random[i] + 0.5f) * 0x1p-16f;
    int32_t result = whole + (threshold < fraction);
    rounded[i] = result;
    squares += (uint64_t)((int64_t)result * (int64_t)result);
  }
  return squares;
}
