internal import CKernels

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The discrete Fourier transform of complex sequences whose length is a power of two.
///
/// Numbers are stored as pairs of real and imaginary part. The inverse transform is this one with
/// real and imaginary parts exchanged before and after, and a division by the length.
package struct FourierTransform: Sendable {
  /// Complex numbers in a sequence.
  package let length: Int
  private let roots: [Double]

  package init(length: Int) {
    precondition(length >= 8, "the length must be at least 8")
    precondition(length & (length - 1) == 0, "the length must be a power of two")
    self.length = length
    roots = Self.roots(length)
  }

  /// exp(-2 pi i k / length), all from angles of the first octant for full accuracy.
  private static func roots(_ length: Int) -> [Double] {
    let octant = (0...(length / 8)).map { k in
      let angle = 2 * Double.pi * (Double(k) / Double(length))
      return (cos(angle), sin(angle))
    }
    var roots = [Double](repeating: 0, count: 2 * length)
    for k in 0..<length {
      let (quarter, rest) = (4 * k).quotientAndRemainder(dividingBy: length)
      // rest / 4 is the index in its quarter; the upper half of a quarter mirrors the lower one.
      let isLow = 2 * rest <= length
      let (a, b) = octant[isLow ? rest / 4 : (length - rest) / 4]
      let (c, s) = isLow ? (a, b) : (b, a)
      let (x, y) =
        switch quarter {
        case 0: (c, s)
        case 1: (-s, c)
        case 2: (-c, -s)
        default: (s, -c)
        }
      roots[2 * k] = x
      roots[2 * k + 1] = -y
    }
    return roots
  }

  /// Replaces `pairs`, 2 `length` numbers, by their transform: sums of z_j exp(-2 pi i j k / length).
  package func apply(to pairs: inout [Double], scratch: inout [Double]) {
    precondition(pairs.count == 2 * length && scratch.count == 2 * length)
    unsafe pairs.withUnsafeMutableBufferPointer { z in
      unsafe scratch.withUnsafeMutableBufferPointer { scratch in
        unsafe roots.withUnsafeBufferPointer { roots in
          guard let z = z.baseAddress, let scratch = scratch.baseAddress,
            let roots = roots.baseAddress
          else { return }
          unsafe silhouette_fourier(z, scratch, roots, length)
        }
      }
    }
  }

  /// A bound on the L2 norm of the rounding error of a transform, over the norm of its result.
  ///
  /// Passes of radix 4 and 2 count as two and one of radix 2, each with relative error below 8 u
  /// for roots accurate to 2 u.
  /// - Source: Higham 2002, "Accuracy and Stability of Numerical Algorithms", Theorem 24.2.
  package var relativeError: Double { 8 * 0x1p-53 * log2(Double(max(2, length))) }
}
