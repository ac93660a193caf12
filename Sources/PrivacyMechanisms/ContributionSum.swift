package import RingArithmetic

/// Contributions added so far, modulo 2^b.
///
/// Partial sums over disjoint contributors merge in any order to the same bits.
package struct ContributionSum: Sendable, Equatable {
  var total: RingVector
  /// How many contributions the sum holds.
  package internal(set) var contributors = 0
  /// Contributions whose own noise is still to be drawn or merged in: in simulations only.
  ///
  /// Negative in a sum of noises.
  var deferredNoises = 0
  /// Whether the coordinator's noise is in it already.
  var holdsCoordinatorNoise = false
  /// What the mechanism that made this sum was built from; sums of different ones do not mix.
  let request: ContributionMechanism.Request

  /// The sum as a ring vector: what a device uploads, if the sum holds its contribution alone.
  package var vector: RingVector { total }

  /// Adds the contributions of another partial sum of the same mechanism.
  package mutating func merge(_ other: ContributionSum) {
    precondition(other.request == request, "sums of different mechanisms cannot be merged")
    precondition(
      contributors + other.contributors <= request.maximumCohort,
      "merged sums would hold more than the largest cohort of \(request.maximumCohort)")
    precondition(
      !(holdsCoordinatorNoise && other.holdsCoordinatorNoise), "the noise would be added twice")
    total.add(other.total)
    holdsCoordinatorNoise = holdsCoordinatorNoise || other.holdsCoordinatorNoise
    contributors += other.contributors
    deferredNoises += other.deferredNoises
  }
}

/// What the federation learns from one sum.
package struct Release: Sendable, Equatable {
  /// The sum of the contributions plus noise, in update units.
  package let values: [Float]
  /// How many contributions it holds; public, as the list of participants is.
  package let contributors: Int
  /// Standard deviation of the noise on each value, in update units; 0 without noise.
  package let noiseStandardDeviation: Double

  package init(values: [Float], contributors: Int, noiseStandardDeviation: Double) {
    self.values = values
    self.contributors = contributors
    self.noiseStandardDeviation = noiseStandardDeviation
  }
}
