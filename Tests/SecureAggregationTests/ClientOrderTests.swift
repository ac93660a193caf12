import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import SeededRandomness
import Testing

@testable import SecureAggregation

/// A coordinator that holds every key but the victim's, and sends what it likes in any order.
@Suite struct ClientOrderTests {
  /// Signed messages for client 0, for several sets of sharers and survivors; some of them are false.
  private struct Arsenal {
    let federation: Federation
    /// Distinguishes the client's keys in this round from those in others.
    let attempt: UInt64
    /// By kind.
    private(set) var messages: [MessageKind: [[UInt8]]] = [:]
    /// Quorums by T4, and the survivors that it stands for.
    private(set) var quorums: [Bytes32: [[UInt8]]] = [:]
    private(set) var survivors: [Bytes32: CohortSet] = [:]

    /// - Parameter round: Rounds of one federation follow one another in time.
    init(round number: UInt64 = 1, attempt: UInt64 = 0) throws {
      self.attempt = attempt
      federation = try Federation(5) {
        $0.leastCohort = 4
        $0.round = number
        $0.opens += 10_000 * number
        for step in $0.deadlines.indices { $0.deadlines[step] += 10_000 * number }
      }
      let federation = federation
      let round = PlayedRound(federation) { federation.client($0, attempt: attempt) }
      add(round.server.configMessage)
      round.play()
      add(try #require(round.deliveries[0]))
      round.play()
      let inbox = try Signed<InboxMessage>(decoding: try #require(round.deliveries[0])).content
      let all = CohortSet(0..<5, cohortSize: 5)
      let four = CohortSet(0..<4, cohortSize: 5)
      for sharers in [all, four] {
        add(
          InboxMessage(
            transcript: inbox.transcript, recipient: 0, sharers: sharers,
            boxes: inbox.boxes.filter { sharers.contains($0.slot - 1) }))
        let shared = Transcript.shared(inbox.transcript, sharers: sharers)
        for survivors in [all, four] where survivors.isSubset(of: sharers) {
          add(SurvivorsMessage(transcript: shared, survivors: survivors))
          self.survivors[Transcript.survived(shared, survivors: survivors)] = survivors
        }
      }
      for transcript in survivors.keys { try addQuorums(on: transcript) }
    }

    /// Quorums that are as they have to be, and such as must release nothing.
    private mutating func addQuorums(on transcript: Bytes32) throws {
      func signature(
        _ index: Int, on transcript: Bytes32, as claimed: Int? = nil
      ) throws -> Signature {
        let bytes = federation.identities[index].message(
          ConsistencyMessage(transcript: transcript, index: claimed ?? index))
        return try Signed<ConsistencyMessage>(decoding: bytes).signature
      }
      func own(_ indices: [Int]) throws -> [Slotted<Signature>] {
        try indices.map { Slotted(slot: $0 + 1, value: try signature($0, on: transcript)) }
      }
      let other = try #require(survivors.keys.first { $0 != transcript })
      let one = try signature(1, on: transcript)
      let full = try own([1, 2, 3])
      let lists = [
        // Three of the others and the client itself are the four that it takes.
        full, full, full, full, full, full,
        // Too few.
        try own([1, 2]), try own([2]), [],
        // One of them several times.
        [2, 3, 4].map { Slotted(slot: $0, value: one) },
        [full[0], full[0], full[1]],
        // Of somebody who is not among the survivors, perhaps, or of the client itself.
        try own([1, 2, 4]), try own([0, 1, 2]),
        // On other survivors, or in the place of another.
        try [1, 2, 3].map { Slotted(slot: $0 + 1, value: try signature($0, on: other)) },
        full.dropLast() + [Slotted(slot: 4, value: try signature(3, on: other))],
        full.dropLast() + [Slotted(slot: 4, value: try signature(4, on: transcript, as: 3))],
      ]
      for signatures in lists {
        let bytes = federation.coordinator.message(
          QuorumMessage(
            transcript: transcript, recipient: 0, signatures: signatures, cosignatures: []))
        add(bytes)
        quorums[transcript, default: []].append(bytes)
      }
    }

    private mutating func add(_ content: some MessageContent) {
      add(federation.coordinator.message(content))
    }

    private mutating func add(_ bytes: [UInt8]) {
      guard let kind = try? MessageKind(ofMessage: bytes) else { return }
      messages[kind, default: []].append(bytes)
    }

    /// In the order of their kinds, so that a seed decides what is drawn.
    var all: [[UInt8]] {
      messages.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap(\.value)
    }

    /// What a client may wait for; after its signature, what fits to that or is another set of survivors.
    func candidates(for client: borrowing PlayedClient) -> [[UInt8]] {
      let awaited = client.machine.state.awaited
      if awaited == .quorum, let signed = client.machine.survivors?.transcript,
        let fitting = quorums[signed]
      {
        return fitting + (messages[.survivors] ?? [])
      }
      return awaited.flatMap { messages[$0] } ?? all
    }

    /// How many of the survivors signed what a Quorum is about, as anybody can check.
    func validSigners(of quorum: [UInt8], on transcript: Bytes32) -> Int {
      guard let content = try? Signed<QuorumMessage>(decoding: quorum).content,
        let members = survivors[transcript]
      else { return 0 }
      let signers = content.signatures.compactMap { entry -> Int? in
        let index = entry.slot - 1
        let statement = Signed(
          ConsistencyMessage(transcript: transcript, index: index), signature: entry.value)
        guard index != 0, members.contains(index),
          statement.isSigned(by: federation.identities[index].verificationKey)
        else { return nil }
        return index
      }
      return Set(signers).count
    }
  }

  /// One message, and what a client did about it.
  private struct Turn {
    let message: [UInt8]
    let actions: [ClientAction]
  }

  /// What a client must never do, and did.
  private enum Violation: Hashable {
    case signedTwoSets, signedUnrecorded, sentAfterAbort
    case uploadedUncharged, uploadedTwice, uploadedOtherLength
    case releasedUnrecorded, releasedTwice, releasedBothShares, releasedUnsigned,
      releasedBeforeQuorum
    case usedAKeyTwice
  }

  /// What may not be seen of one client in one round, whatever it is sent.
  private func violations(_ turns: [Turn], _ arsenal: Arsenal) throws -> Set<Violation> {
    let config = arsenal.federation.config
    let threshold = config.graphParameters(cohortSize: 5).threshold
    var found: Set<Violation> = []
    func require(_ isFine: Bool, _ violation: Violation) {
      if !isFine { found.insert(violation) }
    }
    var recorded: Bytes32?
    var sentSignatures: Set<Bytes32> = []
    var (isReleased, isCharged, isAborted) = (false, false, false)
    var (uploads, releases) = (0, 0)
    for turn in turns {
      for action in turn.actions {
        switch action {
        case .record(.signed(_, let transcript)):
          require(recorded == nil || recorded == transcript, .signedTwoSets)
          recorded = transcript
        case .record(.released): isReleased = true
        case .record(.charged): isCharged = true
        case .upload(let input):
          require(isCharged, .uploadedUncharged)
          uploads += 1
          require(uploads == 1, .uploadedTwice)
          require(input.vector.count == config.dimension, .uploadedOtherLength)
        case .send(let bytes):
          require(!isAborted, .sentAfterAbort)
          switch try MessageKind(ofMessage: bytes) {
          case .consistency:
            let message = try Signed<ConsistencyMessage>(decoding: bytes).content
            require(message.transcript == recorded, .signedUnrecorded)
            sentSignatures.insert(message.transcript)
          case .unmask:
            require(isReleased, .releasedUnrecorded)
            releases += 1
            require(releases == 1, .releasedTwice)
            let unmask = try Signed<UnmaskMessage>(decoding: bytes).content
            // One entry for each slot: of each dealer one share, never both.
            require(
              Set(unmask.entries.map(\.slot)).count == unmask.entries.count, .releasedBothShares)
            require(
              unmask.transcript == recorded && sentSignatures == [unmask.transcript],
              .releasedUnsigned)
            let signers = arsenal.validSigners(of: turn.message, on: unmask.transcript)
            require(signers + 1 >= threshold, .releasedBeforeQuorum)
          default: break
          }
        case .abort: isAborted = true
        case .record, .note, .provideContribution: break
        }
      }
    }
    return found
  }

  /// One client that is sent `count` messages, mostly what it waits for, so that sequences go deep.
  ///
  /// - Parameter strangers: Messages of other rounds that may be among them.
  private func walk(
    _ arsenal: Arsenal, _ client: inout PlayedClient, count: Int = 12,
    strangers: [[UInt8]] = [], _ random: inout RandomStream
  ) -> [Turn] {
    var turns: [Turn] = []
    for _ in 0..<count {
      let isWild = random.nextBelow(UInt64(10)) == 0
      let candidates = isWild ? arsenal.all + strangers : arsenal.candidates(for: client)
      let message = candidates[Int(random.nextBelow(UInt64(candidates.count)))]
      let before = client.machine.state
      turns.append(
        Turn(
          message: message,
          actions: client.actions(for: message, at: arsenal.federation.time(of: .advertise))))
      if case .aborted = before { #expect(client.machine.state == before) }
    }
    return turns
  }

  private static let walkCount = 500

  @Test func noOrderOfMessagesReleasesTooMuch() throws {
    let arsenal = try Arsenal()
    var random = RandomStream.seeded(1, label: "orders")
    var completed = 0
    for _ in 0..<Self.walkCount {
      var client = arsenal.federation.client(0)
      let turns = walk(arsenal, &client, &random)
      #expect(try violations(turns, arsenal) == [])
      if turns.contains(where: { $0.actions.contains(where: \.isUnmask) }) { completed += 1 }
      let isWiped = client.machine.secrets == nil
      #expect(isWiped || client.machine.state.awaited != nil)
    }
    // The walk is of no use unless many sequences reach the end.
    #expect(completed > 40)
  }

  /// Checks without which some order has to be a violation, else the orders would show nothing.
  private static let needed: [(removed: ClientChecks, violation: Violation)] = [
    (.all.without(.fewSignatures, in: \.quorum), .releasedBeforeQuorum),
    (.all.without(.neighborSignature, in: \.signature), .releasedBeforeQuorum),
    (.all.without(.notANeighbor, in: \.signer), .releasedBeforeQuorum),
    (takingSurvivorsTwice.without(.secondSurvivorSet, in: \.signing), .signedTwoSets),
  ]

  /// A client that looks at further Survivors while it waits for the Quorum.
  private static var takingSurvivorsTwice: ClientChecks {
    var checks = ClientChecks.all.without(.outOfOrder, in: \.arrival)
    checks.arrival.append(
      Check(.outOfOrder, "header.kind") {
        $0.kind == $0.awaited || ($0.kind == .survivors && $0.awaited == .quorum)
      })
    return checks
  }

  @Test(arguments: needed.indices)
  func someOrderIsAViolationWithoutACheck(place: Int) throws {
    let (checks, violation) = Self.needed[place]
    let arsenal = try Arsenal()
    // The very walks that find nothing with all checks.
    var random = RandomStream.seeded(1, label: "orders")
    let isFound = try (0..<Self.walkCount).contains { _ in
      var client = arsenal.federation.client(0, checks: checks)
      return try violations(walk(arsenal, &client, &random), arsenal).contains(violation)
    }
    #expect(isFound)
  }

  /// All that is to be used once among what one client has sent.
  private func keys(_ turns: [Turn]) throws -> [[UInt8]] {
    var keys: [[UInt8]] = []
    for action in turns.flatMap(\.actions) {
      switch action {
      case .send(let bytes):
        switch try MessageKind(ofMessage: bytes) {
        case .advertise:
          let sent = try Signed<AdvertiseMessage>(decoding: bytes).content
          keys += [sent.agreementKey.encoding.bytes, sent.maskKey.bytes, sent.nonce.bytes]
        case .shares:
          let sent = try Signed<SharesMessage>(decoding: bytes).content
          keys.append(sent.selfMaskPoint.bytes)
          // A box starts with its nonce.
          keys += sent.boxes.map { Array($0.bytes.prefix(SealedBox.nonceByteCount)) }
        default: break
        }
      // Masks follow from T3.
      case .upload(let input):
        keys.append(try InputMessage(decoding: input.encoded).header.content.transcript.bytes)
      case .abort, .record, .note, .provideContribution: break
      }
    }
    return keys
  }

  /// One client in several rounds, one after another, with messages of all of them in any order.
  ///
  /// - Parameter arsenals: One for each round.
  private func playRounds(
    _ arsenals: [Arsenal], _ random: inout RandomStream
  ) throws -> (found: Set<Violation>, keyCount: Int) {
    let strangers = arsenals.flatMap(\.all)
    var history = ClientHistory()
    var found: Set<Violation> = []
    var seen: Set<[UInt8]> = []
    for arsenal in arsenals {
      // The device may start again in the middle of a round.
      for start in 0..<2 {
        var client = arsenal.federation.client(
          0, history: history, attempt: arsenal.attempt + UInt64(start) * 1_000)
        let turns = walk(arsenal, &client, count: 8, strangers: strangers, &random)
        found.formUnion(try violations(turns, arsenal))
        for key in try keys(turns) where !seen.insert(key).inserted { found.insert(.usedAKeyTwice) }
        history = client.machine.history
      }
    }
    return (found, seen.count)
  }

  @Test func noKeyServesTwoRounds() throws {
    let arsenals = try (1...5).map { try Arsenal(round: $0, attempt: $0) }
    var random = RandomStream.seeded(3, label: "orders")
    var keyCount = 0
    for _ in 0..<40 {
      let (found, count) = try playRounds(arsenals, &random)
      #expect(found == [])
      keyCount += count
    }
    // Most rounds come as far as the sharing, where eight keys have been sent.
    #expect(keyCount > 40 * 5 * 6)
    // A client that draws the same in every round is found out.
    let forgetful = try (1...5).map { try Arsenal(round: $0, attempt: 1) }
    #expect(try playRounds(forgetful, &random).found == [.usedAKeyTwice])
  }

  @Test func aQuorumBeforeTheSignatureReleasesNothing() throws {
    let arsenal = try Arsenal()
    for quorum in try #require(arsenal.messages[.quorum]) {
      var client = arsenal.federation.client(0)
      let time = arsenal.federation.time(of: .advertise)
      for kind in [MessageKind.roundConfig, .directory, .inbox] {
        _ = client.actions(for: try #require(arsenal.messages[kind]?.first), at: time)
      }
      let actions = client.actions(for: quorum, at: time)
      #expect(actions.allSatisfy { !$0.isUnmask })
      #expect(client.machine.state == .aborted(.outOfOrder))
    }
  }

  /// Training takes long, and meanwhile a message may end the round: the contribution then stays here.
  @Test func aContributionToARoundThatHasEndedGoesNowhere() throws {
    let arsenal = try Arsenal()
    var client = arsenal.federation.client(0)
    let time = arsenal.federation.time(of: .input)
    for kind in [MessageKind.roundConfig, .directory] {
      let message = try #require(arsenal.messages[kind]?.first)
      _ = client.actions(for: message, at: arsenal.federation.time(of: .advertise))
    }
    let inbox = try #require(arsenal.messages[.inbox]?.first)
    _ = client.machine.received(inbox, at: time, randomness: &client.randomness)
    #expect(client.machine.state == .training)
    _ = client.machine.received([1, 2, 3], at: time, randomness: &client.randomness)
    let actions = client.machine.contribute(arsenal.federation.contribution(of: 0), at: time)
    #expect(actions.isEmpty)
    #expect(client.machine.state == .aborted(.truncated))
  }

  /// Training takes long: what is ready at the deadline or later is not charged and stays here.
  @Test func aContributionThatComesTooLateGoesNowhere() throws {
    let arsenal = try Arsenal()
    let deadline = arsenal.federation.config.deadline(of: .input)
    for (time, isInTime) in [(deadline - 1, true), (deadline, false), (.max, false)] {
      var client = arsenal.federation.client(0)
      for kind in [MessageKind.roundConfig, .directory] {
        let message = try #require(arsenal.messages[kind]?.first)
        _ = client.actions(for: message, at: arsenal.federation.time(of: .advertise))
      }
      let inbox = try #require(arsenal.messages[.inbox]?.first)
      _ = client.machine.received(inbox, at: deadline - 1, randomness: &client.randomness)
      #expect(client.machine.state == .training)
      let actions = client.machine.contribute(arsenal.federation.contribution(of: 0), at: time)
      let uploads = actions.count { if case .upload = $0 { true } else { false } }
      let charges = actions.count { if case .record(.charged) = $0 { true } else { false } }
      #expect(uploads == (isInTime ? 1 : 0) && charges == uploads)
      #expect(client.machine.state == (isInTime ? .uploaded : .aborted(.deadline)))
      let areWiped = client.machine.secrets == nil
      #expect(areWiped == !isInTime)
    }
  }

  /// Fresh keys for every round: nothing that a client publishes comes twice.
  @Test func noKeyIsEverUsedTwice() throws {
    let federation = try Federation(3)
    var seen: Set<Bytes32> = []
    for attempt in 0..<40 {
      var client = federation.client(0, attempt: UInt64(attempt))
      let answer = client.answer(
        federation.server().configMessage, at: federation.time(of: .advertise))
      let keys = try Signed<AdvertiseMessage>(decoding: try #require(answer.message)).content
      for value in [keys.agreementKey.encoding, keys.maskKey, keys.nonce] {
        #expect(seen.insert(value).inserted)
      }
    }
  }
}

extension ClientAction {
  /// Whether shares leave with this.
  fileprivate var isUnmask: Bool {
    guard case .send(let bytes) = self else { return false }
    return bytes.starts(with: MessageKind.unmask.header)
  }
}

extension PlayedClient {
  /// All that follows from a message, the contribution included.
  mutating func actions(for message: [UInt8], at time: UInt64) -> [ClientAction] {
    var actions = machine.received(message, at: time, randomness: &randomness)
    if case .provideContribution? = actions.last {
      actions += machine.contribute(contribution, at: time)
    }
    return actions
  }
}
