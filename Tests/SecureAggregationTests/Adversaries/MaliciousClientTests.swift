import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import TestSupport
import Testing

@testable import SecureAggregation

/// Clients that do not follow the protocol: the coordinator refuses, finds out, or ends the round.
@Suite struct MaliciousClientTests {
  /// One client of eight, whose threshold is six, is malicious.
  private static let culprit = 3

  private func round() throws -> PlayedRound { PlayedRound(try Federation(8)) }

  /// Plays the step with one message of the culprit changed.
  private func play<Content: MessageContent>(
    _ round: PlayedRound, dropping dropped: Set<Int> = [],
    changing change: (Content) throws -> Content
  ) throws {
    let verdicts = try round.play(dropping: dropped) { index, bytes in
      guard index == Self.culprit else { return [bytes] }
      return [
        round.signed(try change(Signed<Content>(decoding: bytes).content), by: Self.culprit)
      ]
    }
    #expect(verdicts[Self.culprit] == [.accepted])
  }

  private func expect(
    _ round: PlayedRound, toEndWith code: AbortCode,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    round.playOn()
    let outcome = await round.outcome()
    let isExpected: Bool
    if case .failure(let error) = outcome {
      isExpected = error.code == code
    } else {
      isExpected = false
    }
    #expect(isExpected, "\(outcome)", sourceLocation: sourceLocation)
  }

  // Shares.

  /// Deals false shares of both secrets, in boxes that open.
  private func dealFalsely(
    _ round: PlayedRound, to holders: [Int], _ shares: SharesMessage
  ) throws -> SharesMessage {
    var boxes = shares.boxes
    for holder in holders {
      let position = holder > Self.culprit ? holder - 1 : holder
      let box = round.clients[Self.culprit].client.machine.falseBox(
        at: position, from: Self.culprit, to: holder, transcript: shares.transcript)
      boxes[position] = try #require(box)
    }
    return SharesMessage(
      transcript: shares.transcript, index: shares.index, selfMaskPoint: shares.selfMaskPoint,
      boxes: boxes)
  }

  /// Whether the culprit is in the sum or drops out, its secret is found in spite of one false share.
  @Test(arguments: [false, true])
  func oneFalseShareIsFoundAndLeftOut(isDropping: Bool) async throws {
    let round = try round()
    round.play()
    try play(round) { try dealFalsely(round, to: [1], $0) }
    round.playOn(dropping: isDropping ? [.input: [Self.culprit]] : [:])
    let opened = try await round.outcome(threads: 2).get()
    let survivors = (0..<8).filter { !isDropping || $0 != Self.culprit }
    #expect(opened.survivors.indices == survivors)
    #expect(opened.vector == round.federation.sum(over: survivors))
    #expect(opened.suspicions == [Suspicion(dealer: Self.culprit, holder: 1)])
  }

  @Test func aFalseShareOfAHolderIsFoundAndLeftOut() async throws {
    let round = try round()
    for _ in 0..<4 { round.play() }
    try play(round) { (message: UnmaskMessage) in
      let entries = message.entries.map { entry in
        let share = entry.slot == 2 ? entry.value.share + Scalar.one : entry.value.share
        return Slotted(
          slot: entry.slot, value: ReleasedShare(secret: entry.value.secret, share: share))
      }
      return UnmaskMessage(
        transcript: message.transcript, index: message.index, entries: entries)
    }
    let opened = try await round.outcome().get()
    #expect(opened.vector == round.federation.sum(over: 0..<8))
    #expect(opened.suspicions == [Suspicion(dealer: 1, holder: Self.culprit)])
  }

  @Test func manyFalseSharesEndTheRoundWithoutASum() async throws {
    let round = try round()
    round.play()
    try play(round) { try dealFalsely(round, to: [0, 1, 2, 4], $0) }
    await expect(round, toEndWith: .pointCheck)
  }

  @Test func garbageInBoxesCostsOnlyTheDealersShares() async throws {
    // Six of eight shares are enough, five are not.
    for spoiled in [2, 3] {
      let round = try round()
      round.play()
      try play(round) { (shares: SharesMessage) in
        let garbage = ShareBox(bytes: [UInt8](repeating: 0x5A, count: ShareBox.byteCount))
        let boxes = shares.boxes.enumerated().map { $0 < spoiled ? garbage : $1 }
        return SharesMessage(
          transcript: shares.transcript, index: shares.index,
          selfMaskPoint: shares.selfMaskPoint, boxes: boxes)
      }
      round.play()
      for holder in 0..<8 {
        let rejected = holder < spoiled ? [ClientEvent.boxRejected(slot: Self.culprit + 1)] : []
        #expect(round.clients[holder].client.events == rejected)
      }
      if spoiled == 3 {
        await expect(round, toEndWith: .fewShares)
      } else {
        round.playOn()
        let opened = try await round.outcome().get()
        #expect(opened.vector == round.federation.sum(over: 0..<8))
      }
    }
  }

  // Points that do not belong to the secrets.

  private var foreignPoint: Bytes32 {
    get throws {
      try SecretScalar(encoding: SecretBytes(known: [9] + [UInt8](repeating: 0, count: 31)))
        .publicPoint.encoding
    }
  }

  private func with(_ point: Bytes32, in shares: SharesMessage) -> SharesMessage {
    SharesMessage(
      transcript: shares.transcript, index: shares.index, selfMaskPoint: point,
      boxes: shares.boxes)
  }

  @Test func aFalseSelfMaskPointEndsTheRound() async throws {
    let round = try round()
    round.play()
    try play(round) { with(try foreignPoint, in: $0) }
    await expect(round, toEndWith: .pointCheck)
    // The identity is no point, and is refused at once.
    let second = try self.round()
    second.play()
    let verdicts = try second.play { index, bytes in
      guard index == Self.culprit else { return [bytes] }
      let shares = try Signed<SharesMessage>(decoding: bytes).content
      return [second.signed(with(Bytes32(), in: shares), by: Self.culprit)]
    }
    #expect(verdicts[Self.culprit]?.first?.refusal == .point)
  }

  /// A mask key whose secret the client does not have.
  @Test(arguments: [true, false])
  func aFalseMaskKeySpoilsTheSumOrEndsTheRound(isDropping: Bool) async throws {
    let round = try round()
    try play(round) { (own: AdvertiseMessage) in
      let changed = AdvertiseMessage(
        transcript: own.transcript, certificate: own.certificate,
        agreementKey: own.agreementKey, maskKey: try foreignPoint, nonce: own.nonce)
      round.clients[Self.culprit].client.machine.round = JoinedRound(
        config: round.federation.config, transcript: own.transcript, advertise: changed)
      return changed
    }
    if isDropping {
      round.play()
      round.play(dropping: [Self.culprit])
      await expect(round, toEndWith: .pointCheck)
    } else {
      // A client can always spoil the sum: P3 claims nothing else.
      round.playOn()
      let opened = try await round.outcome().get()
      #expect(opened.vector != round.federation.sum(over: 0..<8))
    }
  }

  @Test func aCopiedMaskKeyIsRefused() throws {
    let round = try round()
    var copied: Bytes32?
    let verdicts = try round.play { index, bytes in
      let own = try Signed<AdvertiseMessage>(decoding: bytes).content
      if index == 0 { copied = own.maskKey }
      guard index == Self.culprit, let copied else { return [bytes] }
      let changed = AdvertiseMessage(
        transcript: own.transcript, certificate: own.certificate,
        agreementKey: own.agreementKey, maskKey: copied, nonce: own.nonce)
      return [round.signed(changed, by: index)]
    }
    #expect(verdicts[Self.culprit]?.first?.refusal == .duplicateKey)
  }

  // Inputs.

  private func input(
    _ round: PlayedRound, _ index: Int, _ transcript: Bytes32, _ packed: [UInt8],
    digestOf digested: [UInt8]? = nil, by signer: Int? = nil
  ) -> [UInt8] {
    let digested = digested ?? packed
    var digest = VectorDigest(length: digested.count)
    unsafe digest.update(digested.span.bytes)
    let header = InputHeader(
      transcript: transcript, index: index, length: packed.count, digest: digest.finalize())
    return round.signed(header, by: signer ?? index) + packed
  }

  private func zeros(_ round: PlayedRound) -> [UInt8] {
    let config = round.federation.config
    return [UInt8](repeating: 0, count: config.packing.byteCount(of: config.dimension))
  }

  @Test func inputsAreCheckedBeforeTheyAreAdded() async throws {
    let round = try round()
    round.play()
    round.play()
    let zeros = zeros(round)
    let padded = zeros.dropLast() + [1]
    let verdicts = try round.play { index, bytes in
      let transcript = try InputMessage(decoding: bytes).header.content.transcript
      switch index {
      case 0:
        return [
          input(round, 0, transcript, zeros.dropLast()),
          input(round, 0, transcript, zeros + zeros),
          input(round, 0, transcript, zeros, digestOf: Array(padded)),
          input(round, 0, transcript, Array(padded)),
          input(round, 0, transcript, zeros, by: 1),
          input(round, 0, Bytes32(), zeros),
          input(round, 9, transcript, zeros, by: 0),
          bytes.dropLast(), bytes + [0], bytes,
        ]
      // Twice the same, then another one.
      case 1: return [bytes, bytes, input(round, 1, transcript, zeros), bytes]
      default: return [bytes]
      }
    }
    #expect(
      verdicts[0]?.map(\.refusal) == [
        .length, .length, .vectorDigest, .padding, .signature, .transcript, .unknownClient,
        .truncated, .trailing, nil,
      ])
    #expect(verdicts[0]?.last == .accepted)
    #expect(verdicts[1]?.map(\.refusal) == [nil, nil, .equivocation, nil])
    #expect(verdicts[1]?[1] == .repeated && verdicts[1]?[3] == .repeated)
    let accused = round.server.equivocations.map(\.identity)
    #expect(accused == [round.federation.identities[1].verificationKey])
    round.playOn()
    let opened = try await round.outcome().get()
    #expect(opened.vector == round.federation.sum(over: 0..<8))
  }

  @Test func aVectorThatIsNotMaskedSpoilsOnlyTheSum() async throws {
    let round = try round()
    round.play()
    round.play()
    try round.play { index, bytes in
      guard index == Self.culprit else { return [bytes] }
      let transcript = try InputMessage(decoding: bytes).header.content.transcript
      return [input(round, index, transcript, zeros(round))]
    }
    round.playOn()
    let opened = try await round.outcome().get()
    #expect(opened.vector != round.federation.sum(over: 0..<8))
    // What the others contributed does not come out: their masks with the culprit are still in it.
    #expect(opened.vector != round.federation.sum(over: (0..<8).filter { $0 != Self.culprit }))
  }

  @Test func anInputAfterTheStepIsRefused() async throws {
    let round = try round()
    round.play()
    round.play()
    var late: [UInt8] = []
    try round.play { index, bytes in
      guard index == Self.culprit else { return [bytes] }
      late = bytes
      return []
    }
    let verdict = round.server.received(late, at: round.federation.time(of: .input))
    #expect(verdict.refusal == .outOfOrder)
    round.playOn()
    let survivors = (0..<8).filter { $0 != Self.culprit }
    let opened = try await round.outcome().get()
    #expect(opened.survivors.indices == survivors)
    #expect(opened.vector == round.federation.sum(over: survivors))
  }

  // Second messages.

  /// The message with another signature, which its signer can make as often as it likes.
  private func signedAgain(_ bytes: [UInt8], _ seed: [UInt8]) throws -> [UInt8] {
    func again<Content: MessageContent>(_ kind: Content.Type, _ bytes: [UInt8]) throws -> [UInt8] {
      try Signed<Content>(decoding: bytes).signedAgain(withSeed: seed).encoded
    }
    switch try MessageKind(ofMessage: bytes) {
    case .advertise: return try again(AdvertiseMessage.self, bytes)
    case .shares: return try again(SharesMessage.self, bytes)
    case .input:
      let header = try again(InputHeader.self, Array(bytes.prefix(InputHeader.byteCount)))
      return header + bytes.dropFirst(InputHeader.byteCount)
    case .consistency: return try again(ConsistencyMessage.self, bytes)
    case .unmask: return try again(UnmaskMessage.self, bytes)
    default: return []
    }
  }

  /// A second message of any step is refused, even one that differs in nothing but its signature.
  ///
  /// Each member has one place in each step: a second value would stop the coordinator's process.
  @Test func noStepTakesASecondMessageOfAClient() async throws {
    let round = try round()
    let seed = round.federation.identitySeeds[Self.culprit]
    for step in RoundStep.allCases {
      let verdicts = try round.play { index, bytes in
        guard index == Self.culprit else { return [bytes] }
        return [bytes, try signedAgain(bytes, seed), bytes]
      }
      #expect(verdicts[Self.culprit]?.map(\.refusal) == [nil, .equivocation, nil], "\(step)")
      #expect(verdicts[Self.culprit]?.last == .repeated, "\(step)")
    }
    let culprit = round.federation.identities[Self.culprit].verificationKey
    let evidence = round.server.equivocations
    #expect(evidence.map(\.kind) == [.advertise, .shares, .input, .consistency, .unmask])
    #expect(evidence.allSatisfy { $0.identity == culprit })
    let opened = try await round.outcome().get()
    #expect(opened.vector == round.federation.sum(over: 0..<8))
  }

  // Others' names.

  /// The culprit's message under the name of another client, still with the culprit's signature.
  private func forged(_ round: PlayedRound, _ bytes: [UInt8]) throws -> [UInt8] {
    let culprit = Self.culprit
    switch try MessageKind(ofMessage: bytes) {
    case .advertise:
      let own = try Signed<AdvertiseMessage>(decoding: bytes).content
      return round.signed(
        AdvertiseMessage(
          transcript: own.transcript, certificate: round.federation.certificates[4],
          agreementKey: own.agreementKey, maskKey: own.maskKey, nonce: own.nonce),
        by: culprit)
    case .shares:
      let own = try Signed<SharesMessage>(decoding: bytes).content
      return round.signed(
        SharesMessage(
          transcript: own.transcript, index: 4, selfMaskPoint: own.selfMaskPoint,
          boxes: own.boxes),
        by: culprit)
    case .input:
      let own = try InputMessage(decoding: bytes)
      return input(round, 4, own.header.content.transcript, Array(own.packed), by: culprit)
    case .consistency:
      let own = try Signed<ConsistencyMessage>(decoding: bytes).content
      return round.signed(
        ConsistencyMessage(transcript: own.transcript, index: 4), by: culprit)
    case .unmask:
      let own = try Signed<UnmaskMessage>(decoding: bytes).content
      return round.signed(
        UnmaskMessage(transcript: own.transcript, index: 4, entries: own.entries), by: culprit)
    default: return []
    }
  }

  @Test func nobodySpeaksForAnother() async throws {
    let round = try round()
    for step in RoundStep.allCases {
      let verdicts = try round.play { index, bytes in
        index == Self.culprit ? [try forged(round, bytes), bytes] : [bytes]
      }
      #expect(verdicts[Self.culprit]?.first?.refusal == .signature, "\(step)")
      #expect(verdicts[Self.culprit]?.last == .accepted, "\(step)")
      #expect(verdicts[4] == [.accepted], "\(step)")
    }
    let accused = round.server.equivocations.count
    #expect(accused == 0)
    let opened = try await round.outcome().get()
    #expect(opened.vector == round.federation.sum(over: 0..<8))
  }

  @Test func sharesThatNobodyAskedForAreRefused() async throws {
    let round = try round()
    for _ in 0..<4 { round.play() }
    let verdicts = try round.play { index, bytes in
      guard index == Self.culprit else { return [bytes] }
      let own = try Signed<UnmaskMessage>(decoding: bytes).content
      let first = try #require(own.entries.first).value
      func message(_ slot: Int, _ secret: ReleasedSecret) -> [UInt8] {
        round.signed(
          UnmaskMessage(
            transcript: own.transcript, index: index,
            entries: [
              Slotted(slot: slot, value: ReleasedShare(secret: secret, share: first.share))
            ]),
          by: index)
      }
      return [message(1, .maskKey), message(9, .selfMask), bytes, message(1, .selfMask)]
    }
    #expect(
      verdicts[Self.culprit]?.map(\.refusal) == [.unmaskEntry, .unmaskEntry, nil, .equivocation])
    let opened = try await round.outcome().get()
    #expect(opened.vector == round.federation.sum(over: 0..<8))
  }
}

extension AggregationClient {
  /// A box for a neighbor that opens, with the number 7 for both shares.
  fileprivate mutating func falseBox(
    at position: Int, from dealer: Int, to holder: Int, transcript: Bytes32
  ) -> ShareBox? {
    guard let key = secrets?.peers?.outgoingBoxKey(position) else { return nil }
    var pair = [UInt8](repeating: 0, count: 64)
    pair[0] = 7
    pair[32] = 7
    return ShareBox.seal(
      SecretBytes(known: pair), at: 0,
      on: ShareBox.Route(transcript: transcript, dealer: dealer, holder: holder), key: key,
      nonce: [UInt8](repeating: 1, count: SealedBox.nonceByteCount))
  }
}
