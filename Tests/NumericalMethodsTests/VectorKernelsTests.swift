import NumericalMethods
import Testing

/// Kernels against plain loops, at lengths around the width of vector registers.
@Suite struct VectorKernelsTests {
  static let lengths = [0, 1, 7, 8, 9, 31, 1023]

  private func vector(_ count: Int, stream: UInt64) -> [Float] {
    var generator = DeterministicGenerator(seed: 1, stream: stream)
    return (0..<count).map { _ in Float(generator.nextUnit()) * 2 - 1 }
  }

  @Test(arguments: lengths) func dotIsTheSumOfProducts(count: Int) {
    let (a, b) = (vector(count, stream: 1), vector(count, stream: 2))
    let naive = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    #expect(abs(Double(VectorKernels.dot(a, b)) - naive) < 1e-4)
  }

  @Test(arguments: lengths) func axpyAddsAMultiple(count: Int) {
    let x = vector(count, stream: 3)
    var y = vector(count, stream: 4)
    let naive = zip(x, y).map { 0.5 * $0 + $1 }
    VectorKernels.axpy(0.5, x, into: &y)
    #expect(zip(y, naive).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test(arguments: lengths) func outerTriangleKeepsTheNorm(count: Int) {
    let r = vector(min(count, 60), stream: 5)
    var triangle = [Float](repeating: 9, count: r.count * (r.count + 1) / 2)
    VectorKernels.outerTriangle(r, into: &triangle)
    var next = 0
    for row in r.indices {
      for column in row..<r.count {
        let expected = r[row] * r[column] * (row == column ? 1 : Float(2).squareRoot())
        #expect(abs(triangle[next] - expected) < 1e-6)
        next += 1
      }
    }
    let squared = r.reduce(0.0) { $0 + Double($1) * Double($1) }
    let norm = triangle.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(abs(norm - squared) < 1e-4)
  }

  @Test func matrixVectorProductsAgreeWithTheDefinition() {
    let matrix: [Float] = [1, 2, 3, 4, 5, 6]
    var product: [Float] = [0, 0]
    VectorKernels.matrixVector(matrix, rows: 2, columns: 3, x: [1, 0, -1], into: &product)
    #expect(product == [-2, -2])
    var transposed: [Float] = [9, 9, 9]
    VectorKernels.transposedMatrixVector(
      matrix, rows: 2, columns: 3, x: [1, -1], into: &transposed)
    #expect(transposed == [-3, -3, -3])
    var sums: [Float] = [1, 1, 1]
    VectorKernels.addRows([0, 0, 1], of: matrix, columns: 3, into: &sums)
    #expect(sums == [7, 10, 13])
  }

  @Test(arguments: [2, 9, 1023]) func standardizingGivesMeanZeroAndDeviationOne(count: Int) {
    var values = vector(count, stream: 6)
    VectorKernels.standardize(&values, low: -100, high: 100)
    let found = VectorKernels.moments(values)
    #expect(abs(found.mean) < 1e-5)
    #expect(abs(found.standardDeviation - 1) < 1e-4)
    VectorKernels.standardize(&values, low: -0.5, high: 0.25)
    #expect(values.allSatisfy { (-0.5...0.25).contains($0) })
  }

  @Test func constantsStandardizeToZero() {
    var values = [Float](repeating: 3, count: 10)
    VectorKernels.standardize(&values, low: -4, high: 8)
    #expect(values.allSatisfy { $0 == 0 })
  }

  @Test func countingAboveSeparatesTies() {
    let counted = VectorKernels.countAbove(2, in: [1, 2, 3, 2, 5, .nan])
    #expect(counted.greater == 2)
    #expect(counted.equal == 2)
  }
}
