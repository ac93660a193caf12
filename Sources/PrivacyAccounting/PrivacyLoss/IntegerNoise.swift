internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A symmetric law of noise on the integers.
enum IntegerNoise: Sendable, Hashable {
  /// The sum of independent discrete Gaussians with this parameter.
  case discreteGaussian(variance: Double, terms: Int)
  case skellam(variance: Double)
  /// P(k) proportional to exp(-decay |k|).
  case discreteLaplace(decay: Double)

  /// Logarithms of probabilities at 0, 1, ..., to `reach` and as far beyond as was asked.
  struct Table {
    let reach: Int
    /// A bound on the probability outside of [-reach, reach].
    let tail: Double
    let logMasses: [Double]

    func logMass(_ k: Int) -> Double { logMasses[Int(k.magnitude)] }

    /// The loss of the outcome k when P is centered at 0 and Q at `shift`.
    func loss(at k: Int, shift: Int) -> Double { logMass(k) - logMass(k - shift) }
  }

  /// No table that is asked for ends later: e^-750 is 0.
  private static let deepestTail = 750.0

  /// About how many entries the longest table has.
  var entryCount: Double {
    let b = Self.deepestTail
    switch self {
    case .discreteGaussian(let variance, let terms):
      return (2 * b * variance * Double(terms)).squareRoot()
    case .skellam(let variance): return b / 3 + (b * b / 9 + 2 * b * variance).squareRoot()
    case .discreteLaplace(let decay): return b / decay
    }
  }

  /// Whether tables are made by convolution, which takes quadratic time.
  var isConvolved: Bool {
    if case .discreteGaussian(let variance, let terms) = self { return terms > 1 && variance < 8 }
    return false
  }

  /// The table that ends where at most e^`logTail` remains, plus `beyond` more entries.
  func table(logTail: Double, beyond: Int) -> Table {
    switch self {
    case .discreteGaussian(let variance, 1):
      let reach = Int((-2 * variance * logTail).squareRoot().rounded(.up)) + 1
      let scale = -log(Self.gaussianNormalizer(variance: variance))
      return Table(
        reach: reach, tail: 2 * exp(logTail),
        logMasses: (0...(reach + beyond)).map { scale - Double($0) * Double($0) / (2 * variance) })
    case .discreteGaussian(let variance, let terms):
      return Self.convolved(variance: variance, terms: terms, logTail: logTail, beyond: beyond)
    case .skellam(let variance):
      return Self.skellamTable(variance: variance, logTail: logTail, beyond: beyond)
    case .discreteLaplace(let decay):
      let reach = Int((-logTail / decay).rounded(.up)) + 1
      let scale = log(tanh(decay / 2))
      return Table(
        reach: reach, tail: 2 * exp(logTail),
        logMasses: (0...(reach + beyond)).map { scale - decay * Double($0) })
    }
  }

  /// The sum over all integers of exp(-k^2 / (2 variance)).
  static func gaussianNormalizer(variance: Double) -> Double {
    // By Poisson summation the sum is this to the last digit from a variance of 8 on.
    if variance >= 8 { return (2 * Double.pi * variance).squareRoot() }
    var sum = 1.0
    var k = 1.0
    while k * k < 80 * variance * 2 {
      sum += 2 * exp(-k * k / (2 * variance))
      k += 1
    }
    return sum
  }

  /// Sums by direct convolution of positive tables, which loses no relative accuracy.
  private static func convolved(
    variance: Double, terms: Int, logTail: Double, beyond: Int
  ) -> Table {
    // From a variance of 8 on, the sum is a discrete Gaussian to a factor within terms * 10^-33.
    if variance >= 8 {
      return IntegerNoise.discreteGaussian(variance: variance * Double(terms), terms: 1)
        .table(logTail: logTail, beyond: beyond)
    }
    let reach = Int((-2 * variance * Double(terms) * logTail).squareRoot().rounded(.up)) + 1
    let width = reach + beyond
    let single = IntegerNoise.discreteGaussian(variance: variance, terms: 1)
      .table(logTail: -700, beyond: 0)
    var power = symmetric(single.logMasses.map { exp($0) })
    var result: [Double]?
    var rest = terms
    while true {
      if rest & 1 == 1 { result = result.map { convolution($0, power, width) } ?? power }
      rest >>= 1
      if rest == 0 { break }
      power = convolution(power, power, width)
    }
    let masses = result ?? [1]
    let center = masses.count / 2
    return Table(
      reach: reach, tail: 2 * exp(logTail),
      logMasses: (0...width).map { $0 <= center ? log(masses[center + $0]) : -.infinity })
  }

  private static func symmetric(_ half: [Double]) -> [Double] {
    half.dropFirst().reversed() + half
  }

  private static func convolution(_ a: [Double], _ b: [Double], _ width: Int) -> [Double] {
    let (centerA, centerB) = (a.count / 2, b.count / 2)
    let center = min(width, centerA + centerB)
    var sum = [Double](repeating: 0, count: 2 * center + 1)
    for k in 0...center {
      var total = 0.0
      for i in max(-centerA, k - centerB)...min(centerA, k + centerB) {
        total += a[centerA + i] * b[centerB + k - i]
      }
      sum[center + k] = total
      sum[center - k] = total
    }
    return sum
  }

  /// Ratios of neighboring probabilities by backward recurrence, which is stable.
  ///
  /// - Formula: r(k-1) = 1 / (2k/v + r(k)) for r(k) = I_{k+1}(v) / I_k(v).
  private static func skellamTable(variance: Double, logTail: Double, beyond: Int) -> Table {
    // P(|X| >= t) <= 2 exp(-t^2 / (2 (v + t/3))), Bernstein's inequality.
    let b = -logTail + log(2)
    let reach = Int((b / 3 + (b * b / 9 + 2 * b * variance).squareRoot()).rounded(.up)) + 1
    let last = reach + beyond
    // Far enough beyond that the start of the recurrence is forgotten.
    let start = last + 60 + Int(8 * variance.squareRoot())
    var ratios = [Double](repeating: 0, count: last)
    var ratio = 0.0
    for k in stride(from: start, to: 0, by: -1) {
      ratio = 1 / (2 * Double(k) / variance + ratio)
      if k - 1 < last { ratios[k - 1] = ratio }
    }
    var logMasses = [Double](repeating: 0, count: last + 1)
    var sum = 1.0
    for k in 1...last {
      logMasses[k] = logMasses[k - 1] + log(ratios[k - 1])
      sum += 2 * exp(logMasses[k])
    }
    let scale = log(sum)
    return Table(
      reach: reach, tail: 2 * exp(logTail), logMasses: logMasses.map { $0 - scale })
  }
}

extension IntegerNoise.Table {
  /// The greatest finite loss of an outcome in [-reach, reach + shift].
  func greatestLoss(shift: Int) -> Double {
    // Losses fall with k, as all these laws are log-concave.
    for k in -reach...reach {
      let loss = loss(at: k, shift: shift)
      if loss.isFinite { return loss }
    }
    return 0
  }

  /// Puts the noise, and the noise moved by `shift` > 0, on a lattice of losses.
  func add(shift: Int, to builder: inout LossLatticeBuilder) {
    for k in -reach...(reach + shift) {
      let (own, other) = (logMass(k), logMass(k - shift))
      switch (own > -.infinity, other > -.infinity) {
      case (true, true):
        builder.add(
          LossLatticeBuilder.Outcome(mass: exp(own), otherMass: exp(other), loss: own - other))
      case (true, false): builder.addAbove(exp(own), 0)
      case (false, true): builder.addBelow(0, exp(other))
      case (false, false): break
      }
    }
    builder.addAbove(tail, 0)
    builder.addBelow(0, tail)
  }
}
