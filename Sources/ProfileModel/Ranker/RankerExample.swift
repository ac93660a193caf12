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
  package var candidateCount: Int { features.count / RankerFeature.allCases.count }

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
    features.reserveCapacity(candidates.count * RankerFeature.allCases.count)
    for item in candidates {
      for feature in RankerFeature.allCases {
        features.append(table.columns[feature.rawValue][Int(item)])
      }
    }
    self.features = features
  }

  /// Builds an example from given features; row 0 is the target.
  package init(features: [Float]) {
    precondition(features.count.isMultiple(of: RankerFeature.allCases.count))
    self.features = features
  }

  /// The same example for a ranker that sees no order of events.
  package func withoutRecency() -> RankerExample {
    let width = RankerFeature.allCases.count
    var features = features
    for feature in RankerFeature.allCases where feature.usesRecency {
      for index in stride(from: feature.rawValue, to: features.count, by: width) {
        features[index] = 0
      }
    }
    return RankerExample(features: features)
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
  package func ascent(weights: [Float]) -> [Float] {
    let width = RankerFeature.allCases.count
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
    return ascent
  }

  private func scores(_ weights: [Float]) -> [Float] {
    let width = RankerFeature.allCases.count
    return (0..<candidateCount).map { candidate in
      var sum: Float = 0
      for feature in 0..<width { sum += weights[feature] * features[candidate * width + feature] }
      return sum
    }
  }
}
