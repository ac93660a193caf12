import CryptoPrimitives
import Foundation
import SecureAggregation
import Storage
import Testing
import WireProtocol

@testable import WitnessNode

/// What a witness has promised holds whenever its process ends.
@Suite struct WitnessTests {
  private let cast: WitnessCast

  init() throws { cast = try WitnessCast() }

  private func value(_ message: [UInt8]) throws -> Bytes32 {
    try Signed<RevealMessage>(decoding: message).content.value
  }

  @Test func aRevealIsGivenAgainByteByByteAfterARestart() async throws {
    let config = try cast.config()
    let cohort = cast.cohort(in: config)
    var witness = try await cast.start()
    let first = try await cast.message(from: witness, cast.reveal(config, cohort))
    #expect(try await cast.message(from: witness, cast.reveal(config, cohort)) == first)
    try await witness.close()
    witness = try await cast.start()
    #expect(try await cast.message(from: witness, cast.reveal(config, cohort)) == first)
    let reveal = try Signed<RevealMessage>(decoding: first)
    #expect(reveal.isSigned(by: witness.verificationKey))
    #expect(Beacon.previous(of: reveal.content.value) == config.witnesses[0].previous)
    try await witness.close()
  }

  /// The record is durable, the answer is lost: what is asked again gets it, and nothing else does.
  @Test func aCrashBetweenRecordAndAnswerChangesNothing() async throws {
    let config = try cast.config()
    let cohort = cast.cohort(in: config)
    var witness = try await cast.start(faults: FailsAt(.revealCommitted))
    let lost = try await cast.refusal(of: witness, cast.reveal(config, cohort))
    #expect(lost?.code == .storage)
    try await witness.close()

    witness = try await cast.start()
    #expect(try await cast.standing(of: witness) == 1)
    let other = cast.cohort(of: [0, 1, 3], in: config)
    let refusal = try await cast.refusal(of: witness, cast.reveal(config, other))
    #expect(refusal?.reason.contains("702") == true)
    let first = try await cast.message(from: witness, cast.reveal(config, cohort))
    #expect(try await cast.message(from: witness, cast.reveal(config, cohort)) == first)
    try await witness.close()
  }

  /// What never became durable was never answered: the position is free, without a restart.
  @Test func aRecordThatWasRolledBackWasNeverAnswered() async throws {
    let config = try cast.config()
    let cohort = cast.cohort(in: config)
    var witness = try await cast.start(faults: FailsAt(.revealWritten))
    #expect(
      try await cast.refusal(of: witness, cast.reveal(config, cohort))?.code == .storage)
    #expect(try await cast.standing(of: witness) == 0)
    let other = cast.cohort(of: [0, 1, 3], in: config)
    _ = try await cast.message(from: witness, cast.reveal(config, other))
    #expect(try await cast.standing(of: witness) == 1)
    #expect(
      try await cast.refusal(of: witness, cast.reveal(config, cohort))?.code == .refusedMessage)
    try await witness.close()
    witness = try await cast.start()
    #expect(try await cast.standing(of: witness) == 1)
    try await witness.close()
  }

  @Test func anotherCohortIsRefusedAfterARestart() async throws {
    let config = try cast.config()
    var witness = try await cast.start()
    _ = try await cast.message(from: witness, cast.reveal(config, cast.cohort(in: config)))
    try await witness.close()
    witness = try await cast.start()
    let sameRoundLater = try cast.config(position: 2)
    let otherRoundSamePosition = try cast.config(round: 2)
    for other in [config, sameRoundLater, otherRoundSamePosition] {
      let refusal = try await cast.refusal(
        of: witness, cast.reveal(other, cast.cohort(in: other)))
      #expect(refusal?.reason.contains("702") == true)
    }
    // The next position of another round is none of these.
    let next = try cast.config(position: 2, round: 2)
    let cohort = cast.cohort(in: next)
    _ = try await cast.message(from: witness, cast.reveal(next, cohort))
    #expect(try await cast.standing(of: witness) == 2)
    // Whoever knows a later value could choose a cohort for an earlier one.
    let refusal = try await cast.refusal(
      of: witness, cast.reveal(config, cast.cohort(in: config)))
    #expect(refusal?.reason.contains("702") == true)
    try await witness.close()
  }

  @Test(arguments: [FailPoint.cosignatureCommitted, nil])
  func aSecondSetOfSurvivorsIsRefusedAfterARestart(point: FailPoint?) async throws {
    let config = try cast.config()
    let cohort = cast.cohort(in: config)
    var witness = try await cast.start(
      faults: point.map { FailsAt($0) } ?? NoFaults() as any FaultInjector)
    let value = try value(
      try await cast.message(from: witness, cast.reveal(config, cohort)))
    let all = try cast.cosign(config, cohort, values: [value], survivors: [0, 1, 2])
    let two = try cast.cosign(config, cohort, values: [value], survivors: [0, 1])
    let first = try await cast.ask(witness, all)
    #expect((try? first.get()) == nil ? point != nil : point == nil)
    try await witness.close()
    witness = try await cast.start()
    let refusal = try await cast.refusal(of: witness, two)
    #expect(refusal?.reason.contains("503") == true)
    let again = try await cast.message(from: witness, all)
    if case .success(.message(let message)) = first { #expect(again == message) }
    #expect(try Signed<CosignMessage>(decoding: again).isSigned(by: witness.verificationKey))
    try await witness.close()
  }

  @Test func survivorsOfACohortThatWasNotRevealedAreNotSigned() async throws {
    let witness = try await cast.start()
    let config = try cast.config()
    let cohort = cast.cohort(in: config)
    let question = try cast.cosign(
      config, cohort, values: [Bytes32()], survivors: [0, 1, 2])
    #expect(try await cast.refusal(of: witness, question)?.reason.contains("122") == true)
    // With the terms changed after the reveal.
    let value = try value(
      try await cast.message(from: witness, cast.reveal(config, cohort)))
    let lower = try cast.config(leastSurvivors: 1)
    let changed = CosignInquiry(
      configuration: cast.message(lower), cohort: try cast.transcript(config, cohort),
      values: [value], cohortSize: 3, sharers: [7], survivors: [1])
    #expect(
      try await cast.refusal(of: witness, .cosign(changed))?.reason.contains("122") == true)
    // With bits beyond the cohort.
    let beyond = CosignInquiry(
      configuration: cast.message(config), cohort: try cast.transcript(config, cohort),
      values: [value], cohortSize: 3, sharers: [15], survivors: [7])
    #expect(try await cast.refusal(of: witness, .cosign(beyond))?.code == .malformed)
    try await witness.close()
  }

  @Test func whatIsWrongWithACohortIsNamed() async throws {
    let witness = try await cast.start()
    let config = try cast.config()
    let cohort = cast.cohort(in: config)
    func code(
      _ configuration: [UInt8], _ cohort: [[UInt8]], revoked: [Bytes32] = []
    ) async throws -> Substring? {
      try await cast.refusal(
        of: witness,
        .reveal(RevealInquiry(configuration: configuration, cohort: cohort, revoked: revoked))
      )?.reason.split(separator: "(").last?.dropLast()
    }
    let message = cast.message(config)
    #expect(try await code(message, Array(cohort.prefix(2))) == "301")
    #expect(try await code(message, [cohort[0], cohort[1], cohort[1]]) == "313")
    #expect(try await code(message, cohort, revoked: [Bytes32()]) == "204")
    var forged = message
    forged[forged.count - 1] ^= 1
    #expect(try await code(forged, cohort) == "124")
    let otherChain = try cast.config { $0.witnesses[0].previous = Bytes32() }
    #expect(
      try await code(cast.message(otherChain), cast.cohort(in: otherChain)) == "220")
    let beyond = try cast.config { $0.witnesses[0].position = WitnessCast.chainLength + 1 }
    #expect(try await code(cast.message(beyond), cast.cohort(in: beyond)) == "220")
    // None of them has moved the chain.
    #expect(try await cast.standing(of: witness) == 0)
    try await witness.close()
  }

  @Test func onlyTheOwnCoordinatorIsAnswered() async throws {
    let witness = try await cast.start()
    var randomness = RandomStream.system()
    let stranger = SigningKey(random: &randomness)
    let foreign = SignedWitnessRequest(
      .standing, to: witness.verificationKey, issuedAt: WitnessCast.opens, signedBy: stranger,
      randomness: &randomness)
    #expect(await witness.answer(foreign.encoded).status == .signature)
    let misdirected = SignedWitnessRequest(
      .standing, to: stranger.verificationKey, issuedAt: WitnessCast.opens,
      signedBy: cast.coordinator, randomness: &randomness)
    #expect(await witness.answer(misdirected.encoded).status == .signature)
    let old = cast.request(.standing, to: witness, at: WitnessCast.opens - 301)
    #expect(await witness.answer(old.encoded).status == .clock)
    #expect(await witness.answer([]).status == .version)
    #expect(await witness.answer([0xFF, 0xFF]).status == .malformed)
    let long = [UInt8](repeating: 0, count: WireLimits.witnessRequestByteCount + 1)
    #expect(await witness.answer(long).status == .tooLarge)
    try await witness.close()
  }
}
