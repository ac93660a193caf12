internal import PrivacyAccounting
internal import RoundVocabulary

/// What a case asks of the accountant, in the accountant's own words.
enum Question: Sendable {
  case epsilon([MechanismEvent], delta: Double, NeighboringRelation)
  case delta([MechanismEvent], epsilon: Double, NeighboringRelation)
  case renyi([MechanismEvent], order: Double, NeighboringRelation)
  case noiseMultiplier(Target, @Sendable (Double) -> [MechanismEvent])
  case rounds(Target, @Sendable (Int) -> [MechanismEvent])
  /// The noise left for a sum, after a clipping bit with noise of this deviation took its part.
  case clippedNoiseMultiplier(total: Double, bitDeviation: Double)
  case squaredSensitivity(NoiseStrategy)
  case strategyEpsilon(NoiseStrategy, noise: Double, delta: Double)
  case strategyRenyi(NoiseStrategy, noise: Double, order: Double)
  case prefixSumError(NoiseStrategy, PrefixSumError)
  /// Nothing that an accountant answers.
  case elsewhere(reason: String)

  /// What a calibration is to keep.
  struct Target: Sendable {
    var epsilon: Double
    var delta: Double
    var neighbors: NeighboringRelation
  }
}

/// Noise that is correlated over rounds, by how it is made; zero-out, contributions of norm 1.
package enum NoiseStrategy: Sendable, Equatable {
  /// `trees` binary trees one after the other, with these numbers of leaves, one participation each.
  case treeOnce(leaves: [Int], trees: Int)
  /// One complete binary tree, padded to a power of two leaves, root included.
  case tree(leaves: Int, separation: Int, participations: Int)
  /// A lower triangular Toeplitz matrix with these first coefficients.
  case toeplitz(coefficients: [Double], rounds: Int, separation: Int, participations: Int)
  /// A lower triangular banded matrix by its rows.
  case banded(rows: [[Double]], bands: Int, separation: Int, participations: Int)
}

/// Which error of noisy prefix sums, at unit noise.
package enum PrefixSumError: Sendable {
  case greatest
  case mean
}

/// What the accountant said.
enum Answer: Sendable, Equatable {
  /// The number to state, and the certified lower end where there is one.
  case number(Double, lower: Double?)
  case refused(reason: String)
}
