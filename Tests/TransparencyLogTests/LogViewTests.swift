import CryptoPrimitives
import Testing

@testable import TransparencyLog

/// What a reader accepts, and that each check is what prevents one attack.
@Suite struct LogViewTests {
  private static let log = MemoryLog(count: 20)
  private static let other = MemoryLog(count: 30, salt: "another ")
  private static let name = Cast.identity.name

  /// A reader that has seen 12 entries at time 100 and asks two of three witnesses.
  private static func view(checks: [HeadCheck] = HeadCheck.all) -> LogView {
    LogView(
      log: Cast.identity, witnesses: Cast.quorum(2, of: 3),
      last: Cast.head(log, size: 12, time: 100).signed, checks: checks)
  }

  /// A head that a reader must not accept, and why.
  struct Attack: Sendable, CustomStringConvertible {
    /// The check that prevents it.
    let check: String
    /// What the reader says.
    let rule: String
    let head: CosignedHead
    var proof: ConsistencyProof?

    var description: String { "\(check): \(rule)" }
  }

  static let attacks = [
    Attack(
      check: "other-log", rule: "other-log",
      head: Cast.cosigned(
        Cast.head(named: Cast.bytes("other"), tree: log.state(), time: 200, by: Cast.log), 2),
      proof: log.consistencyProof(from: 12)),
    Attack(
      check: "head-signature", rule: "head-signature",
      head: Cast.cosigned(
        Cast.head(named: name, tree: log.state(), time: 200, by: Cast.key("forger")), 2),
      proof: log.consistencyProof(from: 12)),
    Attack(
      check: "contradiction", rule: "split-view",
      head: Cast.head(other, size: 12, time: 200, witnesses: 2)),
    Attack(
      check: "contradiction", rule: "split-view",
      head: Cast.head(other, size: 12, time: 50, witnesses: 3),
      proof: ConsistencyProof(path: [])),
    Attack(
      check: "contradiction", rule: "shrunk",
      head: Cast.head(log, time: 99, witnesses: 2), proof: log.consistencyProof(from: 12)),
    Attack(
      check: "rollback", rule: "rollback", head: Cast.head(log, size: 11, time: 99, witnesses: 2)),
    Attack(
      check: "rollback", rule: "rollback", head: Cast.head(log, size: 0, time: 100, witnesses: 2)),
    Attack(
      check: "missing-proof", rule: "missing-proof",
      head: Cast.head(log, time: 200, witnesses: 2)),
    Attack(
      check: "proof", rule: "proof-older-root",
      head: Cast.head(other, time: 200, witnesses: 2),
      proof: other.consistencyProof(from: 12)),
    Attack(
      check: "proof", rule: "proof-short", head: Cast.head(log, time: 200, witnesses: 2),
      proof: ConsistencyProof(path: [])),
    Attack(
      check: "few-witnesses", rule: "few-witnesses",
      head: Cast.head(log, time: 200, witnesses: 1), proof: log.consistencyProof(from: 12)),
    Attack(
      check: "few-witnesses", rule: "few-witnesses",
      head: Cast.head(log, size: 12, time: 200, witnesses: 1)),
  ]

  @Test(arguments: attacks) func attackIsRefusedAndChangesNothing(_ attack: Attack) {
    var view = Self.view()
    #expect(
      refusal { () throws(LogRefusal) in try view.accept(attack.head, proof: attack.proof) }
        == attack.rule)
    #expect(view.last == Self.view().last)
  }

  @Test(arguments: attacks) func attackWorksWithoutItsCheckAndOnlyThen(_ attack: Attack) {
    for check in HeadCheck.all {
      var view = Self.view(checks: HeadCheck.all.filter { $0.rule != check.rule })
      let rule = refusal { () throws(LogRefusal) in
        try view.accept(attack.head, proof: attack.proof)
      }
      #expect((rule == nil) == (check.rule == attack.check), "without \(check.rule)")
    }
  }

  @Test func everyCheckHasAnAttack() {
    #expect(Set(HeadCheck.all.map(\.rule)) == Set(Self.attacks.map(\.check)))
  }

  @Test func headThatContinuesTheLastIsAccepted() throws {
    var view = Self.view()
    for size in [12, 13, 16, 20] {
      let older = Int(try #require(view.last).head.tree.size)
      let head = Cast.head(Self.log, size: size, time: 100 + UInt64(size), witnesses: 2)
      try view.accept(head, proof: Self.log.consistencyProof(from: older, to: size))
      #expect(view.last == head.signed)
    }
  }

  @Test func firstHeadNeedsNoProofButEverythingElse() throws {
    var view = LogView(log: Cast.identity, witnesses: Cast.quorum(2, of: 3))
    let entry = Self.log.entries[3]
    let proof = Self.log.inclusionProof(of: 3)
    #expect(refusal { () throws(LogRefusal) in try view.verify(entry, proof) } == "no-head")
    let few = Cast.head(Self.log, time: 1, witnesses: 1)
    #expect(refusal { () throws(LogRefusal) in try view.accept(few) } == "few-witnesses")
    try view.accept(Cast.head(Self.log, time: 1, witnesses: 2))
    try view.verify(entry, proof)
    #expect(
      refusal { () throws(LogRefusal) in try view.verify(Self.log.entries[4], proof) }
        == "proof-root")
  }

  @Test func emptyLogGrows() throws {
    var view = LogView(log: Cast.identity, witnesses: .none)
    try view.accept(Cast.head(Self.log, size: 0, time: 1))
    let grown = Cast.head(Self.log, size: 5, time: 2)
    #expect(refusal { () throws(LogRefusal) in try view.accept(grown) } == "missing-proof")
    try view.accept(grown, proof: ConsistencyProof(path: []))
  }

  @Test func newerHeadOfTheSameTreeIsKept() throws {
    var view = Self.view()
    let newer = Cast.head(Self.log, size: 12, time: 101, witnesses: 2)
    try view.accept(newer)
    #expect(view.last == newer.signed)
    try view.accept(Cast.head(Self.log, size: 12, time: 90, witnesses: 2))
    #expect(view.last == newer.signed)
  }

  @Test func refusalOfTwoHistoriesCarriesWhatConvincesOthers() throws {
    var view = Self.view()
    let attack = Cast.head(Self.other, size: 12, time: 200, witnesses: 2)
    do throws(LogRefusal) {
      try view.accept(attack)
      Issue.record("accepted")
    } catch {
      guard case .splitView(let evidence) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(evidence.fault(of: Cast.identity) == .splitView)
      #expect(try HeadEvidence(decoding: evidence.encoded) == evidence)
    }
  }
}
