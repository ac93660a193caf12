import CryptoPrimitives
import Storage
import Testing
import TransparencyLog
import WireProtocol

@testable import SecureAggregation
@testable import WitnessNode

/// A witness signs one history of its coordinator's log, and reveals for nothing that is not in it.
@Suite struct WitnessLogTests {
  private let cast: WitnessCast

  init() throws { cast = try WitnessCast() }

  private func cosign(_ witness: Witness) async throws -> CosignedHead {
    let answer = try await cast.message(from: witness, try cast.head())
    let cosigned = try CosignedHead(decoding: answer)
    cast.note(cosigned.signed)
    return cosigned
  }

  @Test func aHeadThatContinuesTheLastIsCosigned() async throws {
    var witness = try await cast.start()
    for _ in 0..<3 {
      try cast.enroll()
      let cosigned = try await cosign(witness)
      #expect(cosigned.signed == (try cast.signedHead()))
      let quorum = WitnessQuorum([witness.verificationKey], needed: 1)
      #expect(quorum.count(cosigned) == 1)
      // The last head survives the process.
      try await witness.close()
      witness = try await cast.start()
    }
    #expect(try await witness.logEvidence().isEmpty)
    try await witness.close()
  }

  @Test func aSecondHistoryIsKeptAsEvidenceAndNotSigned() async throws {
    let witness = try await cast.start()
    for _ in 0..<3 { try cast.enroll() }
    let first = try await cosign(witness).signed
    let other = try cast.signedHead { $0.swapAt(0, 1) }
    let refusal = try await cast.refusal(
      of: witness, .head(HeadInquiry(head: other.encoded, proof: [])))
    #expect(refusal?.code == .refusedMessage)
    #expect(refusal?.reason.contains("split-view") == true)
    let evidence = try #require(try await witness.logEvidence().first)
    #expect(
      try HeadEvidence(decoding: evidence) == HeadEvidence(first: first, second: other))
    let log = LogIdentity(key: cast.logKey.verificationKey)
    #expect(try HeadEvidence(decoding: evidence).fault(of: log) == .splitView)
    try await witness.close()
  }

  @Test func aLaterHeadWithFewerEntriesIsEvidenceToo() async throws {
    let witness = try await cast.start()
    for _ in 0..<3 { try cast.enroll() }
    _ = try await cosign(witness)
    let shrunk = try cast.signedHead(size: 2, time: WitnessCast.opens + 50)
    let refusal = try await cast.refusal(
      of: witness, .head(HeadInquiry(head: shrunk.encoded, proof: [])))
    #expect(refusal?.reason.contains("shrunk") == true)
    #expect(try await witness.logEvidence().count == 1)
    try await witness.close()
  }

  /// An older head, growth without a proof and with a false one: the answer is the head that the witness
  /// has, and no signature.
  @Test func withoutAProofFromItsLastHeadTheWitnessShowsThat() async throws {
    let witness = try await cast.start()
    for _ in 0..<3 { try cast.enroll() }
    let last = try await cosign(witness).signed
    let older = try cast.signedHead(size: 2, time: 5)
    try cast.enroll()
    let grown = try cast.signedHead()
    let falseProof = ConsistencyProof(path: [Bytes32()]).encoded
    for (head, proof) in [(older, []), (grown, []), (grown, falseProof)] {
      let answer = try await cast.message(
        from: witness, .head(HeadInquiry(head: head.encoded, proof: proof)))
      #expect(try SignedHead(decoding: answer) == last)
    }
    #expect(try await witness.logEvidence().isEmpty)
    #expect(try await cosign(witness).signed == grown)
    try await witness.close()
  }

  @Test func aHeadOfAnotherLogIsRefused() async throws {
    let witness = try await cast.start()
    let foreign = SignedHead(tree: .empty, time: 5, by: cast.coordinator)
    let refusal = try await cast.refusal(
      of: witness, .head(HeadInquiry(head: foreign.encoded, proof: [])))
    #expect(refusal?.reason.contains("other-log") == true)
    try await witness.close()
  }

  /// A head that the store did not take is not signed; one that it took is signed after a restart.
  @Test(arguments: [FailPoint.headWritten, .headCommitted])
  func aHeadIsDurableBeforeItIsSigned(point: FailPoint) async throws {
    var witness = try await cast.start(faults: FailsAt(point))
    try cast.enroll()
    #expect(try await cast.refusal(of: witness, try cast.head())?.code == .storage)
    try await witness.close()
    witness = try await cast.start()
    try cast.enroll()
    // The head before was never signed, and what was stored of it must not stop the log.
    if point == .headCommitted { cast.note(try cast.signedHead(size: 1)) }
    #expect(try await cosign(witness).signed == (try cast.signedHead()))
    try await witness.close()
  }

  @Test func nothingIsRevealedForWhatIsNotInTheLog() async throws {
    let witness = try await cast.start()
    let config = try cast.config()
    let cohort = cast.cohort(in: config)
    let unlogged = RevealInquiry(
      configuration: cast.message(config), cohort: cohort, revoked: [], roundEntry: [1],
      cohortEntry: [1])
    let refusal = try await cast.refusal(of: witness, .reveal(unlogged))
    #expect(refusal?.reason.contains("(\(AbortCode.notLogged.rawValue))") == true)
    #expect(try await cast.standing(of: witness) == 0)
    // Entries of another round, and of another cohort of the same one.
    let question = try await cast.logged(
      RevealInquiry(configuration: cast.message(config), cohort: cohort, revoked: []),
      for: witness)
    let other = cast.cohort(of: [0, 1, 3], in: config)
    let nextConfig = try cast.config(round: 2)
    let next = cast.cohort(in: nextConfig)
    for (terms, members) in [(config, other), (nextConfig, next)] {
      let stolen = RevealInquiry(
        configuration: cast.message(terms), cohort: members, revoked: [],
        roundEntry: question.roundEntry, cohortEntry: question.cohortEntry)
      #expect(
        try await cast.refusal(of: witness, .reveal(stolen))?.reason.contains(
          "(\(AbortCode.notLogged.rawValue))") == true)
    }
    _ = try await cast.message(from: witness, .reveal(question))
    #expect(try await cast.standing(of: witness) == 1)
    try await witness.close()
  }
}
