import CryptoPrimitives
import RingArithmetic
import SecureAggregation
import SeededRandomness

@testable import ClientNode
@testable import CoordinatorNode

/// A plan of rounds whose sums are added up: the model says who was counted how often.
struct TallyCourse: RoundCourse {
  static let dimension = 8
  let rounds: UInt8

  static let task = Blake2b.digest(Array("tally".utf8))
  var tasks: [Bytes32] { [Self.task] }

  func account(_ debits: [Bytes32: UInt64]) -> PlanAccount {
    PlanAccount(accountant: "none", claims: [])
  }

  /// The number of rounds so far, then one counter for each device.
  var firstModel: [UInt8] { [UInt8](repeating: 0, count: 1 + Self.dimension) }

  func demand(after model: [UInt8]) -> RoundDemand? {
    guard model[0] < rounds else { return nil }
    return RoundDemand(
      task: "tally", identifier: Self.task, mostReleases: Int(rounds), dimension: Self.dimension,
      ringBits: 16, clipNorm: 1, scale: 1,
      squaredNormBound: 1, noise: .none)
  }

  func model(after model: [UInt8], sum: OpenedSum) -> [UInt8] {
    var next = model
    next[0] += 1
    for (index, word) in sum.vector.words.enumerated() { next[1 + index] += UInt8(word) }
    return next
  }
}

/// A device that contributes 1 at its own place, or at a place that it shares with others, and noise from
/// a stream of its own.
struct TallyWorker: LocalWorker {
  let index: Int
  /// Nil for no noise.
  var noiseSeed: UInt64?

  /// Below it every sum of noises fits into a counter of the model.
  private static let mostNoise: UInt64 = 60

  func objection(to assignment: Assignment) async -> String? {
    assignment.task == "tally" ? nil : "another task"
  }

  func terms(of assignment: Assignment) async throws -> ChargeTerms {
    ChargeTerms(totalVariation: 0, mostContributions: 100)
  }

  func contribution(to assignment: Assignment) async throws -> RingVector {
    RingVector(reducing: words, modulus: assignment.config.modulus)
  }

  var words: [UInt32] {
    var words = [UInt32](repeating: 0, count: TallyCourse.dimension)
    words[index % words.count] = 1
    guard let noiseSeed else { return words }
    var noise = RandomStream.seeded(noiseSeed, label: "noise", index: UInt64(index))
    for place in NodeWorld.deviceCount..<TallyCourse.dimension {
      words[place] = UInt32(noise.nextBelow(Self.mostNoise))
    }
    return words
  }
}
