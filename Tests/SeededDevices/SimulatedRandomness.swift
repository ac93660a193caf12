internal import CryptoPrimitives
internal import NumericalMethods
package import RoundVocabulary
internal import SeededRandomness
package import SilhouetteClient

/// The streams that the simulator gives a device, so that both draw the same.
package struct SimulatedRandomness: ContributionRandomness {
  private let seed: UInt64
  private let epsilon: Double
  private let device: Int

  /// - Parameters:
  ///   - seed: of the plan.
  ///   - epsilon: of the plan.
  ///   - device: its number, from 0.
  package init(seed: UInt64, epsilon: Double, device: Int) {
    self.seed = seed
    self.epsilon = epsilon
    self.device = device
  }

  package func draws(for round: RoundID?) -> ContributionDraws {
    let label = round.map { "device epsilon \(epsilon) \($0)" } ?? "done"
    return ContributionDraws(
      examples: DeterministicGenerator(
        seed: seed, stream: 0x7261_6E6B_0000_0000 | UInt64(device)),
      noise: RandomStream.seeded(seed, label: label, index: UInt64(device)))
  }
}
