package import RoundVocabulary

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Finds the parameter at which composed mechanisms just keep a privacy target.
///
/// Whatever is returned was itself accounted for: `Accountant.epsilon` at it is at most the target.
/// One accounting costs tens of milliseconds, so the search starts from a central-limit estimate and
/// goes on by secants of log(epsilon) over the logarithm of the parameter, which are nearly straight.
package enum Calibration {
  /// Where noise is looked for, in noise multipliers or whatever `event` takes.
  package static let noiseRange = 0x1p-10...0x1p40
  /// Where sampling probabilities are looked for.
  package static let rateRange = 0x1p-40...1.0

  /// The smallest noise that keeps (epsilon, delta), to one part in 1 / `tolerance`.
  ///
  /// - Parameter event: the mechanisms with this much noise; more noise must cost less.
  /// - Range: `epsilon` > 0, `delta` in (0, 1), `tolerance` in [1e-9, 0.1]. The result lies in
  ///   `noiseRange`, and is its lower end where still less would do.
  /// - Throws: `AccountingError.unreachable` where no noise is enough.
  package static func noiseMultiplier(
    epsilon: Double, delta: Double, neighbors: NeighboringRelation = .zeroOut,
    tolerance: Double = 1e-6, event: (Double) -> [MechanismEvent]
  ) throws(AccountingError) -> Double {
    let target = try Target(epsilon, delta, neighbors, tolerance: tolerance)
    let search = CrossingSearch(
      range: noiseRange, resolution: .relative(tolerance), isSafeAbove: true)
    return try solve(search, target, event, quantity: "noise multiplier")
  }

  /// The greatest number of rounds that keeps (epsilon, delta).
  ///
  /// - Parameters:
  ///   - most: where the search ends; the result if even that many keep the target.
  ///   - event: the mechanisms of this many rounds; more rounds must cost more.
  /// - Range: `epsilon` > 0, `delta` in (0, 1), `most` >= 1.
  /// - Throws: `AccountingError.unreachable` where a single round costs too much.
  package static func rounds(
    epsilon: Double, delta: Double, neighbors: NeighboringRelation = .zeroOut,
    atMost most: Int = 1_000_000_000, event: (Int) -> [MechanismEvent]
  ) throws(AccountingError) -> Int {
    let target = try Target(epsilon, delta, neighbors)
    try MechanismEvent.require(Double(most), "most rounds", atLeast: 1)
    let search = CrossingSearch(range: 1...Double(most), resolution: .whole, isSafeAbove: false)
    return Int(try solve(search, target, { event(Int($0)) }, quantity: "number of rounds"))
  }

  /// The greatest sampling probability that keeps (epsilon, delta), to one part in 1 / `tolerance`.
  ///
  /// - Parameter event: the mechanisms at this probability; a greater one must cost more.
  /// - Range: `epsilon` > 0, `delta` in (0, 1), `tolerance` in [1e-9, 0.1]; the result lies in
  ///   `rateRange`.
  /// - Throws: `AccountingError.unreachable` where even the lower end of `rateRange` costs too much.
  package static func samplingRate(
    epsilon: Double, delta: Double, neighbors: NeighboringRelation = .zeroOut,
    tolerance: Double = 1e-6, event: (Double) -> [MechanismEvent]
  ) throws(AccountingError) -> Double {
    let target = try Target(epsilon, delta, neighbors, tolerance: tolerance)
    let search = CrossingSearch(
      range: rateRange, resolution: .relative(tolerance), isSafeAbove: false)
    return try solve(search, target, event, quantity: "sampling rate")
  }

  /// The least number of honest devices whose noise together keeps (epsilon, delta).
  ///
  /// - Parameter event: the mechanisms where this many devices add noise; more must cost less.
  /// - Range: `epsilon` > 0, `delta` in (0, 1), `most` >= 1.
  /// - Throws: `AccountingError.unreachable` where even `most` are too few.
  package static func honestDevices(
    epsilon: Double, delta: Double, neighbors: NeighboringRelation = .zeroOut,
    atMost most: Int = 1_000_000_000, event: (Int) -> [MechanismEvent]
  ) throws(AccountingError) -> Int {
    let target = try Target(epsilon, delta, neighbors)
    try MechanismEvent.require(Double(most), "most devices", atLeast: 1)
    let search = CrossingSearch(range: 1...Double(most), resolution: .whole, isSafeAbove: true)
    return Int(
      try solve(search, target, { event(Int($0)) }, quantity: "number of honest devices"))
  }

  /// What is to be kept.
  private struct Target: CustomStringConvertible {
    let epsilon: Double
    let delta: Double
    let neighbors: NeighboringRelation

    init(
      _ epsilon: Double, _ delta: Double, _ neighbors: NeighboringRelation,
      tolerance: Double = 1e-6
    ) throws(AccountingError) {
      guard epsilon > 0, epsilon.isFinite else {
        throw .outOfRange(field: "epsilon", value: epsilon, allowed: "finite and above 0")
      }
      try Accountant.require(delta: delta)
      try MechanismEvent.require(tolerance, "tolerance", in: 1e-9...0.1)
      self.epsilon = epsilon
      self.delta = delta
      self.neighbors = neighbors
    }

    var description: String { "epsilon \(epsilon) at delta \(delta)" }

    /// log(epsilon / target): at most 0 where the target is kept.
    func excess(_ events: [MechanismEvent]) throws(AccountingError) -> Double {
      log(
        try Accountant.epsilon(of: events, delta: delta, neighbors: neighbors).upper / epsilon)
    }

    func estimatedExcess(_ events: [MechanismEvent]) -> Double? {
      CentralLimit.mu(of: events, neighbors: neighbors).map {
        log(GaussianGuarantee.epsilon(mu: $0, delta: delta) / epsilon)
      }
    }

    /// Whether the estimate keeps the target: one evaluation instead of a search for epsilon.
    func isEstimatedToHold(_ events: [MechanismEvent]) -> Bool? {
      CentralLimit.mu(of: events, neighbors: neighbors).map {
        $0 == 0 || GaussianGuarantee.logDelta(mu: $0, epsilon: epsilon) <= log(delta)
      }
    }
  }

  private static func solve(
    _ start: CrossingSearch, _ target: Target, _ event: (Double) -> [MechanismEvent],
    quantity: String
  ) throws(AccountingError) -> Double {
    var search = start
    search.begin(at: firstGuess(search, target, event)) { target.estimatedExcess(event($0)) }
    while let value = search.next {
      search.note(value, excess: try target.excess(event(value)))
    }
    guard let best = search.safe?.value else {
      throw .unreachable(
        quantity: quantity, target: target.description,
        reason: "between \(search.range.lowerBound) and \(search.range.upperBound) none is enough")
    }
    return best
  }

  /// Where the central-limit estimate crosses the target; 1, or what is nearest, without one.
  private static func firstGuess(
    _ search: CrossingSearch, _ target: Target, _ event: (Double) -> [MechanismEvent]
  ) -> Double {
    var low = log(search.range.lowerBound)
    var high = log(search.range.upperBound)
    for _ in 0..<48 {
      let middle = (low + high) / 2
      guard let holds = target.isEstimatedToHold(event(search.snapped(exp(middle)))) else {
        return min(max(1, search.range.lowerBound), search.range.upperBound)
      }
      if holds == search.isSafeAbove { high = middle } else { low = middle }
    }
    return exp((low + high) / 2)
  }
}

/// The Gaussian release that many small ones come near to: where a search may start, never a claim.
///
/// mu^2 = T q^2 (e^(1/z^2) - 1) for T Poisson samples.
/// - Source: Bu, Dong, Long, Su 2020, "Deep learning with Gaussian differential privacy",
///   arXiv:1911.11607.
private enum CentralLimit {
  /// Nil where some mechanism has no estimate.
  static func mu(of events: [MechanismEvent], neighbors: NeighboringRelation) -> Double? {
    var sum = 0.0
    for counted in MechanismEvent.flattened(events).events {
      guard let part = squaredMu(of: counted.event) else { return nil }
      sum += counted.count * part
    }
    // Sampled mechanisms only double their variance; for a first guess that is near enough.
    return (neighbors == .replaceOne ? 4 * sum : sum).squareRoot()
  }

  private static func squaredMu(of event: MechanismEvent) -> Double? {
    switch event {
    case .gaussian(let noiseMultiplier): 1 / (noiseMultiplier * noiseMultiplier)
    case .sampledGaussian(let noiseMultiplier, let sampling):
      pow(sampling.expectedShare, 2) * expm1(1 / (noiseMultiplier * noiseMultiplier))
    case .discreteGaussian(let variance, let shift), .skellam(let variance, let shift):
      shift.squaredNorm / variance
    case .discreteGaussianSum(let variance, let contributors, let shift):
      shift.squaredNorm / (variance * Double(contributors))
    case .zeroConcentrated(let rho): 2 * rho
    default: nil
    }
  }
}

extension MechanismEvent.Sampling {
  /// How likely one user is in the sample, before any cap.
  fileprivate var expectedShare: Double {
    switch self {
    case .poisson(let probability), .truncatedPoisson(let probability, _, _): probability
    case .fixedSize(let size, let population): Double(size) / Double(population)
    }
  }
}
