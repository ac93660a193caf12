internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Factors of people and items that rank what was taken above what was not, one pair after another.
///
/// A reference that needs all histories in one place, never part of a federation.
///
/// **Formula**: steps along log sigmoid(x_ui - x_uj) - reg |parameters|^2 / 2 for a taken item i and a
/// uniform other j, x_ui = p_u q_i + b_i; the rate falls from lr to a tenth of it.
/// - Source: Rendle, Freudenthaler, Gantner, Schmidt-Thieme 2009, "BPR: Bayesian personalized ranking
///   from implicit feedback", arXiv:1205.2618, section 4.
package struct PairwiseFactors: Sendable {
  /// The choices of a training.
  package struct Configuration: Sendable {
    package var width = 64
    package var learningRate: Float = 0.1
    package var regularization: Float = 0.01
    package var epochs = 60
    package var seed: UInt64 = 1

    package init() {}
  }

  private let width: Int
  private let itemCount: Int
  /// Shape: [users, width].
  private var users: [Float]
  /// Shape: [items, width].
  private var items: [Float]
  /// Shape: [items].
  private var biases: [Float]

  /// - Parameter histories: distinct items per user.
  package init(histories: [[Int32]], itemCount: Int, _ configuration: Configuration = .init()) {
    width = configuration.width
    self.itemCount = itemCount
    var generator = DeterministicGenerator(seed: configuration.seed, stream: 0x6270_7220)
    func vectors(_ count: Int, _ generator: inout DeterministicGenerator) -> [Float] {
      (0..<(count * configuration.width)).map { _ in
        0.1 * Float((0..<12).reduce(-6.0) { sum, _ in sum + generator.nextUnit() })
      }
    }
    users = vectors(histories.count, &generator)
    items = vectors(itemCount, &generator)
    biases = [Float](repeating: 0, count: itemCount)
    let sets = histories.map { Set($0) }
    var pairs = histories.enumerated().flatMap { user, history in
      history.map { (user: Int32(user), item: $0) }
    }
    // Somebody who took everything has nothing to rank below it.
    pairs.removeAll { sets[Int($0.user)].count >= itemCount }
    for epoch in 0..<configuration.epochs {
      pairs.shuffle(using: &generator)
      let progress = Float(epoch) / Float(configuration.epochs)
      let rate = configuration.learningRate * (1 - 0.9 * progress)
      for pair in pairs {
        var other = Int32(generator.nextIndex(below: itemCount))
        while sets[Int(pair.user)].contains(other) {
          other = Int32(generator.nextIndex(below: itemCount))
        }
        step(
          user: Int(pair.user), Int(pair.item), above: Int(other), rate: rate,
          regularization: configuration.regularization)
      }
    }
  }

  private mutating func step(
    user: Int, _ item: Int, above other: Int, rate: Float, regularization: Float
  ) {
    let (u, i, j) = (user * width, item * width, other * width)
    var margin = biases[item] - biases[other]
    for column in 0..<width {
      margin += users[u + column] * (items[i + column] - items[j + column])
    }
    let pull = 1 / (1 + expf(margin))
    for column in 0..<width {
      let (p, q, r) = (users[u + column], items[i + column], items[j + column])
      users[u + column] += rate * (pull * (q - r) - regularization * p)
      items[i + column] += rate * (pull * p - regularization * q)
      items[j + column] += rate * (-pull * p - regularization * r)
    }
    biases[item] += rate * (pull - regularization * biases[item])
    biases[other] += rate * (-pull - regularization * biases[other])
  }

  /// Scores all items for a user of the training.
  ///
  /// - Parameter scores: overwritten. Shape: [items].
  package func scores(ofUser user: Int, into scores: inout [Float]) {
    DenseKernels.multiply(
      items, .init(MatrixPlace(rows: itemCount, columns: width)), by: users,
      .init(MatrixPlace(start: user * width, rows: width, columns: 1)), into: &scores,
      MatrixPlace(rows: itemCount, columns: 1))
    NeuralKernels.axpy(1, biases, into: &scores, count: itemCount)
  }
}
