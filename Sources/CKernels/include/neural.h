#pragma once

#include <stddef.h>
#include <stdint.h>

// Element-wise functions and row reductions of the profile model, in single precision. Matrices are
// row-major; `stride` is the distance of two rows where a matrix lies inside of a wider one.

// y = 1 / (1 + exp(-x)) and y = tanh(x); x and y may be the same. Absolute error below 2e-7.
void silhouette_sigmoid(const float *x, float *y, size_t count);
void silhouette_tanh(const float *x, float *y, size_t count);

// y = x Phi(x) with the exact normal distribution function (absolute error below 1e-6), and
// gradient *= its derivative at x.
void silhouette_gelu(const float *x, float *y, size_t count);
void silhouette_gelu_backward(const float *x, float *gradient, size_t count);

// x = max(x, 0), and gradient = 0 wherever the output of that was 0.
void silhouette_relu(float *x, size_t count);
void silhouette_relu_backward(const float *y, float *gradient, size_t count);

// Adds the same vector to every row; adds all rows to one vector.
void silhouette_add_to_rows(const float *vector, float *x, size_t rows, size_t columns);
void silhouette_add_rows(const float *x, float *sums, size_t rows, size_t columns);

// Softmax of scale * x along each row, in place.
void silhouette_softmax(float *x, size_t rows, size_t columns, float scale);

// As above for a square matrix of which row i has entries 0 ... i; the others become 0.
void silhouette_causal_softmax(float *x, size_t order, float scale);

// From the gradient of the output p to that of x, in place: p (g - sum(p g)) scale.
void silhouette_softmax_backward(const float *p, float *gradient, size_t rows, size_t columns,
                                 float scale);

// Replaces logits by weight * (softmax - one-hot target) and returns the sum over rows of
// -log softmax[target].
double silhouette_cross_entropy(float *logits, const int32_t *targets, size_t rows, size_t columns,
                                float weight);

// normalized = (x - mean) / sqrt(variance + epsilon) per row, y = normalized * gain + shift;
// reciprocal[r] = 1 / sqrt(variance + epsilon).
void silhouette_layer_norm(const float *x, const float *gain, const float *shift, size_t rows,
                           size_t columns, float epsilon, float *normalized, float *reciprocal,
                           float *y);

// Adds to gain_gradient and shift_gradient, and the gradient of x to x_gradient.
void silhouette_layer_norm_backward(const float *gradient, const float *gain,
                                    const float *normalized, const float *reciprocal, size_t rows,
                                    size_t columns, float *gain_gradient, float *shift_gradient,
                                    float *x_gradient);

// Multiplies x[i] by scale where a hash of (seed, i) is at least threshold, else by 0. The same
// seed gives the same mask, so that the backward pass needs no memory of it.
void silhouette_dropout(float *x, size_t count, uint64_t seed, uint32_t threshold, float scale);

// One step of Adam with decoupled weight decay; the corrections are 1 / (1 - beta^t).
void silhouette_adam(float *values, const float *gradient, float *first, float *second,
                     size_t count, float rate, float beta1, float beta2, float correction1,
                     float correction2, float epsilon, float decay);

// One step of AdaGrad: sum += g^2, x -= rate * g / (sqrt(sum) + epsilon).
void silhouette_adagrad(float *values, const float *gradient, float *sums, size_t count,
                        float rate, float epsilon);
