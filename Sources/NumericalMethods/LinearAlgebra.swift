#if canImport(CBLAS)
  internal import CBLAS
#else
  internal import Accelerate
#endif

/// A factorization that LAPACK could not finish.
package enum NumericalError: Error, Equatable, CustomStringConvertible {
  /// The eigenvalue iteration did not converge; `code` is LAPACK's.
  case eigenvaluesNotFound(order: Int, code: Int)
  /// The matrix is not positive definite at this pivot.
  case notPositiveDefinite(order: Int, pivot: Int)

  package var description: String {
    switch self {
    case .eigenvaluesNotFound(let order, let code):
      "LAPACK found no eigenvalues of a matrix of order \(order) (dsyevr code \(code)): "
        + "check that the released sum is finite"
    case .notPositiveDefinite(let order, let pivot):
      "a matrix of order \(order) is not positive definite at pivot \(pivot): "
        + "use a larger regularization"
    }
  }
}

/// Makes the linear algebra library run on the calling thread only, once.
///
/// Results then do not depend on the number of cores, and our own threads do not compete with its.
let singleThreaded: Void = {
  #if canImport(CBLAS)
    openblas_set_num_threads(1)
  #endif
}()

/// Eigenvectors of real symmetric matrices.
package enum SymmetricEigen {
  /// The largest eigenvalues, descending, and their unit eigenvectors.
  ///
  /// The largest component of every vector is positive, which makes the answer unique for distinct
  /// eigenvalues.
  ///
  /// - Parameters:
  ///   - matrix: full symmetric matrix. Shape: [order, order].
  ///   - count: how many, at most `order`.
  /// - Returns: vectors row-major, [order, count].
  package static func largest(
    _ matrix: [Double], order: Int, count: Int
  ) throws(NumericalError) -> (values: [Double], vectors: [Float]) {
    precondition(matrix.count == order * order && count >= 1 && count <= order)
    _ = singleThreaded
    var work = Workspace(matrix: matrix, order: order, count: count)
    let code = work.solve()
    guard code == 0, work.found == count else {
      throw .eigenvaluesNotFound(order: order, code: code)
    }
    var values = [Double](repeating: 0, count: count)
    var vectors = [Float](repeating: 0, count: order * count)
    for column in 0..<count {
      // LAPACK answers in ascending order.
      let source = count - 1 - column
      values[column] = work.values[source]
      let vector = work.vectors[(source * order)..<((source + 1) * order)]
      let top = vector.max { abs($0) < abs($1) } ?? 1
      for (row, component) in vector.enumerated() {
        vectors[row * count + column] = Float(top < 0 ? -component : component)
      }
    }
    return (values, vectors)
  }

  /// What dsyevr reads and writes.
  private struct Workspace {
    var matrix: [Double]
    var order: Int32
    var count: Int
    var found = 0
    var values: [Double]
    var vectors: [Double]

    init(matrix: [Double], order: Int, count: Int) {
      self.matrix = matrix
      self.order = Int32(order)
      self.count = count
      values = [Double](repeating: 0, count: order)
      vectors = [Double](repeating: 0, count: order * count)
    }

    /// Asks for the needed space, then solves; returns LAPACK's code.
    mutating func solve() -> Int {
      var workSize = [0.0]
      var integerSize: [Int32] = [0]
      let query = call(work: &workSize, workCount: -1, integers: &integerSize, integerCount: -1)
      guard query == 0 else { return query }
      var work = [Double](repeating: 0, count: Int(workSize[0]))
      var integers = [Int32](repeating: 0, count: Int(integerSize[0]))
      return call(
        work: &work, workCount: Int32(work.count), integers: &integers,
        integerCount: Int32(integers.count))
    }

    private mutating func call(
      work: inout [Double], workCount: Int32, integers: inout [Int32], integerCount: Int32
    ) -> Int {
      var lowest = order - Int32(count) + 1
      var highest = order
      var unused = 0.0
      var tolerance = 0.0
      var foundCount: Int32 = 0
      var support = [Int32](repeating: 0, count: 2 * Int(order))
      var workCount = workCount
      var integerCount = integerCount
      var code: Int32 = 0
      var size = order
      var leading = order
      unsafe dsyevr_(
        "V", "I", "U", &size, &matrix, &leading, &unused, &unused, &lowest, &highest,
        &tolerance, &foundCount, &values, &vectors, &leading, &support, &work, &workCount,
        &integers, &integerCount, &code)
      found = Int(foundCount)
      return Int(code)
    }
  }
}

/// Symmetric positive definite matrices.
package enum SymmetricPositive {
  /// Replaces a matrix by its inverse, by Cholesky factorization.
  ///
  /// - Parameter matrix: full symmetric matrix. Shape: [order, order].
  package static func invert(_ matrix: inout [Double], order: Int) throws(NumericalError) {
    precondition(matrix.count == order * order)
    guard order > 0 else { return }
    _ = singleThreaded
    var size = Int32(order)
    var leading = Int32(order)
    var code: Int32 = 0
    unsafe dpotrf_("L", &size, &matrix, &leading, &code)
    guard code == 0 else { throw .notPositiveDefinite(order: order, pivot: Int(code)) }
    unsafe dpotri_("L", &size, &matrix, &leading, &code)
    guard code == 0 else { throw .notPositiveDefinite(order: order, pivot: Int(code)) }
    // LAPACK's lower triangle is, column-major, our upper one.
    for row in 0..<order {
      for column in 0..<row { matrix[row * order + column] = matrix[column * order + row] }
    }
  }
}
