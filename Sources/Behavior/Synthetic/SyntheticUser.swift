internal import NumericalMethods

/// The hidden part of one generated user: interests, how they drift, and how active the user is.
struct SyntheticUser {
  /// Spread evenly over all interests: nobody is certain never to look at something.
  static let curiosity = 0.04

  /// How many events the user makes, relative to others; a few users make very many.
  let appetite: Double
  /// Goes on with the user's own random sequence.
  private(set) var generator: DeterministicGenerator
  private let before: [(interest: Int, weight: Double)]
  private let after: [(interest: Int, weight: Double)]
  private let interestCount: Int

  init(user: Int, configuration: SyntheticPopulation.Configuration) {
    var generator = DeterministicGenerator(
      seed: configuration.seed, stream: 1 &+ UInt64(user))
    // Pareto with a cut: density 1/x^2 from 0.95 to 20.
    appetite = 1 / (0.05 + generator.nextUnit())
    interestCount = configuration.interests
    let active = min(interestCount, 1 + generator.nextIndex(below: 3))
    var chosen: [Int] = []
    while chosen.count < active {
      let candidate = generator.nextIndex(below: interestCount)
      if !chosen.contains(candidate) { chosen.append(candidate) }
    }
    let gaps = chosen.map { _ in 0.2 + generator.nextUnit() }
    let total = gaps.reduce(0, +)
    before = zip(chosen, gaps).map { (interest: $0, weight: $1 / total) }
    var later = before
    // Half of the users swap their first interest for another one in the course of time.
    if generator.nextUnit() < 0.5, chosen.count < interestCount {
      var candidate = generator.nextIndex(below: interestCount)
      while chosen.contains(candidate) { candidate = generator.nextIndex(below: interestCount) }
      later[0].interest = candidate
    }
    after = later
    self.generator = generator
  }

  /// The weights of all interests; drift is linear in time.
  func interests(at moment: Double) -> [Double] {
    var weights = [Double](
      repeating: Self.curiosity / Double(interestCount), count: interestCount)
    for (interest, weight) in before {
      weights[interest] += (1 - Self.curiosity) * (1 - moment) * weight
    }
    for (interest, weight) in after {
      weights[interest] += (1 - Self.curiosity) * moment * weight
    }
    return weights
  }

  /// The weight of one interest.
  func weight(of interest: Int, at moment: Double) -> Double {
    var weight = Self.curiosity / Double(interestCount)
    for entry in before where entry.interest == interest {
      weight += (1 - Self.curiosity) * (1 - moment) * entry.weight
    }
    for entry in after where entry.interest == interest {
      weight += (1 - Self.curiosity) * moment * entry.weight
    }
    return weight
  }

  /// Draws an interest with the weights of `interests(at:)`.
  mutating func drawInterest(at moment: Double) -> Int {
    if generator.nextUnit() < Self.curiosity {
      return generator.nextIndex(below: interestCount)
    }
    let weights = generator.nextUnit() < moment ? after : before
    var rest = generator.nextUnit()
    for (interest, weight) in weights {
      rest -= weight
      if rest < 0 { return interest }
    }
    return weights[weights.count - 1].interest
  }

  /// Lends the user's random sequence.
  mutating func draw<Value>(_ body: (inout DeterministicGenerator) -> Value) -> Value {
    body(&generator)
  }
}
