#include "loss.h"

#include <float.h>
#include <math.h>

void silhouette_tilted_moments(const double *log_mass, size_t count, int64_t first, double step,
                               double theta, double *log_sum, double *mean, double *variance) {
  double top = -INFINITY, center = 0;
  for (size_t j = 0; j < count; j++) {
    const double loss = (double)(first + (int64_t)j) * step;
    const double e = log_mass[j] + theta * loss;
    if (e > top) {
      top = e;
      center = loss;
    }
  }
  // Losses are measured from the heaviest one, so that the variance does not cancel.
  double sum = 0, sum1 = 0, sum2 = 0;
  for (size_t j = 0; j < count; j++) {
    const double loss = (double)(first + (int64_t)j) * step;
    const double e = log_mass[j] + theta * loss - top;
    if (!(e > -745)) continue;
    const double w = exp(e), x = loss - center;
    sum += w;
    sum1 += w * x;
    sum2 += w * x * x;
  }
  const double m = sum1 / sum;
  *log_sum = top + log(sum);
  *mean = center + m;
  *variance = sum2 / sum - m * m;
}

void silhouette_tilted_load(const double *log_mass, size_t count, int64_t first, double step,
                            double theta, double log_scale, double *pairs, size_t n, size_t lane) {
  for (size_t j = 0; j < count; j++) {
    const int64_t index = first + (int64_t)j;
    const double e = log_mass[j] + theta * ((double)index * step) - log_scale;
    if (!(e > -745)) continue;
    // n is a power of two, so the mask is the residue of negative indices, too.
    pairs[2 * ((size_t)index & (n - 1)) + lane] += exp(e);
  }
}

// Below this logarithm a product is nothing beside its error bound, and further factors, whose
// moduli are at most one, leave it there.
static const double negligible = -120;

static void multiply(silhouette_factor *product, double re, double im, double count, double error,
                     double least) {
  if (product->log_bound < negligible) return;
  const double square = re * re + im * im;
  if (square < least * least) {
    product->log_bound += count * log(least + error);
    return;
  }
  const double modulus = sqrt(square);
  product->log_bound += count * log(modulus + error);
  product->log_modulus += count * log(modulus);
  product->phase += count * atan2(im, re);
}

void silhouette_multiply_power(const double *pairs, size_t n, double count, double error,
                               silhouette_factor *products) {
  // A modulus below this makes the power negligible, whatever the others are.
  const double least = fmax(0, exp(2 * negligible / count) - error);
  for (size_t k = 0; k <= n / 2; k++) {
    const size_t mirror = (n - k) & (n - 1);
    const double re = pairs[2 * k], im = pairs[2 * k + 1];
    const double mre = pairs[2 * mirror], mim = pairs[2 * mirror + 1];
    multiply(&products[2 * k], (re + mre) / 2, (im - mim) / 2, count, error, least);
    multiply(&products[2 * k + 1], (im + mim) / 2, (mre - re) / 2, count, error, least);
  }
}

static void factor(const silhouette_factor *product, double relative_error, double *re, double *im,
                   double *error) {
  const double bound = exp(product->log_bound);
  if (product->log_bound < negligible || product->log_modulus == -INFINITY) {
    *re = *im = 0;
    *error = bound;
    return;
  }
  const double modulus = exp(product->log_modulus);
  *re = modulus * cos(product->phase);
  *im = modulus * sin(product->phase);
  *error = modulus * expm1(fmax(0, product->log_bound - product->log_modulus)) +
           bound * relative_error;
}

void silhouette_product_spectrum(const silhouette_factor *products, size_t n, double relative_error,
                                 double *pairs, double *error_a, double *error_b) {
  *error_a = *error_b = 0;
  for (size_t k = 0; k <= n / 2; k++) {
    double ar, ai, br, bi, ea, eb;
    factor(&products[2 * k], relative_error, &ar, &ai, &ea);
    factor(&products[2 * k + 1], relative_error, &br, &bi, &eb);
    const size_t mirror = (n - k) & (n - 1);
    const double weight = mirror == k ? 1 : 2;
    *error_a += weight * ea;
    *error_b += weight * eb;
    pairs[2 * k] = ai + br;
    pairs[2 * k + 1] = ar - bi;
    if (mirror != k) {
      pairs[2 * mirror] = br - ai;
      pairs[2 * mirror + 1] = ar + bi;
    }
  }
}
