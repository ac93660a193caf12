import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import Testing

@testable import SecureAggregation

/// Coordinators that misdeliver, withhold, repeat, reorder or delay messages.
@Suite struct DeliveryAttackTests {
  private let enrollment = Enrollment(seed: 600)

  // 17. A box is delivered as another dealer's, or to another holder.

  /// Everybody gets the box of client 0 in the slot of client 1, too.
  ///
  /// Then 0 is said to have dropped out and
  /// 1 to be there: whoever took the box for that of 1 releases a share of both secrets of 0.
  private func playMisdelivery(isMistaken: Bool) throws -> ScriptedRound {
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 8))
    round.playAdvertise(0..<8)
    try round.playShares(0..<8)
    let graph = try round.cohort().graph
    for holder in 0..<8 {
      let honest = try round.inbox(for: holder, sharers: round.everybody)
      guard holder > 1, let box = round.box(from: 0, to: holder, graph) else {
        round.send(honest, to: holder)
        continue
      }
      let boxes = honest.boxes.map { $0.slot == 2 ? Slotted(slot: 2, value: box) : $0 }
      round.send(
        InboxMessage(
          transcript: honest.transcript, recipient: holder, sharers: honest.sharers,
          boxes: boxes),
        to: holder)
      #expect(round.devices[holder].client.events == [.boxRejected(slot: 2)])
      if isMistaken {
        round.devices[holder].client.machine.takeBox(
          box, from: 0, inSlot: 2, asHolder: holder, transcript: honest.transcript)
      }
    }
    let survivors = round.set(1..<8)
    try round.playConsistency(1..<8, survivors, of: round.everybody)
    try round.playUnmask(1..<8, survivors, of: round.everybody)
    return round
  }

  @Test func aBoxIsItsDealersAndItsHolders() throws {
    func extraction(_ round: ScriptedRound) throws -> Extraction {
      var extraction = try round.extraction()
      for message in round.unmasks where message.index > 1 {
        for entry in message.entries where entry.slot == 2 {
          extraction.add(
            entry.value.share, of: entry.value.secret, dealer: 0, slot: message.index + 1)
        }
      }
      return extraction
    }
    let round = try playMisdelivery(isMistaken: false)
    #expect(round.unmasks.count == 7)
    var attempt = try extraction(round)
    #expect(attempt.secret(.maskKey, of: 0) != nil)
    #expect(attempt.secret(.selfMask, of: 0) == nil)
    #expect(attempt.sum(of: [0]) == nil)

    let mistaken = try playMisdelivery(isMistaken: true)
    var leaked = try extraction(mistaken)
    #expect(leaked.sum(of: [0]) == mistaken.trueSum(of: [0]))
  }

  @Test func boxesOfOthersDoNotOpen() throws {
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 6))
    round.playAdvertise(0..<6)
    try round.playShares(0..<6)
    let graph = try round.cohort().graph
    // What was sealed for client 5 goes to client 0, and what client 0 sealed comes back to it.
    let boxes = (1..<6).compactMap { dealer in
      round.box(from: dealer % 2 == 0 ? 0 : dealer, to: dealer % 2 == 0 ? dealer : 4, graph)
        .map { Slotted(slot: dealer + 1, value: $0) }
    }
    let honest = try round.inbox(for: 0, sharers: round.everybody)
    let answer = round.send(
      InboxMessage(
        transcript: honest.transcript, recipient: 0, sharers: honest.sharers, boxes: boxes),
      to: 0)
    #expect(answer.message != nil)
    #expect(
      round.devices[0].client.events
        == boxes.map { ClientEvent.boxRejected(slot: $0.slot) })
    // The client holds nothing but its own shares.
    #expect(try #require(round.devices[0].confession).held.keys.sorted() == [1])
  }

  @Test func boxesComeFromSharers() throws {
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 6))
    round.playAdvertise(0..<6)
    try round.playShares(0..<6)
    let honest = try round.inbox(for: 0, sharers: round.everybody)
    for (slots, sharers) in [([6], Array(0..<5)), ([1], Array(0..<6)), ([7], Array(0..<6))] {
      let device = round.devices[0].replica()
      let inbox = InboxMessage(
        transcript: honest.transcript, recipient: 0, sharers: round.set(sharers),
        boxes: slots.map { Slotted(slot: $0, value: honest.boxes[0].value) })
      let answer = device.answer(
        enrollment.coordinator.message(inbox), at: round.time(of: .inbox))
      #expect(answer.code == .notANeighbor)
    }
  }

  // 18. Boxes are withheld.

  /// - Parameter masked: Of which sharers the target's pairwise masks are applied; all, unless it lets
  ///   the coordinator decide.
  private func playWithheld(masked: (CohortSet) -> CohortSet) throws -> ScriptedRound {
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 5))
    round.playAdvertise(0..<5)
    try round.playShares(0..<5)
    try round.playInput(1..<5, sharers: round.everybody)
    let honest = try round.inbox(for: 0, sharers: round.everybody)
    let inbox = InboxMessage(
      transcript: honest.transcript, recipient: 0, sharers: honest.sharers, boxes: [])
    let device = round.devices[0]
    let time = round.time(of: .inbox)
    _ = device.client.reaction(
      to: enrollment.coordinator.message(inbox), at: time)
    let known = device.client.machine.sharers
    let sharers = try #require(known)
    device.client.machine.sharers = Sharers(
      members: masked(sharers.members), transcript: sharers.transcript)
    let actions = device.client.machine.contribute(device.contribution, at: time)
    device.client.machine.sharers = sharers
    guard case .upload(let input)? = actions.last else {
      Issue.record("no upload")
      return round
    }
    round.collect(input.encoded, from: 0)
    try round.playConsistency(0..<5, round.everybody, of: round.everybody)
    try round.playUnmask(0..<5, round.everybody, of: round.everybody)
    return round
  }

  @Test func withheldBoxesTakeNoMaskAway() throws {
    let round = try playWithheld { $0 }
    var extraction = try round.extraction()
    #expect(extraction.sum(of: [0]) == nil)
    // The sum is right, although client 0 could release its own share only.
    #expect(extraction.sum(of: Array(0..<5)) == round.trueSum(of: 0..<5))
    #expect(round.unmasks.first { $0.index == 0 }?.entries.map(\.slot) == [1])

    // A client that leaves out the masks of those whose boxes did not come.
    let gullible = try playWithheld { CohortSet([0], cohortSize: $0.cohortSize) }
    var leaked = try gullible.extraction()
    leaked.sharers = Sharers(
      members: gullible.set([0]), transcript: leaked.sharers.transcript)
    #expect(leaked.sum(of: [0]) == gullible.trueSum(of: [0]))
    // The same computation on the real client's upload gives nothing that makes sense.
    extraction.sharers = leaked.sharers
    #expect(extraction.sum(of: [0]) != round.trueSum(of: [0]))
  }

  // 19. Messages out of order, or repeated.

  @Test func everyMessageHasItsMoment() throws {
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 5))
    try round.playToInput()
    try round.playConsistency(0..<5, round.everybody, of: round.everybody)
    try round.playUnmask(0..<5, round.everybody, of: round.everybody)
    let messages = round.devices[0].received
    #expect(messages.count == 5)
    for count in 0...5 {
      for (place, (message, _)) in messages.enumerated() where place != count {
        let device = round.devices[0].replica(after: count)
        // At a time that no deadline forbids.
        let answer = device.answer(message, at: Enrollment.opens)
        #expect(answer.code == .outOfOrder, "message \(place) after \(count)")
        let areWiped = device.client.machine.secrets == nil
        #expect(areWiped)
        let later = device.answer(messages[min(count, 4)].message, at: Enrollment.opens)
        #expect(later == .silence)
      }
    }
  }

  /// A client that takes the same Inbox twice, and trains again, masks two vectors with the same masks.
  @Test func aRepeatedInboxGetsNoSecondInput() throws {
    func play(_ checks: ClientChecks) throws -> (round: ScriptedRound, second: [ClientAction]) {
      let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 5), checks: checks)
      try round.playToInput()
      let inbox = try round.inbox(for: 0, sharers: round.everybody)
      let repeated = InboxMessage(
        transcript: inbox.transcript, recipient: 0, sharers: inbox.sharers, boxes: [])
      let device = round.devices[0]
      let time = round.time(of: .inbox)
      let actions = device.client.reaction(
        to: enrollment.coordinator.message(repeated), at: time)
      guard device.client.machine.state == .training else { return (round, actions) }
      return (round, device.client.machine.contribute(round.trueSum(of: [1]), at: time))
    }
    let honest = try play(.all)
    #expect(honest.round.devices[0].client.machine.state == .aborted(.outOfOrder))
    let uploads = honest.second.count { if case .upload = $0 { true } else { false } }
    #expect(uploads == 0)

    let gullible = try play(ClientChecks.all.without(.outOfOrder, in: \.arrival))
    guard case .upload(let second)? = gullible.second.last else {
      Issue.record("no second upload")
      return
    }
    let inputs = try gullible.round.extraction().inputs
    let first = try #require(inputs[0])
    let difference = zip(first.words, second.vector.words).map { $0 &- $1 }
    let leaked = zip(gullible.round.trueSum(of: [0]).words, gullible.round.trueSum(of: [1]).words)
    #expect(difference == leaked.map { $0 &- $1 })
  }

  @Test func messagesForOthersAreRefused() throws {
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 5))
    try round.playToInput()
    let inbox = round.devices[1].received[2]
    let device = round.devices[0].replica(after: 2)
    #expect(device.answer(inbox.message, at: inbox.time).code == .recipient)
    // And messages that the coordinator did not sign.
    for count in 1..<3 {
      let device = round.devices[0].replica(after: count)
      var (message, time) = round.devices[0].received[count]
      message[message.count - 1] ^= 1
      #expect(device.answer(message, at: time).code == .signature)
    }
  }

  // 25. Counts and lengths beyond every limit.

  @Test func countsAreBoundedBeforeAnythingIsAllocated() throws {
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 5))
    try round.playToInput()
    try round.playConsistency(0..<5, round.everybody, of: round.everybody)
    try round.playUnmask(0..<5, round.everybody, of: round.everybody)
    // Where each message has a count: n, witnesses, entries.
    let fields: [(place: Int, offset: Int)] = [
      (0, 280), (0, 336), (0, 416), (1, 40), (1, 48 + 5 * 32), (1, 52 + 5 * 32), (2, 44),
      (2, 49), (3, 40), (4, 44), (4, 48 + 3 * 68),
    ]
    for (place, offset) in fields {
      for value in [UInt32.max, 1 << 31, 1 << 25] {
        let device = round.devices[0].replica(after: place)
        var (message, time) = round.devices[0].received[place]
        for byte in 0..<4 {
          message[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte))
        }
        let answer = device.answer(message, at: time)
        #expect(answer.code == .limit, "message \(place), byte \(offset)")
      }
    }
    // A length that is within its limit but not there.
    for (place, (message, time)) in round.devices[0].received.enumerated() {
      for count in [0, 7, 8, 41, message.count - 1] {
        let device = round.devices[0].replica(after: place)
        #expect(device.answer(Array(message.prefix(count)), at: time).code == .truncated)
      }
      let device = round.devices[0].replica(after: place)
      #expect(device.answer(message + [0], at: time).code == .trailing)
    }
  }

  // 27. The coordinator waits until after the deadline.

  private func playLate(_ checks: ClientChecks) throws -> ScriptedRound {
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 5), checks: checks)
    try round.playToInput()
    try round.playConsistency(0..<5, round.everybody, of: round.everybody)
    for client in 0..<5 {
      round.send(
        try round.quorum(for: client, round.everybody, of: round.everybody), to: client,
        at: Enrollment.deadlines[4])
    }
    return round
  }

  @Test func nothingIsReleasedAfterTheDeadline() throws {
    let round = try playLate(.all)
    for client in 0..<5 { #expect(round.codes[client] == .deadline) }
    var extraction = try round.extraction()
    #expect(extraction.openSets(among: Array(0..<5)).isEmpty)
    let patient = try playLate(ClientChecks.all.without(.deadline, in: \.arrival))
    var late = try patient.extraction()
    #expect(late.sum(of: Array(0..<5)) == patient.trueSum(of: 0..<5))
  }

  @Test func theClockAloneEndsEveryWait() throws {
    let round = try ScriptedRound(enrollment, enrollment.terms(cohort: 5))
    try round.playToInput()
    try round.playConsistency(0..<5, round.everybody, of: round.everybody)
    for count in 1...4 {
      let device = round.devices[0].replica(after: count)
      let deadline = Enrollment.deadlines[count]
      #expect(device.client.timePassed(to: deadline - 1) == .silence)
      let areThere = device.client.machine.secrets != nil
      #expect(areThere)
      #expect(device.client.timePassed(to: deadline).code == .deadline)
      let areWiped = device.client.machine.secrets == nil
      #expect(areWiped)
      #expect(device.client.machine.state == .aborted(.deadline))
    }
  }
}

extension AggregationClient {
  /// Opens a box with the keys of its dealer and holds the shares as those of another slot.
  fileprivate mutating func takeBox(
    _ box: ShareBox, from dealer: Int, inSlot slot: Int, asHolder holder: Int,
    transcript: Bytes32
  ) {
    let position = neighborhood?.neighbors.firstIndex { $0.index == dealer }
    guard let position, let key = secrets?.peers?.incomingBoxKey(position) else { return }
    let route = ShareBox.Route(transcript: transcript, dealer: dealer, holder: holder)
    guard let shares = try? box.open(on: route, key: key) else { return }
    _ = try? secrets?.hold(shares: shares, ofSlot: slot)
  }
}
