extension MechanismEvent {
  /// Numbers that can be computed with: beyond, losses and tables leave those of a machine, and no
  /// mechanism that anybody runs.
  private enum Computable {
    static let noiseMultiplier = 1e-6...1e12
    static let variance = 1e-9...1e18
    static let decay = 1e-6...1e3
    static let rho = 1e-18...1e18
    static let count = 1e12
  }

  /// Throws for numbers that describe no mechanism, naming the parameter and its range.
  func validate() throws(AccountingError) {
    switch self {
    case .gaussian(let noiseMultiplier):
      try Self.require(noiseMultiplier, "noise multiplier", zeroOrIn: Computable.noiseMultiplier)
    case .sampledGaussian(let noiseMultiplier, let sampling):
      try Self.require(noiseMultiplier, "noise multiplier", zeroOrIn: Computable.noiseMultiplier)
      try sampling.validate()
    case .discreteGaussian(let variance, let shift), .skellam(let variance, let shift):
      try Self.require(variance, "variance", zeroOrIn: Computable.variance)
      try shift.validate()
    case .discreteGaussianSum(let variance, let contributors, let shift):
      try Self.require(variance, "variance", zeroOrIn: Computable.variance)
      try Self.require(Double(contributors), "contributors", in: 0...0x1p40)
      try shift.validate()
    case .laplace(let noiseMultiplier):
      try Self.require(noiseMultiplier, "noise multiplier", zeroOrIn: Computable.noiseMultiplier)
    case .discreteLaplace(let decay, let sensitivity):
      try Self.require(decay, "decay", in: Computable.decay)
      try Self.require(Double(sensitivity), "sensitivity", in: 0...0x1p40)
    case .randomizedResponse(let noise, let buckets):
      try Self.require(noise, "noise", in: 0...1)
      try Self.require(Double(buckets), "buckets", atLeast: 1)
    case .zeroConcentrated(let rho):
      try Self.require(rho, "rho", zeroOrIn: Computable.rho)
    case .selection(let event, let repetitions):
      try event.validate()
      try repetitions.validate()
    case .approximate(let event, let totalVariation):
      try event.validate()
      try Self.require(totalVariation, "total variation", in: 0...1)
    case .composed(let events):
      for event in events { try event.validate() }
    case .repeated(let event, let count):
      try event.validate()
      try Self.require(Double(count), "count", in: 0...Computable.count)
    }
  }

  static func require(
    _ value: Double, _ field: String, atLeast least: Double
  ) throws(AccountingError) {
    // Written so that NaN fails too.
    guard value.isFinite, value >= least else {
      throw .outOfRange(field: field, value: value, allowed: "finite and at least \(least)")
    }
  }

  static func require(
    _ value: Double, _ field: String, zeroOrIn range: ClosedRange<Double>
  ) throws(AccountingError) {
    guard value == 0 || range.contains(value) else {
      throw .outOfRange(
        field: field, value: value,
        allowed: "0, or between \(range.lowerBound) and \(range.upperBound)")
    }
  }

  static func require(
    _ value: Double, _ field: String, in range: ClosedRange<Double>
  ) throws(AccountingError) {
    guard range.contains(value) else {
      throw .outOfRange(
        field: field, value: value,
        allowed: "between \(range.lowerBound) and \(range.upperBound)")
    }
  }
}

extension MechanismEvent.Sampling {
  func validate() throws(AccountingError) {
    switch self {
    case .poisson(let probability):
      try MechanismEvent.require(probability, "sampling probability", in: 0...1)
    case .fixedSize(let size, let population):
      try MechanismEvent.require(Double(population), "population", atLeast: 1)
      try MechanismEvent.require(Double(size), "sample size", in: 0...Double(population))
    case .truncatedPoisson(let probability, let cap, let population):
      try MechanismEvent.require(probability, "sampling probability", in: 0...1)
      try MechanismEvent.require(Double(population), "population", atLeast: 1)
      try MechanismEvent.require(Double(cap), "cap", atLeast: 1)
    }
  }
}

extension MechanismEvent.IntegerShift {
  func validate() throws(AccountingError) {
    switch self {
    case .exactly(let shift):
      try MechanismEvent.require(Double(shift.count), "dimension", atLeast: 1)
      for coordinate in shift {
        let limit = 0x1p40
        try MechanismEvent.require(Double(coordinate), "shift", in: -limit...limit)
      }
    case .bounded(let squaredNorm, let dimension):
      try MechanismEvent.require(squaredNorm, "squared sensitivity", in: 0...0x1p80)
      try MechanismEvent.require(Double(dimension), "dimension", atLeast: 1)
    }
  }
}

extension MechanismEvent.RepetitionLaw {
  func validate() throws(AccountingError) {
    switch self {
    case .poisson(let mean):
      try MechanismEvent.require(mean, "mean of repetitions", atLeast: 1)
    case .truncatedNegativeBinomial(let mean, let shape):
      try MechanismEvent.require(mean, "mean of repetitions", atLeast: 1)
      try MechanismEvent.require(shape, "shape of repetitions", atLeast: 0)
    }
  }
}

extension MechanismEvent.Flat {
  /// Nested repetitions multiply: what counts is how often a mechanism is run in the end.
  func validate() throws(AccountingError) {
    for counted in events {
      try MechanismEvent.require(counted.count, "count", in: 0...0x1p50)
    }
  }
}
