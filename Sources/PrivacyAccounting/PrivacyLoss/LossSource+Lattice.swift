internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension LossSource {
  /// Losses outside of which the probability is at most e^`logTail` on each side, P's and Q's.
  func range(logTail: Double) -> ClosedRange<Double> {
    switch self {
    case .mixture(let shift, let probability):
      let reach = Self.reach(logTail)
      let law = MixtureLoss(shift: shift, probability: probability)
      return law.loss(-reach)...law.loss(shift + reach)
    case .twoSidedMixture(let shift, let probability):
      let law = TwoSidedLoss(shift: shift, probability: probability)
      let edge = law.loss(shift + Self.reach(logTail))
      return -edge...edge
    case .replacementSample(let shift, let probability):
      let range = LossSource.mixture(shift: shift, probability: probability)
        .range(logTail: logTail)
      let edge = max(-range.lowerBound, range.upperBound)
      return -edge...edge
    case .either(let first, _, let second):
      let (a, b) = (first.range(logTail: logTail), second.range(logTail: logTail))
      return min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
    case .laplace(let shift):
      return -shift...shift
    case .outcomes(let outcomes):
      let losses = outcomes.filter { $0.mass > 0 && $0.otherMass > 0 }
        .map { log($0.mass / $0.otherMass) }
      return (losses.min() ?? 0)...(losses.max() ?? 0)
    case .shiftedNoise(let noise, let shift):
      let edge = noise.table(logTail: logTail, beyond: shift).greatestLoss(shift: shift)
      return -edge...edge
    }
  }

  /// Both directions on the multiples of `step`.
  func lattice(step: Double, logTail: Double) -> LossPair {
    if case .replacementSample(let shift, let probability) = self {
      let pair = LossSource.mixture(shift: shift, probability: probability)
        .lattice(step: step, logTail: logTail)
      let joined = Self.joined(above: pair.forward, below: pair.backward)
      return LossPair(forward: joined, backward: joined)
    }
    return builder(step: step, logTail: logTail).pair()
  }

  private func builder(step: Double, logTail: Double) -> LossLatticeBuilder {
    var builder = LossLatticeBuilder(step: step, losses: range(logTail: logTail))
    let reach = Self.reach(logTail)
    switch self {
    case .mixture(let shift, let probability):
      MixtureLoss(shift: shift, probability: probability).add(to: &builder, reach: reach)
    case .twoSidedMixture(let shift, let probability):
      TwoSidedLoss(shift: shift, probability: probability).add(to: &builder, reach: reach)
    case .replacementSample:
      preconditionFailure("joined from the two directions of a mixture")
    case .either(let first, let weight, let second):
      builder.add(first.builder(step: step, logTail: logTail), weight: weight)
      builder.add(second.builder(step: step, logTail: logTail), weight: 1 - weight)
    case .laplace(let shift):
      Self.addLaplace(shift, to: &builder)
    case .outcomes(let outcomes):
      for outcome in outcomes { Self.add(outcome, to: &builder) }
    case .shiftedNoise(let noise, let shift):
      noise.table(logTail: logTail, beyond: shift).add(shift: shift, to: &builder)
    }
    return builder
  }

  /// Standard deviations beyond which a normal law has at most e^`logTail`.
  static func reach(_ logTail: Double) -> Double { (-2 * logTail).squareRoot() }

  private static func add(_ outcome: Outcome, to builder: inout LossLatticeBuilder) {
    switch (outcome.mass > 0, outcome.otherMass > 0) {
    case (false, false): return
    case (true, false): builder.addAbove(outcome.mass, 0)
    case (false, true): builder.addBelow(0, outcome.otherMass)
    case (true, true):
      builder.add(
        LossLatticeBuilder.Outcome(
          mass: outcome.mass, otherMass: outcome.otherMass,
          loss: log(outcome.mass / outcome.otherMass)))
    }
  }

  /// Half of the outcomes have the loss `shift`, and e^-shift / 2 of them its negative.
  private static func addLaplace(_ shift: Double, to builder: inout LossLatticeBuilder) {
    let rare = exp(-shift) / 2
    builder.add(LossLatticeBuilder.Outcome(mass: 0.5, otherMass: rare, loss: shift))
    builder.add(LossLatticeBuilder.Outcome(mass: rare, otherMass: 0.5, loss: -shift))
    // Between the two centers, x from Q's to P's: densities e^-(shift - x) / 2 and e^-x / 2.
    builder.add(
      0...shift, width: 1, loss: { 2 * $0 - shift }, position: { ($0 + shift) / 2 },
      density: { x, level in
        LossLatticeBuilder.Density(
          mass: exp(x - shift) / 2, otherMass: exp(-x) / 2,
          decay: expm1(level.loss - (2 * x - shift)))
      })
  }

  /// The lattice whose hockey-stick curve is that of `above` for losses above 0, else of `below`.
  ///
  /// Both curves meet at 0; what mass remains is put there.
  private static func joined(above: LossLattice, below: LossLattice) -> LossLattice {
    let first = min(0, below.first)
    let last = max(0, above.first + above.logMasses.count - 1)
    var logMasses = [Double](repeating: -.infinity, count: last - first + 1)
    var total = above.infiniteMass
    for (offset, logMass) in below.logMasses.enumerated() where below.first + offset < 0 {
      logMasses[below.first + offset - first] = logMass
      total += exp(logMass)
    }
    for (offset, logMass) in above.logMasses.enumerated() where above.first + offset > 0 {
      logMasses[above.first + offset - first] = logMass
      total += exp(logMass)
    }
    logMasses[-first] = log(max(0, 1 - total) + 1e-10)
    return LossLattice(
      step: above.step, first: first, logMasses: logMasses, infiniteMass: above.infiniteMass)
  }
}

/// The loss of the sampled Gaussian when a user is removed: log(1 - q + q e^(m x - m^2/2)).
private struct MixtureLoss {
  let shift: Double
  let probability: Double

  func loss(_ x: Double) -> Double {
    let exponent = shift * x - shift * shift / 2
    if probability == 1 { return exponent }
    // For a large exponent, exponent + log(q + (1 - q) e^-exponent) does not overflow.
    return exponent > 30
      ? exponent + log(probability + (1 - probability) * exp(-exponent))
      : log1p(probability * expm1(exponent))
  }

  /// P's density is Q's times e^loss, but for where Q's vanishes.
  private func density(_ x: Double, _ level: LossLatticeBuilder.Level) -> LossLatticeBuilder.Density
  {
    let density = NormalLaw.density(x)
    let exponent = shift * x - shift * shift / 2
    guard exponent < 30, probability < 1 else {
      return LossLatticeBuilder.Density(
        mass: (1 - probability) * density + probability * NormalLaw.density(x - shift),
        otherMass: density, decay: expm1(level.loss - loss(x)))
    }
    let growth = probability * expm1(exponent)
    return LossLatticeBuilder.Density(
      mass: density * (1 + growth), otherMass: density,
      decay: (level.growth - growth) / (1 + growth))
  }

  func position(_ loss: Double) -> Double {
    if probability == 1 { return loss / shift + shift / 2 }
    let ratio =
      loss > 30
      ? loss + log1p(-(1 - probability) * exp(-loss)) - log(probability)
      : log1p(expm1(loss) / probability)
    return ratio / shift + shift / 2
  }

  func add(to builder: inout LossLatticeBuilder, reach: Double) {
    let (q, m) = (probability, shift)
    let tail = NormalLaw.tail(reach)
    builder.add(
      -reach...(m + reach), width: 1, loss: loss, position: position, density: density)
    builder.addAbove(
      (1 - q) * NormalLaw.tail(reach + m) + q * tail, NormalLaw.tail(reach + m))
    builder.addBelow((1 - q) * tail + q * NormalLaw.tail(reach + m), tail)
  }
}

/// The loss of the sampled Gaussian when one user is replaced by another.
private struct TwoSidedLoss {
  let shift: Double
  let probability: Double

  func loss(_ x: Double) -> Double {
    logMixture(x) - logMixture(-x)
  }

  private func logMixture(_ x: Double) -> Double {
    MixtureLoss(shift: shift, probability: probability).loss(x)
  }

  /// With y = e^(m x) and c = q e^(-m^2/2), the root of c y^2 + (1 - q)(1 - e^L) y - c e^L = 0.
  func position(_ loss: Double) -> Double {
    if loss < 0 { return -position(-loss) }
    let logC = log(probability) - shift * shift / 2
    if probability == 1 { return loss / (2 * shift) }
    // Divided by c: y^2 - 2 b y - e^L = 0, with b = (1 - q)(e^L - 1) / (2 c).
    let logGrowth = loss > 30 ? loss + log1p(-exp(-loss)) : log(expm1(loss))
    let logB = log1p(-probability) - log(2) - logC + logGrowth
    // y = b + sqrt(b^2 + e^L), with b or e^(L/2) taken out so that nothing overflows.
    let scale = max(logB, loss / 2)
    let (b, root) = (exp(logB - scale), exp(loss - 2 * scale))
    return (scale + log(b + (b * b + root).squareRoot())) / shift
  }

  func add(to builder: inout LossLatticeBuilder, reach: Double) {
    let (q, m) = (probability, shift)
    let edge = m + reach
    func density(_ x: Double) -> Double {
      (1 - q) * NormalLaw.density(x) + q * NormalLaw.density(x - m)
    }
    builder.add(
      -edge...edge, width: 1, loss: loss, position: position,
      density: { x, level in
        LossLatticeBuilder.Density(
          mass: density(x), otherMass: density(-x), decay: expm1(level.loss - loss(x)))
      })
    let near = (1 - q) * NormalLaw.tail(edge) + q * NormalLaw.tail(reach)
    let far = (1 - q) * NormalLaw.tail(edge) + q * NormalLaw.tail(edge + m)
    builder.addAbove(near, far)
    builder.addBelow(far, near)
  }
}

/// The standard normal law, where this file needs it.
private enum NormalLaw {
  static func density(_ x: Double) -> Double { exp(-x * x / 2) * 0.398942280401432678 }
  static func tail(_ x: Double) -> Double { exp(SpecialFunctions.logNormalCDF(-x)) }
}
