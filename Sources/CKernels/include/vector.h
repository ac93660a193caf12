#pragma once

#include <stddef.h>
#include <stdint.h>

// Sum of a[i] * b[i].
float silhouette_dot(const float *a, const float *b, size_t count);

// y[i] += a * x[i].
void silhouette_axpy(float a, const float *x, float *y, size_t count);

// out[i] = a * x[i].
void silhouette_scaled(float a, const float *x, float *out, size_t count);

// Sum and sum of squares in double precision.
void silhouette_moments(const float *x, size_t count, double *sum, double *squares);

// x[i] = min(max((x[i] - mean) * factor, low), high).
void silhouette_standardize(float *x, size_t count, float mean, float factor, float low,
                            float high);

// How many scores are greater than the threshold, and how many equal to it.
void silhouette_count_above(const float *scores, size_t count, float threshold, size_t *greater,
                            size_t *equal);

// Sum of weights[i] * values[i] for small integer weights.
double silhouette_weighted_sum(const uint8_t *weights, const float *values, size_t count);
