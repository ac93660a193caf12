internal import CKernels

/// Loops over whole vectors of `Float`, in C where the compiler cannot vectorize them in Swift.
///
/// All take and fill whole arrays: calling across modules for single elements costs far more than
/// the arithmetic. Lengths that do not fit are the caller's bug.
package enum VectorKernels {
  /// Sum of products.
  package static func dot(_ a: [Float], _ b: [Float]) -> Float {
    precondition(a.count == b.count)
    return unsafe a.withUnsafeBufferPointer { a in
      unsafe b.withUnsafeBufferPointer { b in
        guard let first = a.baseAddress, let second = b.baseAddress else { return 0 }
        return unsafe silhouette_dot(first, second, a.count)
      }
    }
  }

  /// y += a x.
  package static func axpy(_ a: Float, _ x: [Float], into y: inout [Float]) {
    precondition(x.count == y.count)
    unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        guard let source = x.baseAddress, let target = y.baseAddress else { return }
        unsafe silhouette_axpy(a, source, target, x.count)
      }
    }
  }

  /// Writes the upper triangle of r r' row by row, off-diagonal entries times sqrt(2).
  ///
  /// - Parameter triangle: overwritten. Shape: [M (M + 1) / 2]; its norm is the squared norm of r.
  package static func outerTriangle(_ r: [Float], into triangle: inout [Float]) {
    precondition(triangle.count == r.count * (r.count + 1) / 2)
    unsafe r.withUnsafeBufferPointer { r in
      unsafe triangle.withUnsafeMutableBufferPointer { triangle in
        guard let source = r.baseAddress, let target = triangle.baseAddress else { return }
        var next = 0
        for row in 0..<r.count {
          let value = unsafe r[row]
          unsafe triangle[next] = value * value
          unsafe silhouette_scaled(
            value * Float(2).squareRoot(), source + row + 1, target + next + 1, r.count - row - 1)
          next += r.count - row
        }
      }
    }
  }

  /// A x for a row-major matrix.
  ///
  /// - Parameters:
  ///   - matrix: Shape: [rows, columns].
  ///   - product: overwritten. Shape: [rows].
  package static func matrixVector(
    _ matrix: [Float], rows: Int, columns: Int, x: [Float], into product: inout [Float]
  ) {
    precondition(matrix.count == rows * columns && x.count == columns && product.count == rows)
    unsafe matrix.withUnsafeBufferPointer { matrix in
      unsafe x.withUnsafeBufferPointer { x in
        guard let values = matrix.baseAddress, let vector = x.baseAddress else { return }
        for row in 0..<rows {
          product[row] = unsafe silhouette_dot(values + row * columns, vector, columns)
        }
      }
    }
  }

  /// A' x for a row-major matrix.
  ///
  /// - Parameters:
  ///   - matrix: Shape: [rows, columns].
  ///   - product: overwritten. Shape: [columns].
  package static func transposedMatrixVector(
    _ matrix: [Float], rows: Int, columns: Int, x: [Float], into product: inout [Float]
  ) {
    precondition(matrix.count == rows * columns && x.count == rows && product.count == columns)
    for index in product.indices { product[index] = 0 }
    unsafe matrix.withUnsafeBufferPointer { matrix in
      unsafe product.withUnsafeMutableBufferPointer { product in
        guard let values = matrix.baseAddress, let sums = product.baseAddress else { return }
        for row in 0..<rows where x[row] != 0 {
          unsafe silhouette_axpy(x[row], values + row * columns, sums, columns)
        }
      }
    }
  }

  /// Adds the named rows of a row-major matrix.
  ///
  /// - Parameters:
  ///   - matrix: Shape: [*, columns].
  ///   - sums: Shape: [columns].
  package static func addRows(
    _ rows: [Int32], of matrix: [Float], columns: Int, into sums: inout [Float]
  ) {
    precondition(sums.count == columns)
    unsafe matrix.withUnsafeBufferPointer { matrix in
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        guard let values = matrix.baseAddress, let target = sums.baseAddress else { return }
        for row in rows {
          precondition((Int(row) + 1) * columns <= matrix.count && row >= 0)
          unsafe silhouette_axpy(1, values + Int(row) * columns, target, columns)
        }
      }
    }
  }

  /// Mean and population standard deviation; zeros for an empty vector.
  package static func moments(_ values: [Float]) -> (mean: Float, standardDeviation: Float) {
    guard !values.isEmpty else { return (0, 0) }
    var sum = 0.0
    var squares = 0.0
    unsafe values.withUnsafeBufferPointer { values in
      guard let first = values.baseAddress else { return }
      unsafe silhouette_moments(first, values.count, &sum, &squares)
    }
    let mean = sum / Double(values.count)
    let variance = max(0, squares / Double(values.count) - mean * mean)
    return (Float(mean), Float(variance.squareRoot()))
  }

  /// Subtracts the mean, divides by the standard deviation (plus 1e-9) and cuts to [low, high].
  package static func standardize(_ values: inout [Float], low: Float, high: Float) {
    let found = moments(values)
    unsafe values.withUnsafeMutableBufferPointer { values in
      guard let first = values.baseAddress else { return }
      unsafe silhouette_standardize(
        first, values.count, found.mean, 1 / (found.standardDeviation + 1e-9), low, high)
    }
  }

  /// How many scores are greater than a threshold, and how many equal it.
  package static func countAbove(_ threshold: Float, in scores: [Float]) -> (
    greater: Int, equal: Int
  ) {
    var greater = 0
    var equal = 0
    unsafe scores.withUnsafeBufferPointer { scores in
      guard let first = scores.baseAddress else { return }
      unsafe silhouette_count_above(first, scores.count, threshold, &greater, &equal)
    }
    return (greater, equal)
  }
}
