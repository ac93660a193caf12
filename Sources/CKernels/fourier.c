#include "fourier.h"

#include <string.h>

#include "dispatch.h"

// Stockham's self-sorting radix-4 passes: from s transforms of length n to 4 s of length n / 4.
SILHOUETTE_DISPATCHED
static void pass4(const double *restrict x, double *restrict y, const double *restrict roots,
                  size_t n, size_t s) {
  const size_t quarter = n / 4;
  for (size_t p = 0; p < quarter; p++) {
    const double w1r = roots[2 * p * s], w1i = roots[2 * p * s + 1];
    const double w2r = roots[4 * p * s], w2i = roots[4 * p * s + 1];
    const double w3r = roots[6 * p * s], w3i = roots[6 * p * s + 1];
    const double *a = x + 2 * s * p, *b = a + 2 * s * quarter, *c = b + 2 * s * quarter,
                 *d = c + 2 * s * quarter;
    double *out = y + 8 * s * p;
    for (size_t q = 0; q < s; q++) {
      const double sr = a[2 * q] + c[2 * q], si = a[2 * q + 1] + c[2 * q + 1];
      const double dr = a[2 * q] - c[2 * q], di = a[2 * q + 1] - c[2 * q + 1];
      const double tr = b[2 * q] + d[2 * q], ti = b[2 * q + 1] + d[2 * q + 1];
      // i (b - d)
      const double ur = d[2 * q + 1] - b[2 * q + 1], ui = b[2 * q] - d[2 * q];
      out[2 * q] = sr + tr;
      out[2 * q + 1] = si + ti;
      const double er = dr - ur, ei = di - ui;
      out[2 * (q + s)] = w1r * er - w1i * ei;
      out[2 * (q + s) + 1] = w1r * ei + w1i * er;
      const double fr = sr - tr, fi = si - ti;
      out[2 * (q + 2 * s)] = w2r * fr - w2i * fi;
      out[2 * (q + 2 * s) + 1] = w2r * fi + w2i * fr;
      const double gr = dr + ur, gi = di + ui;
      out[2 * (q + 3 * s)] = w3r * gr - w3i * gi;
      out[2 * (q + 3 * s) + 1] = w3r * gi + w3i * gr;
    }
  }
}

SILHOUETTE_DISPATCHED
static void pass2(const double *restrict x, double *restrict y, size_t s) {
  for (size_t q = 0; q < 2 * s; q++) {
    y[q] = x[q] + x[q + 2 * s];
    y[q + 2 * s] = x[q] - x[q + 2 * s];
  }
}

void silhouette_fourier(double *z, double *scratch, const double *roots, size_t n) {
  double *from = z, *to = scratch;
  size_t length = n, stride = 1;
  while (length > 1) {
    if (length >= 4) {
      pass4(from, to, roots, length, stride);
      length /= 4;
      stride *= 4;
    } else {
      pass2(from, to, stride);
      length /= 2;
      stride *= 2;
    }
    double *swap = from;
    from = to;
    to = swap;
  }
  if (from != z) memcpy(z, from, 2 * n * sizeof(double));
}
