#include "vector.h"

#include "dispatch.h"

SILHOUETTE_DISPATCHED
float silhouette_dot(const float *a, const float *b, size_t count) {
#pragma clang fp reassociate(on) contract(fast)
  float sum = 0;
  for (size_t i = 0; i < count; i++) sum += a[i] * b[i];
  return sum;
}

SILHOUETTE_DISPATCHED
void silhouette_axpy(float a, const float *x, float *y, size_t count) {
#pragma clang fp contract(fast)
  for (size_t i = 0; i < count; i++) y[i] += a * x[i];
}

SILHOUETTE_DISPATCHED
void silhouette_scaled(float a, const float *x, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = a * x[i];
}

SILHOUETTE_DISPATCHED
void silhouette_moments(const float *x, size_t count, double *sum, double *squares) {
#pragma clang fp reassociate(on) contract(fast)
  double s = 0, q = 0;
  for (size_t i = 0; i < count; i++) {
    s += x[i];
    q += (double)x[i] * x[i];
  }
  *sum = s;
  *squares = q;
}

SILHOUETTE_DISPATCHED
void silhouette_standardize(float *x, size_t count, float mean, float factor, float low,
                            float high) {
  for (size_t i = 0; i < count; i++) {
    float v = (x[i] - mean) * factor;
    v = v < low ? low : v;
    x[i] = v > high ? high : v;
  }
}

SILHOUETTE_DISPATCHED
void silhouette_count_above(const float *scores, size_t count, float threshold, size_t *greater,
                            size_t *equal) {
  size_t above = 0, same = 0;
  for (size_t i = 0; i < count; i++) {
    above += scores[i] > threshold;
    same += scores[i] == threshold;
  }
  *greater = above;
  *equal = same;
}

SILHOUETTE_DISPATCHED
double silhouette_weighted_sum(const uint8_t *weights, const float *values, size_t count) {
#pragma clang fp reassociate(on) contract(fast)
  double total = 0;
  // Partial sums of 1024 in float keep the loop narrow; their error stays below 1e-4 relative.
  for (size_t start = 0; start < count; start += 1024) {
    size_t end = start + 1024 < count ? start + 1024 : count;
    float sum = 0;
    for (size_t i = start; i < end; i++) sum += (float)weights[i] * values[i];
    total += sum;
  }
  return total;
}
