package import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Factors of people and items by alternating least squares over what people took and did not take.
///
/// A reference that needs all histories in one place, never part of a federation.
///
/// **Formula**: the minimum of sum over taken (1 - w_u h_i)^2 + a sum over all (w_u h_i)^2
/// + sum lambda_u |w_u|^2 + sum lambda_i |h_i|^2, lambda_u = reg (n_u + a items), lambda_i likewise.
/// - Source: Rendle, Krichene, Zhang, Koren 2022, "Revisiting the performance of iALS on item
///   recommendation benchmarks", arXiv:2110.14037, section 3.
package struct ImplicitFactors: Sendable {
  /// The choices of a training.
  package struct Configuration: Sendable {
    package var width = 64
    package var regularization = 0.01
    /// a: how much it counts that something was not taken.
    package var unobserved = 0.1
    package var iterations = 12
    package var seed: UInt64 = 1

    package init() {}
  }

  private let width: Int
  private let itemCount: Int
  /// Shape: [users, width].
  private var users: [Float]
  /// Shape: [items, width].
  private var items: [Float]

  /// - Parameter histories: distinct items per user.
  /// - Throws: `NumericalError` if a system cannot be solved.
  package init(
    histories: [[Int32]], itemCount: Int, _ configuration: Configuration = .init()
  ) throws(NumericalError) {
    width = configuration.width
    self.itemCount = itemCount
    var takers = [[Int32]](repeating: [], count: itemCount)
    for (user, history) in histories.enumerated() {
      for item in history { takers[Int(item)].append(Int32(user)) }
    }
    var generator = DeterministicGenerator(seed: configuration.seed, stream: 0x6961_6C73)
    let scale = 0.1 / Float(width).squareRoot()
    users = [Float](repeating: 0, count: histories.count * width)
    // Sums of twelve uniform numbers are near enough to normal ones.
    items = (0..<(itemCount * width)).map { _ in
      scale * Float((0..<12).reduce(-6.0) { sum, _ in sum + generator.nextUnit() })
    }
    for _ in 0..<configuration.iterations {
      try Self.solve(&users, from: items, taken: histories, configuration)
      try Self.solve(&items, from: users, taken: takers, configuration)
    }
    try Self.solve(&users, from: items, taken: histories, configuration)
  }

  /// The least squares solution of one side, given the other.
  private static func solve(
    _ factors: inout [Float], from others: [Float], taken: [[Int32]],
    _ configuration: Configuration
  ) throws(NumericalError) {
    let width = configuration.width
    let otherCount = others.count / width
    let square = MatrixPlace(rows: width, columns: width)
    let all = MatrixPlace(rows: otherCount, columns: width)
    var base = [Float](repeating: 0, count: width * width)
    DenseKernels.multiply(
      others, .init(all, transposed: true), by: others, .init(all), into: &base, square,
      scale: Float(configuration.unobserved))
    var rows: [Float] = []
    for (index, list) in taken.enumerated() {
      if rows.count < list.count * width { rows = [Float](repeating: 0, count: list.count * width) }
      var sums = [Double](repeating: 0, count: width)
      for (row, other) in list.enumerated() {
        NeuralKernels.copy(
          others, from: Int(other) * width, into: &rows, at: row * width, count: width)
        for column in 0..<width { sums[column] += Double(others[Int(other) * width + column]) }
      }
      var matrix = base
      let part = MatrixPlace(rows: list.count, columns: width)
      DenseKernels.multiply(
        rows, .init(part, transposed: true), by: rows, .init(part), into: &matrix, square,
        adding: true)
      var inverse = matrix.map { Double($0) }
      let weight =
        configuration.regularization
        * (Double(list.count) + configuration.unobserved * Double(otherCount))
      for column in 0..<width { inverse[column * width + column] += weight }
      try SymmetricPositive.invert(&inverse, order: width)
      for row in 0..<width {
        var value = 0.0
        for column in 0..<width { value += inverse[row * width + column] * sums[column] }
        factors[index * width + row] = Float(value)
      }
    }
  }

  /// Scores all items for a user of the training.
  ///
  /// - Parameter scores: overwritten. Shape: [items].
  package func scores(ofUser user: Int, into scores: inout [Float]) {
    DenseKernels.multiply(
      items, .init(MatrixPlace(rows: itemCount, columns: width)), by: users,
      .init(MatrixPlace(start: user * width, rows: width, columns: 1)), into: &scores,
      MatrixPlace(rows: itemCount, columns: 1))
  }
}
