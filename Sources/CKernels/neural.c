#include "neural.h"

#include <math.h>
#include <string.h>

#include "dispatch.h"

#pragma clang fp contract(fast)

// exp(x) to a relative error below 1e-7 for -87 <= x <= 88; x is first cut to that range.
// Reduction by ln 2 and the polynomial of Cephes' expf; free of branches, so that loops vectorize.
static inline float exponential(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  float shifted = x * 1.44269504088896341f + 12582912.0f;  // 1.5 * 2^23 rounds to an integer
  float n = shifted - 12582912.0f;
  float r = x - n * 0.693359375f + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  int32_t bits = ((int32_t)n + 127) << 23;
  float power;
  memcpy(&power, &bits, sizeof power);
  return p * power;
}

static inline float absolute(float x) { return x < 0 ? -x : x; }

// erf(|x| / sqrt 2) to an absolute error below 2e-7, given exp(-x^2 / 2).
// Abramowitz, Stegun 1964, formula 7.1.26.
static inline float error_function(float x, float density) {
  float t = 1.0f / (1.0f + 0.3275911f * 0.70710678118654752f * absolute(x));
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  return 1.0f - p * t * density;
}

static inline float normal_cdf(float x, float density) {
  float half = 0.5f * error_function(x, density);
  return x < 0 ? 0.5f - half : 0.5f + half;
}

SILHOUETTE_DISPATCHED
void silhouette_sigmoid(const float *x, float *y, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] = 1.0f / (1.0f + exponential(-x[i]));
}

SILHOUETTE_DISPATCHED
void silhouette_tanh(const float *x, float *y, size_t count) {
  for (size_t i = 0; i < count; i++) y[i] = 1.0f - 2.0f / (exponential(2.0f * x[i]) + 1.0f);
}

SILHOUETTE_DISPATCHED
void silhouette_gelu(const float *restrict x, float *restrict y, size_t count) {
  for (size_t i = 0; i < count; i++) {
    y[i] = x[i] * normal_cdf(x[i], exponential(-0.5f * x[i] * x[i]));
  }
}

SILHOUETTE_DISPATCHED
void silhouette_gelu_backward(const float *restrict x, float *restrict gradient, size_t count) {
  for (size_t i = 0; i < count; i++) {
    float density = exponential(-0.5f * x[i] * x[i]);
    gradient[i] *= normal_cdf(x[i], density) + x[i] * density * 0.39894228040143268f;
  }
}

SILHOUETTE_DISPATCHED
void silhouette_relu(float *x, size_t count) {
  for (size_t i = 0; i < count; i++) x[i] = x[i] > 0 ? x[i] : 0;
}

SILHOUETTE_DISPATCHED
void silhouette_relu_backward(const float *restrict y, float *restrict gradient, size_t count) {
  for (size_t i = 0; i < count; i++) gradient[i] = y[i] > 0 ? gradient[i] : 0;
}

SILHOUETTE_DISPATCHED
void silhouette_add_to_rows(const float *restrict vector, float *restrict x, size_t rows,
                            size_t columns) {
  for (size_t r = 0; r < rows; r++, x += columns) {
    for (size_t c = 0; c < columns; c++) x[c] += vector[c];
  }
}

SILHOUETTE_DISPATCHED
void silhouette_add_rows(const float *restrict x, float *restrict sums, size_t rows,
                         size_t columns) {
  for (size_t r = 0; r < rows; r++, x += columns) {
    for (size_t c = 0; c < columns; c++) sums[c] += x[c];
  }
}

static inline __attribute__((always_inline)) float maximum(const float *x, size_t count) {
  // Fixed lanes: a plain loop is not vectorized, for the order decides between NaN and numbers.
  float lanes[32];
  for (size_t lane = 0; lane < 32; lane++) lanes[lane] = x[0];
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    for (size_t lane = 0; lane < 32; lane++) {
      lanes[lane] = x[i + lane] > lanes[lane] ? x[i + lane] : lanes[lane];
    }
  }
  float top = x[0];
  for (; i < count; i++) top = x[i] > top ? x[i] : top;
  for (size_t lane = 0; lane < 32; lane++) top = lanes[lane] > top ? lanes[lane] : top;
  return top;
}

// x = exp(scale * (x - top)); returns the sum.
static inline __attribute__((always_inline)) float exponentiate(float *x, size_t count, float top,
                                                                float scale) {
#pragma clang fp reassociate(on) contract(fast)
  float sum = 0;
  for (size_t i = 0; i < count; i++) {
    float e = exponential(scale * (x[i] - top));
    x[i] = e;
    sum += e;
  }
  return sum;
}

static inline __attribute__((always_inline)) void softmax_row(float *x, size_t count, float scale) {
  float factor = 1.0f / exponentiate(x, count, maximum(x, count), scale);
  for (size_t i = 0; i < count; i++) x[i] *= factor;
}

SILHOUETTE_DISPATCHED
void silhouette_softmax(float *x, size_t rows, size_t columns, float scale) {
  if (columns == 0) return;
  for (size_t r = 0; r < rows; r++) softmax_row(x + r * columns, columns, scale);
}

SILHOUETTE_DISPATCHED
void silhouette_causal_softmax(float *x, size_t order, float scale) {
  for (size_t r = 0; r < order; r++) {
    softmax_row(x + r * order, r + 1, scale);
    for (size_t c = r + 1; c < order; c++) x[r * order + c] = 0;
  }
}

SILHOUETTE_DISPATCHED
void silhouette_softmax_backward(const float *restrict p, float *restrict gradient, size_t rows,
                                 size_t columns, float scale) {
#pragma clang fp reassociate(on) contract(fast)
  for (size_t r = 0; r < rows; r++, p += columns, gradient += columns) {
    float sum = 0;
    for (size_t c = 0; c < columns; c++) sum += p[c] * gradient[c];
    for (size_t c = 0; c < columns; c++) gradient[c] = p[c] * (gradient[c] - sum) * scale;
  }
}

SILHOUETTE_DISPATCHED
double silhouette_cross_entropy(float *logits, const int32_t *targets, size_t rows, size_t columns,
                                float weight) {
  double loss = 0;
  for (size_t r = 0; r < rows; r++, logits += columns) {
    float top = maximum(logits, columns);
    float target = logits[targets[r]];
    float sum = exponentiate(logits, columns, top, 1);
    loss += (double)top - (double)target + log((double)sum);
    float factor = weight / sum;
    for (size_t c = 0; c < columns; c++) logits[c] *= factor;
    logits[targets[r]] -= weight;
  }
  return loss;
}

SILHOUETTE_DISPATCHED
void silhouette_layer_norm(const float *restrict x, const float *restrict gain,
                           const float *restrict shift, size_t rows, size_t columns, float epsilon,
                           float *restrict normalized, float *restrict reciprocal,
                           float *restrict y) {
#pragma clang fp reassociate(on) contract(fast)
  for (size_t r = 0; r < rows; r++, x += columns, normalized += columns, y += columns) {
    float sum = 0;
    for (size_t c = 0; c < columns; c++) sum += x[c];
    float mean = sum / (float)columns;
    float squares = 0;
    for (size_t c = 0; c < columns; c++) squares += (x[c] - mean) * (x[c] - mean);
    float factor = 1.0f / sqrtf(squares / (float)columns + epsilon);
    reciprocal[r] = factor;
    for (size_t c = 0; c < columns; c++) {
      float n = (x[c] - mean) * factor;
      normalized[c] = n;
      y[c] = n * gain[c] + shift[c];
    }
  }
}

SILHOUETTE_DISPATCHED
void silhouette_layer_norm_backward(const float *restrict gradient, const float *restrict gain,
                                    const float *restrict normalized,
                                    const float *restrict reciprocal, size_t rows, size_t columns,
                                    float *restrict gain_gradient, float *restrict shift_gradient,
                                    float *restrict x_gradient) {
#pragma clang fp reassociate(on) contract(fast)
  for (size_t r = 0; r < rows; r++) {
    float sum = 0, product = 0;
    for (size_t c = 0; c < columns; c++) {
      float g = gradient[c] * gain[c];
      sum += g;
      product += g * normalized[c];
      gain_gradient[c] += gradient[c] * normalized[c];
      shift_gradient[c] += gradient[c];
    }
    sum /= (float)columns;
    product /= (float)columns;
    for (size_t c = 0; c < columns; c++) {
      x_gradient[c] += reciprocal[r] * (gradient[c] * gain[c] - sum - normalized[c] * product);
    }
    gradient += columns;
    normalized += columns;
    x_gradient += columns;
  }
}

// A bijection of 32-bit words whose output bits each depend on all input bits.
// Wellons 2018, "Prospecting for hash functions", triple32 without its last round.
static inline uint32_t scramble(uint32_t x) {
  x ^= x >> 17;
  x *= 0xED5AD4BBu;
  x ^= x >> 11;
  x *= 0xAC4C1B51u;
  x ^= x >> 15;
  return x;
}

SILHOUETTE_DISPATCHED
void silhouette_dropout(float *x, size_t count, uint64_t seed, uint32_t threshold, float scale) {
  uint32_t low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
  for (size_t i = 0; i < count; i++) {
    uint32_t hash = scramble(scramble((uint32_t)i + low) ^ high);
    x[i] *= hash >= threshold ? scale : 0.0f;
  }
}

SILHOUETTE_DISPATCHED
void silhouette_adam(float *restrict values, const float *restrict gradient, float *restrict first,
                     float *restrict second, size_t count, float rate, float beta1, float beta2,
                     float correction1, float correction2, float epsilon, float decay) {
  for (size_t i = 0; i < count; i++) {
    float g = gradient[i];
    first[i] = beta1 * first[i] + (1.0f - beta1) * g;
    second[i] = beta2 * second[i] + (1.0f - beta2) * g * g;
    float step = first[i] * correction1 / (sqrtf(second[i] * correction2) + epsilon);
    values[i] -= rate * (step + decay * values[i]);
  }
}

SILHOUETTE_DISPATCHED
void silhouette_adagrad(float *restrict values, const float *restrict gradient,
                        float *restrict sums, size_t count, float rate, float epsilon) {
  for (size_t i = 0; i < count; i++) {
    sums[i] += gradient[i] * gradient[i];
    values[i] -= rate * gradient[i] / (sqrtf(sums[i]) + epsilon);
  }
}
