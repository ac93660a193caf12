package import CryptoPrimitives
internal import PrivacyAccounting
internal import PrivacyMechanisms
package import RoundVocabulary
internal import Scenarios

extension PlannedTasks {
  /// What every round of a task says of its vectors: the coordinator announces it, devices compare.
  package struct Terms: Sendable, Equatable {
    /// The noise of each device, as a variance in squared ring units, in lowest terms.
    package struct Noise: Sendable, Equatable {
      package let isSkellam: Bool
      package let numerator: UInt64
      package let denominator: UInt64
    }

    package let dimension: Int
    package let ringBits: Int
    package let clipNorm: Double
    package let scale: Double
    package let squaredNormBound: UInt64
    package let noise: Noise?
    /// Zeros mean no rotation.
    package let rotationSeed: Bytes32
  }

  /// The distance of one device's noise from its law, in total variation: at most this; 0 without noise.
  package func totalVariation(of task: TaskKind) -> Double {
    guard case .distributed(let noise)? = mechanism(for: task).observed else { return 0 }
    return noise.totalVariation
  }

  package func terms(of task: TaskKind) -> Terms {
    let mechanism = mechanism(for: task)
    let request = mechanism.request
    return Terms(
      dimension: request.encodedDimension, ringBits: request.ringBits, clipNorm: request.clipNorm,
      scale: mechanism.scale, squaredNormBound: mechanism.squaredRoundedBound,
      noise: mechanism.deviceVariance.map {
        Terms.Noise(
          isSkellam: plan.privacy.noise == .skellam, numerator: $0.numerator,
          denominator: $0.denominator)
      },
      rotationSeed: request.rotation.flatMap { Bytes32($0.bytes) } ?? Bytes32())
  }
}
