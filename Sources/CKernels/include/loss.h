#pragma once

#include <stddef.h>
#include <stdint.h>

// A lattice of privacy losses: mass exp(log_mass[j]) at loss (first + j) * step.

// log of the sum of mass * exp(theta * loss), and mean and variance of the loss under that tilt.
void silhouette_tilted_moments(const double *log_mass, size_t count, int64_t first, double step,
                               double theta, double *log_sum, double *mean, double *variance);

// Adds exp(log_mass[j] + theta * loss - log_scale) to pairs[2 * ((first + j) mod n) + lane].
void silhouette_tilted_load(const double *log_mass, size_t count, int64_t first, double step,
                            double theta, double log_scale, double *pairs, size_t n, size_t lane);

// Running product of spectra of pairs of real sequences, one record per frequency 0 ... n/2.
typedef struct {
  double log_modulus, phase, log_bound;
} silhouette_factor;

// pairs is the transform of a + i b with a, b real. Multiplies the count-th power of a's spectrum
// into products[2 k] and of b's into products[2 k + 1]; log_bound takes modulus + error.
void silhouette_multiply_power(const double *pairs, size_t n, double count, double error,
                               silhouette_factor *products);

// Writes the transform of a + i b, real and imaginary part exchanged for the inverse transform,
// from the products of both, and the sums over all n frequencies of what rounding may have moved.
void silhouette_product_spectrum(const silhouette_factor *products, size_t n, double relative_error,
                                 double *pairs, double *error_a, double *error_b);
