package import CryptoPrimitives
package import PrivacyAccounting

/// Prefix sums from a binary tree: every step enters about log2(steps) nodes with noise of their own.
///
/// Answers are sums of whole nodes, integers, so nothing is rounded. Memory is O(d log(steps)).
/// - Source: Dwork, Naor, Pitassi, Rothblum 2010; Chan, Shi, Song 2011, "Private and continual release of
///   statistics".
package struct TreeNoise: CumulativeNoise {
  package let steps: Int
  package let squaredSensitivity: Double
  private var step = 0
  private var prefix: [Int64] = []
  /// Noise of the complete nodes that the steps so far fall into, by the number of steps they cover.
  private var nodes: [[Int64]] = []

  /// - Throws: `CumulativeReleaseError`, where the worst participation cannot be found.
  package init(steps: Int, pattern: ParticipationPattern) throws(CumulativeReleaseError) {
    do {
      // The nodes that are drawn are some of those of the complete tree.
      squaredSensitivity = try TreeAggregation.squaredSensitivity(
        steps: steps, minimumSeparation: pattern.minimumSeparation,
        maximumParticipations: pattern.maximumParticipations)
    } catch {
      throw .accounting(error)
    }
    self.steps = steps
  }

  package var varianceFactor: Double { Double(step.nonzeroBitCount) }

  /// A step adds one node and takes as many away as it completes.
  package var stepVarianceFactor: Double {
    step == 0 ? 0 : Double(1 + step.trailingZeroBitCount)
  }

  package mutating func add(
    _ values: [Int64], noise: (inout RandomStream) -> Int64, using stream: inout RandomStream
  ) -> [Double] {
    if prefix.isEmpty { prefix = [Int64](repeating: 0, count: values.count) }
    step += 1
    for index in values.indices { prefix[index] += values[index] }
    // Step t completes a node of 2^(trailing zeros of t) steps, which replaces the smaller ones.
    nodes.removeLast(min(nodes.count, step.trailingZeroBitCount))
    nodes.append(values.map { _ in noise(&stream) })
    return prefix.indices.map { index in
      Double(nodes.reduce(prefix[index]) { $0 + $1[index] })
    }
  }
}
