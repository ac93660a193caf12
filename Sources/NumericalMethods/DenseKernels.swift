#if canImport(CBLAS)
  internal import CBLAS
#else
  internal import Accelerate
#endif

/// Where a row-major matrix lies inside of a flat array.
package struct MatrixPlace: Sendable, Equatable {
  package let start: Int
  package let rows: Int
  package let columns: Int
  /// Elements from one row to the next; greater than `columns` inside of a wider matrix.
  package let stride: Int

  package init(start: Int = 0, rows: Int, columns: Int, stride: Int? = nil) {
    self.start = start
    self.rows = rows
    self.columns = columns
    self.stride = stride ?? columns
    precondition(start >= 0 && rows >= 0 && columns >= 0 && self.stride >= columns)
  }

  var isEmpty: Bool { rows == 0 || columns == 0 }
  /// The first index after the matrix.
  var end: Int { isEmpty ? start : start + (rows - 1) * stride + columns }
}

/// Products of matrices in single precision, by BLAS on the calling thread.
package enum DenseKernels {
  /// A matrix as an operand: the array it lies in is passed beside it.
  package struct Operand: Sendable {
    package let place: MatrixPlace
    package let isTransposed: Bool

    package init(_ place: MatrixPlace, transposed isTransposed: Bool = false) {
      self.place = place
      self.isTransposed = isTransposed
    }

    var rows: Int { isTransposed ? place.columns : place.rows }
    var columns: Int { isTransposed ? place.rows : place.columns }
  }

  /// C = scale A B, or C += scale A B with `adding`.
  ///
  /// The operands are [n, k] and [k, m] after their transpositions, the product is [n, m]. For given
  /// shapes the order of additions is fixed: the same numbers give the same bits on one machine.
  package static func multiply(
    _ a: [Float], _ left: Operand, by b: [Float], _ right: Operand,
    into c: inout [Float], _ product: MatrixPlace, scale: Float = 1, adding: Bool = false
  ) {
    precondition(
      left.columns == right.rows && left.rows == product.rows && right.columns == product.columns,
      "the shapes of a product do not fit")
    precondition(
      left.place.end <= a.count && right.place.end <= b.count && product.end <= c.count,
      "a matrix reaches beyond its array")
    guard !product.isEmpty else { return }
    _ = singleThreaded
    unsafe a.withUnsafeBufferPointer { a in
      unsafe b.withUnsafeBufferPointer { b in
        unsafe c.withUnsafeMutableBufferPointer { c in
          guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
          unsafe cblas_sgemm(
            CblasRowMajor, left.isTransposed ? CblasTrans : CblasNoTrans,
            right.isTransposed ? CblasTrans : CblasNoTrans, Int32(product.rows),
            Int32(product.columns), Int32(left.columns), scale, a + left.place.start,
            Int32(max(left.place.stride, 1)), b + right.place.start,
            Int32(max(right.place.stride, 1)), adding ? 1 : 0, c + product.start,
            Int32(max(product.stride, 1)))
        }
      }
    }
  }
}
