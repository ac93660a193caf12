import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import Testing

@testable import SecureAggregation

/// Coordinators that show different rounds to different clients, or messages of another round.
@Suite struct TranscriptAttackTests {
  private let enrollment = Enrollment(seed: 700)

  // 12. Two clients with different configurations.

  /// The others train a model under which they contribute nothing, the target another one.
  ///
  /// - Parameter isBound: Whether the target's transcript starts with the configuration that it joined.
  private func playTwoConfigurations(
    _ checks: ClientChecks, isBound: Bool
  ) throws -> ScriptedRound {
    let terms = enrollment.terms(cohort: 6)
    let config = try RoundConfig(terms)
    var other = terms
    other.rotationSeed = Enrollment.bytes32("the target's own rotation")
    let targets = try RoundConfig(other)
    let devices = (0..<6).map { member in
      let zero = RingVector(zeros: config.dimension, modulus: config.modulus)
      return Device(
        enrollment, member,
        Device.Setup(
          checks: checks, policy: enrollment.policy,
          circumstances: enrollment.circumstances(of: member == 0 ? targets : config)),
        contribution: member == 0 ? enrollment.contribution(of: 0, config) : zero)
    }
    let round = try ScriptedRound(enrollment, terms, devices)
    round.playAdvertise(1..<6)
    round.send(targets, to: 0)
    if !isBound {
      // A client whose transcript does not start with a hash of what it was offered.
      let own = try #require(round.advertised[0]).content
      let unbound = AdvertiseMessage(
        transcript: round.transcript, certificate: own.certificate,
        agreementKey: own.agreementKey, maskKey: own.maskKey, nonce: own.nonce)
      devices[0].client.machine.round = JoinedRound(
        config: targets, transcript: round.transcript, advertise: unbound)
      round.collect(Signed(unbound, by: enrollment.deviceKey(0)).encoded, from: 0)
    }
    let own = try #require(round.advertised[0]).content.transcript
    for client in 0..<6 {
      let directory = try round.directory(for: client)
      round.send(
        DirectoryMessage(
          transcript: client == 0 ? own : round.transcript, recipient: client,
          leaves: directory.leaves, reveals: [], neighbors: directory.neighbors),
        to: client)
    }
    for client in 0..<6 where round.codes[client] == nil {
      let inbox = try round.inbox(for: client, sharers: round.everybody)
      let transcript = try #require(round.shares[client]).transcript
      round.send(
        InboxMessage(
          transcript: transcript, recipient: client, sharers: inbox.sharers,
          boxes: inbox.boxes),
        to: client)
    }
    for client in 1..<6 where round.codes[client] == nil {
      round.send(try round.survivors(round.everybody, of: round.everybody), to: client)
    }
    if !isBound {
      round.send(try round.survivors(round.everybody, of: round.everybody), to: 0)
    }
    for client in 0..<6 where round.codes[client] == nil {
      round.send(
        try round.quorum(for: client, round.everybody, of: round.everybody), to: client)
    }
    return round
  }

  @Test func twoConfigurationsAreTwoRounds() throws {
    // Each side sees that the other's keys were signed for another round.
    let round = try playTwoConfigurations(.all, isBound: true)
    for client in 0..<6 { #expect(round.codes[client] == .neighborSignature) }
    #expect(round.inputs.isEmpty)

    // Clients that do not look at those signatures still make masks that do not cancel.
    let careless = ClientChecks.all.without(.neighborSignature, in: \.neighbor)
    let second = try playTwoConfigurations(careless, isBound: true)
    #expect(second.inputs.count == 6)
    let target = try #require(second.inputs[0]).header.content.transcript
    #expect(try target != second.sharers(second.everybody).transcript)
    #expect(second.devices[1].client.events == [.boxRejected(slot: 1)])
    var extraction = try second.extraction()
    #expect(extraction.sum(of: Array(0..<6)) == nil)

    let unbound = try playTwoConfigurations(.all, isBound: false)
    #expect(unbound.codes.isEmpty)
    var leaked = try unbound.extraction()
    #expect(leaked.sum(of: Array(0..<6)) == unbound.devices[0].contribution)
  }

  /// One bit of T0 to T3 at one client: all of its masks are others, and no sum that it is in comes out.
  @Test(arguments: 0..<4)
  func oneBitOfTheTranscriptDestroysTheSum(stage: Int) throws {
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 5))
    round.playAdvertise(0..<5)
    try round.playShares(0..<5)
    try round.playInput(1..<5, sharers: round.everybody)
    let device = round.devices[0]
    let inbox = try round.inbox(for: 0, sharers: round.everybody)
    let time = round.time(of: .inbox)
    _ = device.client.reaction(
      to: enrollment.coordinator.message(inbox), at: time)
    let cohort = try round.cohort()
    func flipped(_ value: Bytes32, at place: Int) -> Bytes32 {
      guard place == stage else { return value }
      var bytes = value.bytes
      bytes[stage] ^= 4
      return Bytes32(bytes) ?? value
    }
    let seed = Beacon.graphSeed(cohort: cohort.gathered, values: [])
    let t0 = flipped(round.transcript, at: 0)
    let t1 = flipped(Transcript.gathered(t0, cohort: cohort.tree), at: 1)
    let t2 = flipped(
      Transcript.connected(t1, seed: seed, parameters: cohort.graph.parameters), at: 2)
    let t3 = flipped(Transcript.shared(t2, sharers: round.everybody), at: 3)
    device.client.machine.sharers = Sharers(members: round.everybody, transcript: t3)
    guard
      case .upload(let input)? = device.client.machine.contribute(
        device.contribution, at: time
      ).last
    else {
      Issue.record("no upload")
      return
    }
    round.collect(input.encoded, from: 0)
    var extraction = try round.extraction()
    for index in 0..<5 {
      let confession = try #require(round.devices[index].confession)
      extraction.addSelfMask(try #require(confession.selfMask), of: index)
    }
    let opened = extraction.sum(of: Array(0..<5))
    let sum = try #require(opened)
    let differing = zip(sum.words, round.trueSum(of: 0..<5).words).count { $0 != $1 }
    #expect(differing == round.config.dimension)
  }

  // 13. Messages of an old round.

  @Test func messagesOfAnOldRoundAreRefused() throws {
    var terms = enrollment.terms(cohort: 5)
    let old = try ScriptedRound(enrollment, terms)
    try old.playToInput()
    try old.playConsistency(0..<5, old.everybody, of: old.everybody)
    try old.playUnmask(0..<5, old.everybody, of: old.everybody)
    terms.round = 2
    let config = try RoundConfig(terms)
    let devices = old.devices.map { device in
      var setup = device.setup
      setup.circumstances = enrollment.circumstances(of: config)
      setup.history = ClientHistory(device.client.records)
      setup.occasion = 1
      return Device(enrollment, device.member, setup, contribution: device.contribution)
    }
    let new = try ScriptedRound(enrollment, terms, devices)
    try new.playToInput()
    try new.playConsistency(0..<5, new.everybody, of: new.everybody)
    let codes: [AbortCode] = [
      .roundCounter, .transcript, .transcript, .transcript, .transcript,
    ]
    // The log holds the old round, too.
    var offered = devices[0].setup
    offered.circumstances = enrollment.circumstances(of: old.config)
    let idle = Device(enrollment, 0, offered, contribution: devices[0].contribution)
    for (count, code) in codes.enumerated() {
      let device = count == 0 ? idle : devices[0].replica(after: count)
      let (message, time) = old.devices[0].received[count]
      #expect(device.answer(message, at: time).code == code)
    }
    // Boxes of the old round in an Inbox of the new one do not open.
    let device = devices[0].replica(after: 2)
    let boxes = try old.inbox(for: 0, sharers: old.everybody).boxes
    let inbox = InboxMessage(
      transcript: try new.cohort().connected, recipient: 0, sharers: new.everybody, boxes: boxes)
    _ = device.answer(
      enrollment.coordinator.message(inbox), at: new.time(of: .inbox))
    #expect(device.client.events.count == 4)
    // Signatures of the old round in a Quorum of the new one do not count.
    let quorum = try new.quorum(for: 0, new.everybody, of: new.everybody)
    let signatures = try old.quorum(for: 0, old.everybody, of: old.everybody).signatures
    let answer = devices[0].replica().answer(
      enrollment.coordinator.message(
        QuorumMessage(
          transcript: quorum.transcript, recipient: 0, signatures: signatures,
          cosignatures: [])
      ), at: new.time(of: .quorum))
    #expect(answer.code == .neighborSignature)
  }

  /// Clients 6 and 7 dropped out of an old round, so their mask keys are public.
  ///
  /// If their old keys counted
  /// in a new round, the coordinator would seat them again and know all masks with them.
  private func playReplayedKeys(isFreshnessChecked: Bool) throws -> (ScriptedRound, RingVector?) {
    var terms = enrollment.terms(cohort: 8)
    let old = try ScriptedRound(enrollment, terms)
    old.playAdvertise(0..<8)
    try old.playShares(0..<8)
    try old.playInput(0..<6, sharers: old.everybody)
    try old.playConsistency(0..<6, old.set(0..<6), of: old.everybody)
    try old.playUnmask(0..<6, old.set(0..<6), of: old.everybody)
    var opened = try old.extraction()

    terms.round = 2
    terms.leastSurvivors = 7
    var checks = ClientChecks.all
    if !isFreshnessChecked {
      // A signature on keys that does not say for which round they are.
      let oldTranscript = old.transcript
      checks = checks.without(.neighborSignature, in: \.neighbor)
      checks.neighbor.append(
        Check(.neighborSignature, "Directory.neighbors.signature") { introduction in
          let advertise = introduction.neighbor.advertise
          let keys = advertise.content
          let earlier = AdvertiseMessage(
            transcript: oldTranscript, certificate: keys.certificate,
            agreementKey: keys.agreementKey, maskKey: keys.maskKey, nonce: keys.nonce)
          return advertise.isSigned(by: keys.identity)
            || Signed(earlier, signature: advertise.signature).isSigned(by: keys.identity)
        })
    }
    let new = try ScriptedRound(enrollment, terms, checks: checks, occasion: 1)
    new.playAdvertise(0..<6)
    for absent in 6..<8 {
      new.collect(try #require(old.advertised[absent]).encoded, from: absent)
    }
    try new.playShares(0..<6)
    if !new.codes.isEmpty { return (new, nil) }
    // To the clients the absent two have shared, uploaded and survived.
    for client in 0..<6 {
      new.send(try new.inbox(for: client, sharers: new.everybody), to: client)
    }
    for client in 0..<6 {
      new.send(try new.survivors(new.everybody, of: new.everybody), to: client)
    }
    for client in 0..<6 {
      new.send(try new.quorum(for: client, new.everybody, of: new.everybody), to: client)
    }
    var extraction = try new.extraction()
    for absent in 6..<8 {
      let secret = opened.secret(.maskKey, of: absent)
      extraction.addMaskKey(try #require(secret), of: absent)
    }
    return (new, extraction.sum(of: Array(0..<6)))
  }

  @Test func keysAreForOneRound() throws {
    let (round, extracted) = try playReplayedKeys(isFreshnessChecked: true)
    for client in 0..<6 { #expect(round.codes[client] == .neighborSignature) }
    #expect(extracted == nil && round.inputs.isEmpty)
    // Six contributions, though seven survivors were agreed.
    let (gullible, leaked) = try playReplayedKeys(isFreshnessChecked: false)
    #expect(leaked == gullible.trueSum(of: 0..<6))
  }
}
