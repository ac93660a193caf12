import CryptoPrimitives
import DeviceLedger
import RoundVocabulary
import SeededRandomness
import Testing
import TransparencyLog

/// A device with a ledger in memory, and tasks that it may contribute to.
final class Bench {
  let medium = MemoryMedium()
  let keeper: LedgerKeeper<MemoryMedium>
  var randomness: RandomStream

  static let day: UInt64 = 86_400
  static let start: UInt64 = 20_000 * day
  static let quarantine: UInt64 = 30 * day

  init(seed: UInt64 = 1) {
    var stream = RandomStream.seeded(seed, label: "ledger", index: 0)
    let seal = LedgerSeal(derivedFrom: SecretBytes(random: 32, from: &stream))
    medium.state.head = seal.firstHead(randomness: &stream)
    keeper = LedgerKeeper(medium, seal: seal)
    randomness = stream
  }

  static func charge(_ task: UInt8, at coordinator: UInt8 = 1) -> ChargedTask {
    ChargedTask(
      coordinator: VerificationKey(encoding: Blake2b.digest([coordinator])),
      plan: Blake2b.digest([10, task]), task: Blake2b.digest([20, task]),
      mechanism: mechanism(variance: 800_000 + 100_000 * UInt64(task)))
  }

  static func mechanism(
    variance: UInt64, law: LoggedMechanism.Law = .skellam
  ) -> LoggedMechanism {
    LoggedMechanism(
      law: law, variance: (variance, 1), totalVariation: law == .none ? 0 : 0x1p-70,
      squaredNormBound: 1 << 20, dimension: 64, clipNorm: 1, scale: 1_000,
      assurance: CohortAssurance(leastSurvivors: 10, mostColluding: 1))
  }

  func ready(
    at time: UInt64 = start, earlier: [EarlierCharge] = []
  ) async throws -> DeviceLedger {
    try await keeper.ready(at: time, quarantine: Self.quarantine, randomness: &randomness) {
      earlier
    }
  }

  /// Debits a contribution as a device does, and returns what stopped it.
  func debit(
    _ charge: ChargedTask, round: UInt64 = 1, at time: UInt64 = start
  ) async throws -> LedgerFault? {
    let medium = medium
    return try await keeper.debit(
      charge, round: round, checked: 0, at: time, randomness: &randomness
    ) {
      entry throws(MemoryMedium.Crash) in try medium.append([entry])
    }
  }

  /// A ledger with contributions to tasks 1, 1 and 2.
  func fill() async throws {
    _ = try await ready()
    for (round, task) in [1, 1, 2].enumerated() {
      #expect(try await debit(Self.charge(UInt8(task)), round: UInt64(round + 1)) == nil)
    }
  }
}
