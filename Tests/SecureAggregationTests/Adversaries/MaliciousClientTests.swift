import CryptoPrimitives
import RingArithmetic
import TestSupport
import Testing

@testable import SecureAggregation

/// Clients that do not follow the protocol: the coordinator refuses, finds out, or ends the round, and no
/// other client's contribution is nearer to being open.
@Suite struct MaliciousClientTests {
  private let enrollment = Enrollment(seed: 800)

  private func round(_ size: Int = 8) throws -> ServedRound {
    try ServedRound(enrollment, enrollment.terms(cohort: size), size: size)
  }

  // Shares.

  /// Deals false shares of both secrets to some holders, in boxes that open.
  private func dealFalsely(
    _ round: ServedRound, _ dealer: Int, to holders: [Int], _ bytes: [UInt8]
  ) throws -> [UInt8] {
    let shares = try Signed<SharesMessage>(decoding: bytes).content
    var boxes = shares.boxes
    for holder in holders {
      let position = holder > dealer ? holder - 1 : holder
      let box = round.devices[dealer].client.machine.falseBox(
        at: position, from: dealer, to: holder, transcript: shares.transcript)
      boxes[position] = try #require(box)
    }
    return round.signed(
      SharesMessage(
        transcript: shares.transcript, index: shares.index,
        selfMaskPoint: shares.selfMaskPoint, boxes: boxes),
      by: dealer)
  }

  @Test func oneFalseShareIsFoundAndLeftOut() async throws {
    let round = try round()
    round.tamper = { kind, index, bytes in
      guard kind == .shares, index == 3 else { return [bytes] }
      return [try dealFalsely(round, 3, to: [1], bytes)]
    }
    try round.play()
    let opened = try await round.open()
    #expect(opened.vector == round.trueSum(of: 0..<8))
    #expect(opened.suspicions == [Suspicion(dealer: 3, holder: 1)])
  }

  @Test func aShareThatAHolderFalsifiesIsFoundAndLeftOut() async throws {
    let round = try round()
    round.tamper = { kind, index, bytes in
      guard kind == .unmask, index == 1 else { return [bytes] }
      let message = try Signed<UnmaskMessage>(decoding: bytes).content
      let entries = message.entries.map { entry in
        entry.slot == 4
          ? Slotted(
            slot: 4,
            value: ReleasedShare(
              secret: entry.value.secret, share: entry.value.share + Scalar.one)) : entry
      }
      return [
        round.signed(
          UnmaskMessage(
            transcript: message.transcript, index: message.index, entries: entries),
          by: 1)
      ]
    }
    try round.play()
    let opened = try await round.open()
    #expect(opened.vector == round.trueSum(of: 0..<8))
    #expect(opened.suspicions == [Suspicion(dealer: 3, holder: 1)])
  }

  @Test func manyFalseSharesEndTheRoundWithoutASum() async throws {
    let round = try round()
    round.tamper = { kind, index, bytes in
      guard kind == .shares, index == 3 else { return [bytes] }
      return [try dealFalsely(round, 3, to: [0, 1, 2, 4], bytes)]
    }
    try round.play()
    await #expect(throws: ProtocolError(.pointCheck, "Unmask.entries")) {
      try await round.open()
    }
  }

  @Test func garbageInBoxesCostsOnlyTheDealersShares() async throws {
    for (spoiled, code) in [(2, nil), (3, AbortCode.fewShares)] {
      let round = try round()
      round.tamper = { kind, index, bytes in
        guard kind == .shares, index == 3 else { return [bytes] }
        let shares = try Signed<SharesMessage>(decoding: bytes).content
        let boxes = shares.boxes.enumerated().map { place, box in
          place < spoiled
            ? ShareBox(bytes: [UInt8](repeating: 0x5A, count: ShareBox.byteCount)) : box
        }
        return [
          round.signed(
            SharesMessage(
              transcript: shares.transcript, index: 3, selfMaskPoint: shares.selfMaskPoint,
              boxes: boxes),
            by: 3)
        ]
      }
      try round.play()
      for holder in 0..<spoiled {
        #expect(round.devices[holder].client.events == [.boxRejected(slot: 4)])
      }
      if let code {
        let error = await #expect(throws: ProtocolError.self) { try await round.open() }
        #expect(error?.code == code)
      } else {
        let opened = try await round.open()
        #expect(opened.vector == round.trueSum(of: 0..<8))
      }
    }
  }

  // Points that do not belong to the secrets.

  @Test func aFalseSelfMaskPointEndsTheRound() async throws {
    let round = try round()
    round.tamper = { kind, index, bytes in
      guard kind == .shares, index == 3 else { return [bytes] }
      let shares = try Signed<SharesMessage>(decoding: bytes).content
      return [
        round.signed(
          SharesMessage(
            transcript: shares.transcript, index: 3,
            selfMaskPoint: Puppet(enrollment, 1).maskPoint, boxes: shares.boxes),
          by: 3)
      ]
    }
    try round.play()
    await #expect(throws: ProtocolError(.pointCheck, "Unmask.entries")) {
      try await round.open()
    }
    // The identity is refused at once.
    let second = try self.round()
    second.tamper = { kind, index, bytes in
      guard kind == .shares, index == 3 else { return [bytes] }
      let shares = try Signed<SharesMessage>(decoding: bytes).content
      return [
        second.signed(
          SharesMessage(
            transcript: shares.transcript, index: 3, selfMaskPoint: Bytes32(),
            boxes: shares.boxes),
          by: 3)
      ]
    }
    try second.play(to: .shares)
    #expect(second.refusal(.shares, 3) == .point)
  }

  /// A mask key whose secret the client does not have.
  @Test(arguments: [true, false])
  func aFalseMaskKeySpoilsTheSumOrEndsTheRound(isDropping: Bool) async throws {
    let round = try round()
    round.tamper = { kind, index, bytes in
      guard kind == .advertise, index == 3 else { return [bytes] }
      let own = try Signed<AdvertiseMessage>(decoding: bytes).content
      let changed = AdvertiseMessage(
        transcript: own.transcript, certificate: own.certificate,
        agreementKey: own.agreementKey, maskKey: Puppet(enrollment, 2).maskPoint,
        nonce: own.nonce)
      round.devices[3].client.machine.round = JoinedRound(
        config: round.config, transcript: own.transcript, advertise: changed)
      return [round.signed(changed, by: 3)]
    }
    try round.play(without: isDropping ? [.input: [3]] : [:])
    if isDropping {
      await #expect(throws: ProtocolError(.pointCheck, "Unmask.entries")) {
        try await round.open()
      }
    } else {
      // A client can always spoil the sum: P3 claims nothing else.
      let opened = try await round.open()
      #expect(opened.vector != round.trueSum(of: 0..<8))
    }
  }

  // Inputs.

  private func input(
    _ round: ServedRound, _ index: Int, _ transcript: Bytes32, _ packed: [UInt8],
    digestOf digested: [UInt8]? = nil, by member: Int? = nil
  ) -> [UInt8] {
    let digested = digested ?? packed
    var digest = VectorDigest(length: digested.count)
    unsafe digest.update(digested.span.bytes)
    let header = InputHeader(
      transcript: transcript, index: index, length: packed.count, digest: digest.finalize())
    return round.signed(header, by: member ?? index) + packed
  }

  @Test func inputsAreCheckedBeforeTheyAreAdded() async throws {
    let round = try round()
    let size = round.config.packing.byteCount(of: round.config.dimension)
    round.tamper = { kind, index, bytes in
      guard kind == .input else { return [bytes] }
      let transcript = try InputMessage(decoding: bytes).header.content.transcript
      let zeros = [UInt8](repeating: 0, count: size)
      var padded = zeros
      padded[size - 1] = 1
      switch index {
      case 0:
        return [
          input(round, 0, transcript, Array(zeros.dropLast(8))),
          input(round, 0, transcript, zeros + zeros),
          input(round, 0, transcript, zeros, digestOf: padded),
          input(round, 0, transcript, padded),
          input(round, 0, transcript, zeros, by: 1),
          input(round, 0, Bytes32(), zeros),
          input(round, 9, transcript, zeros),
          Array(bytes.dropLast()), bytes + [0], bytes,
        ]
      // Twice the same, then another one.
      case 1: return [bytes, bytes, input(round, 1, transcript, zeros), bytes]
      default: return [bytes]
      }
    }
    try round.play()
    let codes: [AbortCode] = [
      .length, .length, .vectorDigest, .padding, .signature, .transcript, .unknownClient,
      .truncated, .trailing,
    ]
    for (place, code) in codes.enumerated() {
      #expect(round.refusal(.input, 0, place) == code, "\(place)")
    }
    #expect(round.verdicts[.input]?[0]?.last == .accepted)
    #expect(round.refusal(.input, 1, 2) == .equivocation)
    #expect(round.verdicts[.input]?[1]?[1] == .repeated)
    #expect(round.verdicts[.input]?[1]?[3] == .repeated)
    #expect(round.server.equivocations.map(\.identity).count == 1)
    let opened = try await round.open()
    #expect(opened.vector == round.trueSum(of: 0..<8))
  }

  @Test func aVectorThatIsNotMaskedSpoilsOnlyTheSum() async throws {
    let round = try round()
    let size = round.config.packing.byteCount(of: round.config.dimension)
    round.tamper = { kind, index, bytes in
      guard kind == .input, index == 3 else { return [bytes] }
      let transcript = try InputMessage(decoding: bytes).header.content.transcript
      return [input(round, 3, transcript, [UInt8](repeating: 0, count: size))]
    }
    try round.play()
    let opened = try await round.open()
    #expect(opened.vector != round.trueSum(of: 0..<8))
    // What the others contributed does not come out: their masks with client 3 are still in it.
    #expect(opened.vector != round.trueSum(of: [0, 1, 2, 4, 5, 6, 7]))
  }

  @Test func anInputAfterTheStepIsRefused() async throws {
    let round = try round()
    var late: [UInt8] = []
    round.tamper = { kind, index, bytes in
      if kind == .input && index == 3 {
        late = bytes
        return []
      }
      guard kind == .consistency, index == 0 else { return [bytes] }
      return [late, bytes]
    }
    try round.play()
    #expect(round.refusal(.consistency, 0, 0) == .outOfOrder)
    let opened = try await round.open()
    #expect(opened.survivors.indices == [0, 1, 2, 4, 5, 6, 7])
    #expect(opened.vector == round.trueSum(of: [0, 1, 2, 4, 5, 6, 7]))
  }

  // Others' names.

  @Test func nobodySpeaksForAnother() async throws {
    let round = try round()
    round.tamper = { kind, index, bytes in
      guard index == 3 else { return [bytes] }
      var forged: [[UInt8]] = []
      switch kind {
      case .advertise:
        let own = try Signed<AdvertiseMessage>(decoding: bytes).content
        let victim = enrollment.deviceKey(0).verificationKey
        let stolen = AdvertiseMessage(
          transcript: own.transcript, certificate: enrollment.certificate(for: victim),
          agreementKey: own.agreementKey, maskKey: own.maskKey, nonce: own.nonce)
        forged = [round.signed(stolen, by: 3)]
      case .shares:
        let own = try Signed<SharesMessage>(decoding: bytes).content
        forged = [
          round.signed(
            SharesMessage(
              transcript: own.transcript, index: 4, selfMaskPoint: own.selfMaskPoint,
              boxes: own.boxes),
            by: 3)
        ]
      case .consistency:
        let own = try Signed<ConsistencyMessage>(decoding: bytes).content
        forged = [
          round.signed(ConsistencyMessage(transcript: own.transcript, index: 4), by: 3)
        ]
      case .unmask:
        let own = try Signed<UnmaskMessage>(decoding: bytes).content
        forged = [
          round.signed(
            UnmaskMessage(transcript: own.transcript, index: 4, entries: own.entries), by: 3)
        ]
      default: break
      }
      return forged + [bytes]
    }
    try round.play()
    for kind in [MessageKind.advertise, .shares, .consistency, .unmask] {
      #expect(round.refusal(kind, 3) == .signature, "\(kind)")
      #expect(round.verdicts[kind]?[3]?.last == .accepted, "\(kind)")
    }
    #expect(round.server.equivocations.isEmpty)
    let opened = try await round.open()
    #expect(opened.vector == round.trueSum(of: 0..<8))
  }

  @Test func sharesThatNobodyAskedForAreRefused() async throws {
    let round = try round()
    round.tamper = { kind, index, bytes in
      guard kind == .unmask, index == 3 else { return [bytes] }
      let own = try Signed<UnmaskMessage>(decoding: bytes).content
      func message(_ entries: [Slotted<ReleasedShare>]) -> [UInt8] {
        round.signed(
          UnmaskMessage(transcript: own.transcript, index: 3, entries: entries), by: 3)
      }
      let first = try #require(own.entries.first)
      let other = Slotted(
        slot: first.slot, value: ReleasedShare(secret: .maskKey, share: first.value.share))
      let beyond = Slotted(slot: 9, value: first.value)
      return [message([other]), message([beyond]), bytes, message([first])]
    }
    try round.play()
    #expect(round.refusal(.unmask, 3, 0) == .unmaskEntry)
    #expect(round.refusal(.unmask, 3, 1) == .unmaskEntry)
    #expect(round.refusal(.unmask, 3, 3) == .equivocation)
    let opened = try await round.open()
    #expect(opened.vector == round.trueSum(of: 0..<8))
  }
}

extension AggregationClient {
  /// A box for a neighbor that opens, with the number 7 for both shares.
  fileprivate borrowing func falseBox(
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
