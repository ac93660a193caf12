internal import NumericalMethods
internal import RoundVocabulary

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Events taken apart by what is known of them, for one neighboring relation.
///
/// Gaussian noise, and integer noise that is a post-processing of it up to a proven factor, becomes
/// one Gaussian release (`GaussianSurrogate`). The rest is left to the accountants.
struct Composition {
  let neighbors: NeighboringRelation
  /// Every mechanism that can lose privacy at all.
  let events: [MechanismEvent.Counted]
  let totalVariation: Double
  /// Some mechanism adds no noise to something that matters.
  private let isUnprotected: Bool
  private var gaussian = GaussianSurrogate()
  private var others: [MechanismEvent.Counted] = []

  init(_ events: [MechanismEvent], neighbors: NeighboringRelation) throws(AccountingError) {
    for event in events { try event.validate() }
    self.neighbors = neighbors
    let flat = MechanismEvent.flattened(events)
    try flat.validate()
    self.events = flat.events.filter { !$0.event.isHarmless }
    totalVariation = flat.totalVariation
    isUnprotected = self.events.contains { $0.event.isUnprotected }
    guard !isUnprotected else { return }
    for counted in self.events where !gaussian.absorb(counted, neighbors: neighbors) {
      others.append(counted)
    }
  }

  /// The bound with the smallest upper end.
  func epsilon(delta: Double) throws(AccountingError) -> Accountant.Bound {
    try best { method throws(AccountingError) in try epsilon(delta: delta, by: method) }
  }

  func delta(epsilon: Double) throws(AccountingError) -> Accountant.Bound {
    try best { method throws(AccountingError) in try self.delta(epsilon: epsilon, by: method) }
  }

  /// The least upper end of all methods, and the greatest lower end.
  private func best(
    _ answer: (Accountant.Method) throws(AccountingError) -> Accountant.Bound?
  ) throws(AccountingError) -> Accountant.Bound {
    var best: Accountant.Bound?
    var refusal: AccountingError?
    for method in Accountant.Method.allCases {
      do throws(AccountingError) {
        guard let bound = try answer(method) else { continue }
        // Narrow discrete noise may cost less than its stand-in does.
        if method == .gaussian, gaussian.isExact { return bound }
        let lower = max(best?.lower ?? 0, bound.lower)
        var tightest = bound
        if let best, best.upper <= bound.upper { tightest = best }
        // Margins differ between methods, so where two agree their ends may cross by rounding.
        tightest.lower = min(lower, tightest.upper)
        best = tightest
      } catch {
        // The first refusal names the mechanism; another method may still bound it.
        guard case .unsupported = error else { throw error }
        refusal = refusal ?? error
      }
    }
    guard let best else {
      throw refusal
        ?? .unsupported(mechanism: "the composition", reason: "no method applies to all of it")
    }
    return best
  }

  func epsilon(
    delta: Double, by method: Accountant.Method
  ) throws(AccountingError) -> Accountant.Bound? {
    guard !isUnprotected else {
      return Accountant.Bound(upper: .infinity, lower: .infinity, method: method)
    }
    guard let plain = try rawEpsilon(delta: delta, by: method) else { return nil }
    guard totalVariation > 0 else { return plain }
    // A law that is d away from a private one costs (1 + e^epsilon) d of delta; epsilon is guessed
    // a little above, or generously, and checked.
    for guess in [1.001 * plain.upper + 0.01, 2 * plain.upper + 1] {
      let rest = delta - (1 + exp(guess)) * totalVariation
      guard rest > 0, let charged = try rawEpsilon(delta: rest, by: method) else { break }
      if charged.upper <= guess {
        return Accountant.Bound(upper: charged.upper, lower: 0, method: method)
      }
    }
    return Accountant.Bound(upper: .infinity, lower: 0, method: method)
  }

  private func rawEpsilon(
    delta: Double, by method: Accountant.Method
  ) throws(AccountingError) -> Accountant.Bound? {
    switch method {
    case .gaussian:
      guard others.isEmpty else { return nil }
      return Accountant.Bound(
        upper: gaussian.epsilon(delta: delta), lower: gaussian.lowerEpsilon(delta: delta),
        method: method)
    case .lossDistribution:
      if others.isEmpty, !gaussian.isExact { return nil }
      let accountant = try lossAccountant()
      var lower = 0.0
      let upper = gaussian.epsilon(delta: delta) {
        let interval = accountant.epsilon(delta: $0)
        lower = interval.lower
        return interval.upper * (1 + 1e-10)
      }
      return Accountant.Bound(
        upper: upper, lower: gaussian.isExact ? lower : 0, method: method)
    case .renyi:
      return Accountant.Bound(
        upper: try RenyiAccountant.epsilon(
          of: renyiEvents, delta: delta, neighbors: neighbors),
        lower: 0, method: method)
    }
  }

  func delta(
    epsilon: Double, by method: Accountant.Method
  ) throws(AccountingError) -> Accountant.Bound? {
    guard !isUnprotected else { return Accountant.Bound(upper: 1, lower: 1, method: method) }
    let charge = totalVariation > 0 ? (1 + exp(epsilon)) * totalVariation : 0
    switch method {
    case .gaussian:
      guard others.isEmpty, let delta = gaussian.delta(epsilon: epsilon) else { return nil }
      return Accountant.Bound(
        upper: min(1, delta + charge),
        lower: charge == 0 ? gaussian.lowerDelta(epsilon: epsilon) : 0, method: method)
    case .lossDistribution:
      if others.isEmpty, !gaussian.isExact { return nil }
      let accountant = try lossAccountant()
      var lower = 0.0
      let upper = gaussian.delta(epsilon: epsilon) { epsilon in
        let interval = accountant.delta(epsilon: epsilon)
        lower = interval.lower
        return interval.upper * (1 + 1e-10)
      }
      guard let upper else { return nil }
      return Accountant.Bound(
        upper: min(1, upper + charge), lower: gaussian.isExact && charge == 0 ? lower : 0,
        method: method)
    case .renyi:
      let upper = try RenyiAccountant.delta(
        of: renyiEvents, epsilon: epsilon, neighbors: neighbors)
      return Accountant.Bound(upper: min(1, upper + charge), lower: 0, method: method)
    }
  }

  private var renyiEvents: [MechanismEvent] {
    events.map { $0.event.times(Int($0.count)) }
  }

  private func lossAccountant() throws(AccountingError) -> PrivacyLossAccountant {
    var parts: [PrivacyLossAccountant.Part] = []
    for counted in others {
      for source in try LossSource.sources(of: counted.event, neighbors: neighbors) {
        try source.checkLattice(count: counted.count, of: counted.event)
        if let index = parts.firstIndex(where: { $0.source == source }) {
          parts[index].count += counted.count
        } else {
          parts.append(PrivacyLossAccountant.Part(source: source, count: counted.count))
        }
      }
    }
    if gaussian.mu > 0 {
      let joint = LossSource.mixture(shift: gaussian.mu, probability: 1)
      try joint.checkLattice(count: 1, of: .gaussian(noiseMultiplier: 1 / gaussian.mu))
      parts.append(
        PrivacyLossAccountant.Part(source: joint, count: 1))
    }
    return PrivacyLossAccountant(parts: parts)
  }
}

extension MechanismEvent {
  /// The output does not depend on the user at all.
  var isHarmless: Bool {
    switch self {
    case .sampledGaussian(_, .poisson(let probability)): probability == 0
    case .sampledGaussian(_, .truncatedPoisson(let probability, _, _)): probability == 0
    case .sampledGaussian(_, .fixedSize(let size, _)): size == 0
    case .discreteGaussian(_, let shift), .skellam(_, let shift),
      .discreteGaussianSum(_, _, let shift):
      shift.squaredNorm == 0
    case .discreteLaplace(_, let sensitivity): sensitivity == 0
    case .randomizedResponse(let noise, let buckets): noise == 1 || buckets == 1
    case .zeroConcentrated(let rho): rho == 0
    case .selection(let event, _): event.isHarmless
    default: false
    }
  }

  /// The output shows whether the user took part.
  var isUnprotected: Bool {
    switch self {
    case .gaussian(let noiseMultiplier), .sampledGaussian(let noiseMultiplier, _),
      .laplace(let noiseMultiplier):
      noiseMultiplier == 0
    case .discreteGaussian(let variance, _), .skellam(let variance, _): variance == 0
    case .discreteGaussianSum(let variance, let contributors, _):
      variance == 0 || contributors == 0
    case .discreteLaplace(let decay, _): decay == .infinity
    case .randomizedResponse(let noise, _): noise == 0
    case .selection(let event, _): event.isUnprotected
    default: false
    }
  }
}
