import CryptoPrimitives
import Testing

@testable import TransparencyLog

@Suite struct HeadTests {
  private static let log = MemoryLog(count: 9)
  private static let other = MemoryLog(count: 9, salt: "another ")

  private static func signed(_ log: MemoryLog, size: Int, time: UInt64) -> SignedHead {
    Cast.head(log, size: size, time: time).signed
  }

  // MARK: Heads

  @Test func everyChangedByteOfAHeadIsRefusedOrBreaksItsSignature() throws {
    let encoded = Self.signed(Self.log, size: 9, time: 7).encoded
    #expect(try SignedHead(decoding: encoded).isSigned(by: Cast.identity))
    for position in encoded.indices {
      for changed in encoded.changed(at: position) {
        var isSigned = false
        let rule = refusal { () throws(LogRefusal) in
          isSigned = try SignedHead(decoding: changed).isSigned(by: Cast.identity)
        }
        #expect(rule != nil || !isSigned, "byte \(position)")
      }
    }
  }

  @Test func headIsOfOneLogOnly() {
    let head = Self.signed(Self.log, size: 9, time: 7)
    #expect(head.isSigned(by: Cast.identity))
    #expect(!head.isSigned(by: LogIdentity(key: Cast.key("other").verificationKey)))
    let renamed = Cast.head(
      named: Cast.bytes("other"), tree: Self.log.state(), time: 7, by: Cast.log)
    #expect(!renamed.isSigned(by: Cast.identity))
  }

  @Test func headOutsideOfItsRangesIsRefused() {
    func rule(_ tree: TreeState, _ time: UInt64) -> String? {
      let head = Cast.head(named: Cast.identity.name, tree: tree, time: time, by: Cast.log)
      return refusal { () throws(LogRefusal) in _ = try SignedHead(decoding: head.encoded) }
    }
    let root = Self.log.state().root
    #expect(rule(.empty, 1) == nil)
    #expect(rule(TreeState(size: 1 << 53, root: root), 1 << 53) == nil)
    #expect(rule(TreeState(size: 0, root: root), 1) == "contradiction")
    #expect(rule(TreeState(size: 1 << 53 + 1, root: root), 1) == "range")
    #expect(rule(Self.log.state(), 0) == "range")
    #expect(rule(Self.log.state(), 1 << 53 + 1) == "range")
  }

  // MARK: Witnesses

  @Test func onlyDistinctPinnedWitnessesCount() {
    let head = Self.signed(Self.log, size: 9, time: 7)
    let quorum = Cast.quorum(2, of: 3)
    #expect(quorum.count(Cast.cosigned(head, 0)) == 0)
    #expect(quorum.count(Cast.cosigned(head, 3)) == 3)
    var cosigned = Cast.cosigned(head, 1)
    #expect(quorum.count(cosigned) == 1)
    // The same witness again, one that is not pinned, and one whose word is about another head.
    cosigned.add(Cosignature(of: head.head, by: Cast.witness(0)))
    cosigned.add(Cosignature(of: head.head, by: Cast.witness(7)))
    let older = Self.signed(Self.log, size: 8, time: 7)
    cosigned.add(Cosignature(of: older.head, by: Cast.witness(1)))
    #expect(cosigned.cosignatures.count == 3)
    #expect(quorum.count(cosigned) == 1)
    // One witness's signature under another's key.
    let borrowed = Cosignature(of: head.head, by: Cast.witness(0)).signature
    cosigned.add(Cosignature(witness: Cast.witness(2).verificationKey, signature: borrowed))
    #expect(quorum.count(cosigned) == 1)
  }

  @Test func cosignaturesTravelInOneOrder() throws {
    let head = Self.signed(Self.log, size: 9, time: 7)
    var backwards = CosignedHead(head)
    for number in (0..<3).reversed() {
      backwards.add(Cosignature(of: head.head, by: Cast.witness(number)))
    }
    let encoded = Cast.cosigned(head, 3).encoded
    #expect(backwards.encoded == encoded)
    #expect(try CosignedHead(decoding: encoded) == backwards)
    // Two of one witness, or two in the other order.
    let one = Array(encoded.dropFirst(encoded.count - 3 * 96).prefix(96))
    let start = Array(encoded.prefix(encoded.count - 3 * 96))
    let second = Array(encoded.dropFirst(start.count + 96).prefix(96))
    func rule(_ bytes: [UInt8]) -> String? {
      refusal { () throws(LogRefusal) in _ = try CosignedHead(decoding: bytes) }
    }
    #expect(rule(start.dropLast() + [2] + one + one) == "order")
    #expect(rule(start.dropLast() + [2] + second + one) == "order")
    #expect(rule(start.dropLast() + [17]) == "limit")
    for count in 0..<encoded.count { #expect(rule(Array(encoded.prefix(count))) == "truncated") }
    #expect(rule(encoded + [0]) == "trailing")
  }

  @Test func changedCosignedHeadLosesItsQuorumOrIsRefused() {
    let encoded = Cast.head(Self.log, size: 9, time: 7, witnesses: 2).encoded
    for position in encoded.indices {
      for changed in encoded.changed(at: position) {
        var view = LogView(log: Cast.identity, witnesses: Cast.quorum(2, of: 2))
        let rule = refusal { () throws(LogRefusal) in
          try view.accept(try CosignedHead(decoding: changed))
        }
        #expect(rule != nil, "byte \(position)")
      }
    }
  }

  // MARK: Evidence

  @Test func evidenceConvictsOnlyTheLogThatSignedBoth() {
    let split = HeadEvidence(
      first: Self.signed(Self.log, size: 9, time: 7),
      second: Self.signed(Self.other, size: 9, time: 8))
    #expect(split.fault(of: Cast.identity) == .splitView)
    #expect(split.fault(of: LogIdentity(key: Cast.key("other").verificationKey)) == nil)
    let forged = Cast.head(
      named: Cast.identity.name, tree: Self.other.state(), time: 8, by: Cast.key("forger"))
    #expect(HeadEvidence(first: split.first, second: forged).fault(of: Cast.identity) == nil)
    #expect(HeadEvidence(first: forged, second: split.first).fault(of: Cast.identity) == nil)
  }

  @Test func honestHeadsAreNoEvidence() {
    let heads = [(8, 7), (8, 9), (9, 9), (9, 10)].map {
      Self.signed(Self.log, size: $0, time: UInt64($1))
    }
    for first in heads {
      for second in heads {
        #expect(HeadEvidence(first: first, second: second).fault(of: Cast.identity) == nil)
      }
    }
  }

  @Test func laterHeadWithFewerEntriesIsEvidenceInEitherOrder() {
    let large = Self.signed(Self.log, size: 9, time: 7)
    let small = Self.signed(Self.log, size: 8, time: 8)
    #expect(HeadEvidence(first: large, second: small).fault(of: Cast.identity) == .shrunk)
    #expect(HeadEvidence(first: small, second: large).fault(of: Cast.identity) == .shrunk)
  }

  @Test func everyChangedByteOfEvidenceLeavesNone() throws {
    let evidence = HeadEvidence(
      first: Self.signed(Self.log, size: 9, time: 7),
      second: Self.signed(Self.other, size: 9, time: 8))
    let encoded = evidence.encoded
    #expect(try HeadEvidence(decoding: encoded) == evidence)
    for position in encoded.indices {
      for changed in encoded.changed(at: position) {
        var fault: HeadEvidence.Fault?
        let rule = refusal { () throws(LogRefusal) in
          fault = try HeadEvidence(decoding: changed).fault(of: Cast.identity)
        }
        #expect(rule != nil || fault == nil, "byte \(position)")
      }
    }
  }
}
