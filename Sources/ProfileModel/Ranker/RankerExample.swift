package import NumericalMethods
internal import ReleasedParts

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What a device trains the ranker on: its own last item against items drawn at random.
///
/// Small enough for a device to keep between rounds: 4 bytes per feature and candidate.
package struct RankerExample: Sendable, Equatable {
  /// Row-major [candidates, features]; row 0 is the target.
  package let features: [Float]
  /// Features of a candidate.
  package let width: Int
  package var candidateCount: Int { features.count / width }

  /// Builds an example from features that were computed without the target.
  ///
  /// Negatives are uniform over the catalogue; those in the history and the target itself are
  /// skipped, so that a device with a long history has a few less.
  package init(
    target: Int32, history: InteractionHistory, table: FeatureTable, negatives: Int,
    generator: inout DeterministicGenerator
  ) {
    let own = Set(history.items)
    let itemCount = table.columns[0].count
    var candidates = [target]
    for _ in 0..<negatives {
      let item = Int32(generator.nextIndex(below: itemCount))
      if item != target, !own.contains(item) { candidates.append(item) }
    }
    var features: [Float] = []
    width = table.columns.count
    features.reserveCapacity(candidates.count * width)
    for item in candidates {
      for column in table.columns { features.append(column[Int(item)]) }
    }
    self.features = features
  }

  /// Builds an example from given features; row 0 is the target.
  package init(features: [Float], width: Int = RankerFeature.allCases.count) {
    precondition(features.count.isMultiple(of: width))
    self.features = features
    self.width = width
  }

  /// Negative log likelihood of the target under a softmax over the candidates.
  package func loss(weights: [Float]) -> Float {
    let scores = scores(weights)
    let top = scores.max() ?? 0
    let partition = scores.reduce(Float(0)) { $0 + expf($1 - top) }
    return top + logf(partition) - scores[0]
  }

  /// The direction of steepest ascent of the log likelihood: minus the gradient of `loss`.
  ///
  /// **Formula**: phi(target) - sum_c softmax(w.phi)_c phi(c).
  ///
  /// - Parameter missing: what the ranker does not see: the features are as if they were 0.
  package func ascent(weights: [Float], without missing: RankerAblation? = nil) -> [Float] {
    var weights = weights
    missing?.hide(in: &weights)
    let scores = scores(weights)
    let top = scores.max() ?? 0
    var probabilities = scores.map { expf($0 - top) }
    let partition = probabilities.reduce(0, +)
    for index in probabilities.indices { probabilities[index] /= partition }
    var ascent = Array(features[0..<width])
    for (candidate, probability) in probabilities.enumerated() {
      for feature in 0..<width {
        ascent[feature] -= probability * features[candidate * width + feature]
      }
    }
    missing?.hide(in: &ascent)
    return ascent
  }

  private func scores(_ weights: [Float]) -> [Float] {
    return (0..<candidateCount).map { candidate in
      var sum: Float = 0
      for feature in 0..<width { sum += weights[feature] * features[candidate * width + feature] }
      return sum
    }
  }
}
