import NumericalMethods
import Testing

@Suite struct LinearAlgebraTests {
  @Test func eigenvectorsOfAKnownMatrix() throws {
    // [[2, 1], [1, 2]] has eigenvalues 3 and 1.
    let found = try SymmetricEigen.largest([2, 1, 1, 2], order: 2, count: 2)
    #expect(abs(found.values[0] - 3) < 1e-12)
    #expect(abs(found.values[1] - 1) < 1e-12)
    let half = Float(0.5).squareRoot()
    #expect(abs(found.vectors[0] - half) < 1e-6)
    #expect(abs(found.vectors[2] - half) < 1e-6)
  }

  @Test(arguments: [3, 10, 40]) func eigenvectorsSatisfyTheirEquation(order: Int) throws {
    var generator = DeterministicGenerator(seed: UInt64(order))
    var matrix = [Double](repeating: 0, count: order * order)
    for row in 0..<order {
      for column in 0...row {
        let value = generator.nextUnit() - 0.5
        matrix[row * order + column] = value
        matrix[column * order + row] = value
      }
    }
    let count = order / 2 + 1
    let found = try SymmetricEigen.largest(matrix, order: order, count: count)
    #expect(found.values == found.values.sorted(by: >))
    for index in 0..<count {
      for row in 0..<order {
        let product = (0..<order).reduce(0.0) {
          $0 + matrix[row * order + $1] * Double(found.vectors[$1 * count + index])
        }
        let expected = found.values[index] * Double(found.vectors[row * count + index])
        #expect(abs(product - expected) < 1e-5)
      }
    }
  }

  @Test func inverseTimesMatrixIsTheIdentity() throws {
    let order = 12
    var generator = DeterministicGenerator(seed: 9)
    let factor = (0..<(order * order)).map { _ in generator.nextUnit() - 0.5 }
    var matrix = [Double](repeating: 0, count: order * order)
    for row in 0..<order {
      for column in 0..<order {
        matrix[row * order + column] =
          (row == column ? 1 : 0)
          + (0..<order).reduce(0.0) { $0 + factor[row * order + $1] * factor[column * order + $1] }
      }
    }
    var inverse = matrix
    try SymmetricPositive.invert(&inverse, order: order)
    for row in 0..<order {
      for column in 0..<order {
        let product = (0..<order).reduce(0.0) {
          $0 + matrix[row * order + $1] * inverse[$1 * order + column]
        }
        #expect(abs(product - (row == column ? 1 : 0)) < 1e-10)
      }
    }
  }

  @Test func indefiniteMatricesAreRefused() {
    var matrix = [1.0, 2, 2, 1]
    #expect(throws: NumericalError.notPositiveDefinite(order: 2, pivot: 2)) {
      try SymmetricPositive.invert(&matrix, order: 2)
    }
  }
}
