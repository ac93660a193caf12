import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import SeededRandomness
import Testing

@testable import SecureAggregation

/// A coordinator that holds every key but the victim's, and sends what it likes in any order.
@Suite struct ClientOrderTests {
  /// Validly signed messages for client 0, for several sets of sharers and survivors.
  private struct Arsenal {
    let federation: Federation
    /// By kind.
    private(set) var messages: [MessageKind: [[UInt8]]] = [:]

    init() throws {
      federation = try Federation(5) { $0.leastCohort = 4 }
      let round = PlayedRound(federation)
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
          let transcript = Transcript.survived(shared, survivors: survivors)
          let signatures = try (1..<4).map { index in
            let bytes = federation.identities[index].message(
              ConsistencyMessage(transcript: transcript, index: index))
            return Slotted(
              slot: index + 1,
              value: try Signed<ConsistencyMessage>(decoding: bytes).signature)
          }
          add(
            QuorumMessage(
              transcript: transcript, recipient: 0, signatures: signatures, cosignatures: []))
        }
      }
    }

    private mutating func add(_ content: some MessageContent) {
      add(federation.coordinator.message(content))
    }

    private mutating func add(_ bytes: [UInt8]) {
      guard let kind = try? MessageKind(ofMessage: bytes) else { return }
      messages[kind, default: []].append(bytes)
    }

    var all: [[UInt8]] { messages.values.flatMap(\.self) }
  }

  /// What may be seen of one client, whatever it is sent.
  private func check(_ actions: [ClientAction], _ config: RoundConfig) throws {
    var signed: Bytes32?
    var isReleased = false
    var isCharged = false
    var uploads = 0
    var unmasks: [UnmaskMessage] = []
    var isAborted = false
    for action in actions {
      switch action {
      case .record(.signed(_, let transcript)):
        #expect(signed == nil || signed == transcript, "two sets of survivors were signed")
        signed = transcript
      case .record(.released): isReleased = true
      case .record(.charged): isCharged = true
      case .upload(let input):
        #expect(isCharged, "uploaded before the budget was charged")
        uploads += 1
        #expect(input.vector.count == config.dimension)
      case .send(let bytes):
        #expect(!isAborted, "sent after an abort")
        switch try MessageKind(ofMessage: bytes) {
        case .consistency:
          let message = try Signed<ConsistencyMessage>(decoding: bytes).content
          #expect(message.transcript == signed, "signed before it was recorded")
        case .unmask:
          #expect(isReleased, "released before it was recorded")
          unmasks.append(try Signed<UnmaskMessage>(decoding: bytes).content)
        default: break
        }
      case .abort: isAborted = true
      case .record, .note, .provideContribution: break
      }
    }
    #expect(uploads <= 1, "the same contribution left under two masks")
    #expect(unmasks.count <= 1, "shares were released twice")
    for unmask in unmasks {
      #expect(unmask.transcript == signed, "released for survivors that were not signed")
      // One entry for each slot: of each dealer one share, never both.
      #expect(Set(unmask.entries.map(\.slot)).count == unmask.entries.count)
    }
  }

  @Test func noOrderOfMessagesGetsTwoSharesOrTwoUploads() throws {
    let arsenal = try Arsenal()
    var random = RandomStream.seeded(1, label: "orders")
    var completed = 0
    for _ in 0..<400 {
      var client = arsenal.federation.client(0)
      var actions: [ClientAction] = []
      for _ in 0..<12 {
        // Mostly what the client waits for, so that sequences go deep; else anything.
        let awaited = client.machine.state.awaited.flatMap { arsenal.messages[$0] }
        let isWild = random.nextBelow(UInt64(10)) == 0
        let candidates = isWild ? arsenal.all : awaited ?? arsenal.all
        let message = candidates[Int(random.nextBelow(UInt64(candidates.count)))]
        let before = client.machine.state
        actions += client.actions(for: message, at: arsenal.federation.time(of: .advertise))
        if case .aborted = before { #expect(client.machine.state == before) }
      }
      try check(actions, arsenal.federation.config)
      if actions.contains(where: \.isUnmask) { completed += 1 }
      let isWiped = client.machine.secrets == nil
      #expect(isWiped)
    }
    // The walk is of no use unless many sequences reach the end.
    #expect(completed > 40)
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
