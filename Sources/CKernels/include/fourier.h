#pragma once

#include <stddef.h>

// Discrete Fourier transform, sum over j of z[j] exp(-2 pi i j k / n), of n = 2^m complex numbers
// stored as pairs. The result is left in z; scratch holds n pairs, roots the n pairs
// exp(-2 pi i k / n).
void silhouette_fourier(double *z, double *scratch, const double *roots, size_t n);
