package import PrivacyAccounting
internal import RoundVocabulary

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension ParameterPlanner {
  /// Calibration aims this much below the target, so that the certified epsilon of the discrete
  /// releases, which is rounded up, still lies below what was promised.
  private static let calibrationMargin = 1e-6
  /// The same for Skellam noise, whose comparison with Gaussian noise costs a little more.
  private static let skellamMargin = 1e-3

  /// mu^2 that a mechanism with noise of one kind may spend under a guarantee.
  ///
  /// - Source: Dong, Roth, Su 2022, "Gaussian differential privacy", Corollary 2.13.
  package static func squaredMu(
    epsilon: Double, delta: Double, law: ObservedMechanism.DeviceNoise.Law?
  ) -> Double {
    let margin = law == .skellam ? skellamMargin : calibrationMargin
    let mu = GaussianGuarantee.mu(epsilon: epsilon * (1 - margin), delta: delta)
    return mu * mu
  }

  /// sqrt(T) / mu.
  static func noiseMultiplier(for demand: Demand) throws(PlanningError) -> Double {
    try validate(demand)
    let squared: Double
    switch demand.budget {
    case .guarantee(let epsilon, let delta):
      squared = squaredMu(epsilon: epsilon, delta: delta, law: demand.law)
    case .squaredMu(let given):
      squared = given
    }
    return (Double(demand.rounds) / squared).squareRoot()
  }

  private static func validate(_ demand: Demand) throws(PlanningError) {
    func check(
      _ field: String, _ value: Double, _ allowed: String, _ isAllowed: Bool
    ) throws(PlanningError) {
      guard isAllowed else { throw .outOfRange(field: field, value: value, allowed: allowed) }
    }
    switch demand.budget {
    case .guarantee(let epsilon, let delta):
      try check("epsilon", epsilon, "finite and above 0", epsilon > 0 && epsilon.isFinite)
      try check("delta", delta, "between 0 and 1, both excluded", delta > 0 && delta < 1)
    case .squaredMu(let squared):
      try check("squaredMu", squared, "finite and above 0", squared > 0 && squared.isFinite)
    }
    try check("rounds", Double(demand.rounds), "1 or more", demand.rounds >= 1)
    try check(
      "cohort", Double(demand.cohort), "1 to 2^31 - 1",
      demand.cohort >= 1 && demand.cohort < 1 << 31)
    for (field, share) in [
      ("dropoutShare", demand.dropoutShare), ("colludingShare", demand.colludingShare),
    ] {
      try check(field, share, "0 to below 1", share >= 0 && share < 1)
    }
  }

  /// What rounding adds to the variance of the noise of a full cohort, relative to z^2 c^2 times n/h.
  ///
  /// A rounding has variance at most 1/4; a larger sensitivity needs more noise.
  static func roundingShare(
    _ request: ContributionMechanism.Request, _ parameters: ContributionMechanism.Parameters
  ) -> Double {
    guard let multiplier = request.noiseMultiplier, let variance = parameters.variance else {
      return 0
    }
    let total = variance.value * request.mostNoises
    let ideal =
      multiplier * multiplier * exp2(2 * Double(parameters.scaleBits))
      * request.mostNoises / Double(request.placement.leastNoises)
    return (total + Double(request.maximumCohort) / 4) / ideal - 1
  }

  static func figures(
    _ mechanism: ContributionMechanism, _ parameters: ContributionMechanism.Parameters
  ) -> Plan {
    let request = mechanism.request
    let cohort = Double(request.maximumCohort)
    let isCentral = request.placement == .coordinator
    let signal = cohort * request.clipNorm / Double(request.dimension).squareRoot()
    return Plan(
      mechanism: mechanism,
      deviceNoiseDeviation: isCentral ? 0 : (parameters.variance?.value ?? 0).squareRoot(),
      signalToNoise: signal
        / mechanism.noiseStandardDeviation(contributors: request.maximumCohort),
      wrapProbability: ContributionMechanism.wrapProbability(request, parameters),
      uploadBytes: mechanism.uploadBytes,
      overNoise: isCentral ? 1 : cohort / Double(request.placement.leastNoises),
      roundingShare: roundingShare(request, parameters))
  }
}

/// Why no parameters can be chosen.
package enum PlanningError: Error, Equatable, CustomStringConvertible {
  case outOfRange(field: String, value: Double, allowed: String)
  /// The mechanism refuses even the best parameters.
  case mechanism(MechanismError)
  case accounting(AccountingError)
  /// No scale rounds finely enough and keeps the promise.
  case noEncoding(dimension: Int, cohort: Int)

  package var description: String {
    switch self {
    case .outOfRange(let field, let value, let allowed):
      "\(field) is \(value); it must be \(allowed)"
    case .mechanism(let error): error.description
    case .accounting(let error): "\(error)"
    case .noEncoding(let dimension, let cohort):
      "no encoding of \(dimension) coordinates for a cohort of \(cohort) adds less than 1 % to the "
        + "noise and keeps the promise: raise epsilon or the cohort, or lower the dimension"
    }
  }
}
