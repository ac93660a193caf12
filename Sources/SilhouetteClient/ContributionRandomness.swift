package import CryptoPrimitives
package import NumericalMethods
package import RoundVocabulary

/// Where the randomness of a contribution comes from.
///
/// Products use the operating system's. Tests use a seeded one to compare a real run with a simulation;
/// no option of a product reaches this.
package protocol ContributionRandomness: Sendable {
  /// - Parameter round: what the contribution is for; nil if the plan is done.
  func draws(for round: RoundID?) -> ContributionDraws
}

/// The random streams of one contribution.
package struct ContributionDraws: ~Copyable {
  /// Draws the items that the own last one is ranked against.
  package let examples: DeterministicGenerator
  /// Of rounding and noise.
  package var noise: RandomStream

  package init(examples: DeterministicGenerator, noise: consuming RandomStream) {
    self.examples = examples
    self.noise = noise
  }
}

/// The randomness of products.
package struct SystemRandomness: ContributionRandomness {
  package init() {}

  package func draws(for round: RoundID?) -> ContributionDraws {
    var stream = RandomStream.system()
    let seed = Bytes32(random: &stream).bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return ContributionDraws(examples: DeterministicGenerator(seed: seed), noise: stream)
  }
}
