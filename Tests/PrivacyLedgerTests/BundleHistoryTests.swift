import CryptoPrimitives
import RoundVocabulary
import Testing

@testable import PrivacyLedger
@testable import TransparencyLog

/// Whether a bundle is of the history that others have seen.
@Suite struct BundleHistoryTests {
  /// Bundles of one log after each of its rounds, all of which keep the rules.
  private func bundles(
    tampering: @escaping PlannedLog.Tampering = { $0 }
  ) throws -> [AuditBundle] {
    var log = try PlannedLog(.small())
    try log.publish()
    var bundles: [AuditBundle] = []
    try log.run(.statistics, 1)
    bundles.append(log.bundle())
    try log.run(.gram, 1, tampering: tampering)
    bundles.append(log.bundle())
    try log.run(.ranker, 1)
    bundles.append(log.bundle())
    for bundle in bundles { _ = try LedgerVerifier.verify(bundle.encoded) }
    return bundles
  }

  @Test func anEarlierBundleIsOfTheSameHistory() throws {
    let bundles = try bundles()
    for (place, bundle) in bundles.enumerated() {
      let history = BundleHistory(bundle)
      for (other, seen) in bundles.enumerated() {
        #expect(try history.contains(seen.head.signed) == (other <= place))
      }
      #expect(try history.contains(SignedHead(tree: .empty, time: 1, by: Cast.key("log"))))
    }
  }

  /// Each of two histories keeps every rule: what others have seen tells them apart.
  @Test func aSecondHistoryIsFound() throws {
    let first = try bundles()
    let second = try bundles { content in
      guard case .cohort(let found) = content else { return content }
      return .cohort(
        LoggedCohort(
          round: found.round, transcript: found.transcript, root: Cast.bytes("another cohort"),
          memberCount: found.memberCount))
    }
    let history = BundleHistory(try #require(second.last))
    #expect(try history.contains(first[0].head.signed))
    let size = UInt64(first[1].entries.count)
    #expect(throws: BundleHistory.Departure.otherRoot(size: size)) {
      try history.contains(first[1].head.signed)
    }
  }

  @Test func aHeadIsTheLogsOwnWord() throws {
    let bundle = try #require(try bundles().last)
    let history = BundleHistory(bundle)
    let tree = bundle.head.signed.head.tree
    #expect(throws: BundleHistory.Departure.otherLog) {
      try history.contains(SignedHead(tree: tree, time: 1, by: Cast.key("another log")))
    }
    let forged = SignedHead(
      TreeHead(log: bundle.policy.log.name, tree: tree, time: 1),
      signature: bundle.head.signed.signature)
    #expect(throws: BundleHistory.Departure.headSignature) { try history.contains(forged) }
  }

  @Test func receiptsAreProved() throws {
    let bundles = try bundles()
    let history = BundleHistory(try #require(bundles.last))
    let old = BundleHistory(bundles[0])
    for index in bundles[1].entries.indices {
      let receipt = bundles[1].proved(UInt64(index))
      #expect(try history.contains(receipt, under: bundles[1].head.signed))
      #expect(try !old.contains(receipt, under: bundles[1].head.signed))
      let moved = ProvedEntry(
        entry: bundles[1].entries[(index + 1) % bundles[1].entries.count], proof: receipt.proof)
      #expect(throws: BundleHistory.Departure.proof(index: UInt64(index))) {
        try history.contains(moved, under: bundles[1].head.signed)
      }
    }
  }
}
