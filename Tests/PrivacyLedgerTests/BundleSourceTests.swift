import CryptoPrimitives
import RoundVocabulary
import Testing

@testable import PrivacyLedger
@testable import TransparencyLog

/// A bundle of what a server of files has.
@Suite struct BundleSourceTests {
  private struct MemorySource: BundleSource {
    var bundle: AuditBundle
    /// Entries that were written after the head was signed.
    var later: [[UInt8]] = []

    struct NoPlan: Error {}

    func head() -> CosignedHead { bundle.head }

    func entries(of tile: Tile) -> [[UInt8]] {
      let first = Int(tile.index) * Tile.fullWidth
      return Array((bundle.entries.map(\.encoded) + later).dropFirst(first).prefix(Tile.fullWidth))
    }

    func document(ofPlan hash: Bytes32) throws -> [UInt8] {
      guard let plan = bundle.plans.first(where: { Blake2b.digest($0) == hash }) else {
        throw NoPlan()
      }
      return plan
    }
  }

  private static func log(rounds: Int) throws -> AuditBundle {
    var log = try PlannedLog(.small(["tasks.ranker.rounds=60"]))
    try log.publish()
    try log.run(.statistics, 1)
    try log.run(.gram, 1)
    for number in 1...rounds { try log.run(.ranker, UInt64(number)) }
    return log.bundle()
  }

  @Test func tilesBecomeTheLogUpToItsHead() async throws {
    // 11 + 5 * 60 entries: one full tile and a partial one.
    let bundle = try Self.log(rounds: 60)
    let source = MemorySource(bundle: bundle, later: [[1, 2, 3]])
    let made = try await AuditBundle(of: source, policy: bundle.policy)
    #expect(made == bundle)
    _ = try LedgerVerifier.verify(made.encoded)
  }

  @Test func faultsOfASourceAreNamed() async throws {
    let bundle = try Self.log(rounds: 1)
    var source = MemorySource(bundle: bundle)
    source.bundle = AuditBundle(
      policy: bundle.policy, head: bundle.head, plans: [], entries: bundle.entries)
    await #expect(throws: MemorySource.NoPlan.self) {
      try await AuditBundle(of: source, policy: bundle.policy)
    }
    // A head of more entries than are there leads to a bundle that is refused.
    source.bundle = AuditBundle(
      policy: bundle.policy, head: bundle.head, plans: bundle.plans,
      entries: Array(bundle.entries.dropLast()))
    let short = try await AuditBundle(of: source, policy: bundle.policy)
    #expect(throws: LedgerFinding.self) { try LedgerVerifier.verify(short.encoded) }
  }
}
