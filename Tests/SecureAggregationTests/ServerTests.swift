import CryptoPrimitives
import ProtocolVectors
import RingArithmetic
import SeededRandomness
import Testing

@testable import SecureAggregation

/// Clients that do not follow the protocol: they may end a round, never spoil a sum unseen.
@Suite struct ServerTests {
  /// An Unmask message with some shares changed, signed by its sender.
  private func spoiled(
    _ bytes: [UInt8], _ identity: Identity, _ slots: Set<Int>
  ) throws -> [UInt8] {
    let message = try Signed<UnmaskMessage>(decoding: bytes).content
    let entries = message.entries.map { entry in
      guard slots.contains(entry.slot) else { return entry }
      return Slotted(
        slot: entry.slot,
        value: ReleasedShare(
          secret: entry.value.secret, share: entry.value.share + Scalar(UInt64(entry.slot))))
    }
    return identity.message(
      UnmaskMessage(transcript: message.transcript, index: message.index, entries: entries)
    )
  }

  @Test func aWrongShareIsLeftOutAndBothSidesAreSuspected() async throws {
    let federation = try Federation(7)
    let round = PlayedRound(federation)
    for _ in 0..<2 { round.play() }
    round.play(dropping: [6])
    round.play()
    // Client 1 lies about its shares of client 0, who is in the sum, and of client 6, who dropped out.
    round.play(transform: { index, message in
      guard index == 1 else { return message }
      return (try? spoiled(message, federation.identities[1], [1, 7])) ?? message
    })
    let opened = try await round.outcome(threads: 2).get()
    #expect(opened.vector == federation.sum(over: 0..<6))
    #expect(
      Set(opened.suspicions) == [
        Suspicion(dealer: 0, holder: 1), Suspicion(dealer: 6, holder: 1),
      ])
  }

  @Test func tooManyWrongSharesEndTheRoundWithoutASum() async throws {
    let federation = try Federation(6)
    let round = PlayedRound(federation)
    for _ in 0..<4 { round.play() }
    round.play(transform: { index, message in
      guard index < 2 else { return message }
      return (try? spoiled(message, federation.identities[index], [3])) ?? message
    })
    let outcome = await round.outcome()
    #expect(throws: ProtocolError(.pointCheck, "")) { try outcome.get() }
  }

  /// A dealer whose boxes are garbage costs its neighbors one share each and nothing else.
  @Test func garbageBoxesDoNotHurtTheOthers() async throws {
    let federation = try Federation(6)
    let round = PlayedRound(federation)
    round.play()
    round.play(transform: { index, message in
      guard index == 2, let shares = try? Signed<SharesMessage>(decoding: message).content else {
        return message
      }
      let boxes = shares.boxes.map { _ in
        ShareBox(bytes: [UInt8](repeating: 7, count: ShareBox.byteCount))
      }
      return federation.identities[2].message(
        SharesMessage(
          transcript: shares.transcript, index: 2, selfMaskPoint: shares.selfMaskPoint,
          boxes: boxes)
      )
    })
    round.playOn()
    #expect(round.clients[0].client.events == [.boxRejected(slot: 3)])
    // Client 2 is in the sum, and nobody holds a share of its self mask: the round ends.
    let outcome = await round.outcome()
    #expect(throws: ProtocolError(.fewShares, "")) { try outcome.get() }
  }

  @Test func aSecondMessageOfAStepIsEvidence() throws {
    let federation = try Federation(4)
    let round = PlayedRound(federation)
    let time = federation.time(of: .advertise)
    let config = round.server.configMessage
    var other = federation.client(0, attempt: 1)
    let first = try #require(round.clients[0].client.answer(config, at: time).message)
    let second = try #require(other.answer(config, at: time).message)
    let verdicts = [first, first, second, second].map { round.server.received($0, at: time) }
    let refused = ServerVerdict.refused(ProtocolError(.equivocation, ""))
    #expect(verdicts == [.accepted, .repeated, refused, refused])
    let evidence = round.server.equivocations
    #expect(evidence.count == 1 && evidence[0].second == second)
    #expect(evidence[0].identity == federation.identities[0].verificationKey)
    // Evidence has to convince others: without a valid signature it is none.
    var forged = second
    forged[forged.count - 1] ^= 1
    let verdict = round.server.received(forged, at: time)
    #expect(verdict == .refused(ProtocolError(.signature, "")))
    #expect(round.server.equivocations.count == 1)
  }

  @Test func aSecondInputOfAClientIsNotAdded() async throws {
    let federation = try Federation(5)
    let round = PlayedRound(federation)
    for _ in 0..<2 { round.play() }
    let time = federation.time(of: .input)
    let delivery = try #require(round.deliveries[0])
    let honest = try #require(round.clients[0].client.answer(delivery, at: time).message)
    let first = round.server.received(honest, at: time)
    #expect(first == .accepted)
    let header = try InputMessage(decoding: honest).header.content
    let double = MaskedInput(
      RingVector(zeros: 5, modulus: federation.config.modulus),
      packing: federation.config.packing, transcript: header.transcript, index: 0,
      signedBy: federation.identities[0])
    let second = round.server.received(double.encoded, at: time)
    #expect(second == .refused(ProtocolError(.equivocation, "")))
    #expect(round.server.equivocations.first?.kind == .input)
    for index in 1..<5 {
      let delivery = try #require(round.deliveries[index])
      let answer = round.clients[index].client.answer(delivery, at: time)
      _ = round.server.received(try #require(answer.message), at: time)
    }
    round.close()
    round.playOn()
    let opened = try await round.outcome().get()
    #expect(opened.vector == federation.sum(over: 0..<5))
  }

  /// A step takes messages up to the second before its deadline, and none from then on.
  @Test func nothingIsTakenInFromTheDeadlineOn() async throws {
    let federation = try Federation(4)
    let round = PlayedRound(federation)
    for step in RoundStep.allCases {
      let deadline = federation.config.deadline(of: step)
      let before = round.server.progress
      let verdicts = try round.play { index, message in
        if index == 0 {
          for time in [deadline, .max] {
            #expect(round.server.received(message, at: time).refusal == .deadline, "\(step)")
            if var worker = step == .input ? round.server.makeIngest() : nil {
              #expect(worker.received(message, at: time).refusal == .deadline)
            }
          }
          let isUnchanged = round.server.progress == before
          #expect(isUnchanged, "\(step)")
        }
        return [message]
      }
      #expect(verdicts.count == 4 && verdicts.values.allSatisfy { $0 == [.accepted] }, "\(step)")
    }
    let opened = try await round.outcome().get()
    #expect(opened.vector == federation.sum(over: 0..<4))
  }

  /// Earlier messages, those of another round, changed and cut ones, at any moment: nothing of it counts.
  @Test func onlyTheMessagesOfTheStepCount() async throws {
    var random = RandomStream.seeded(11, label: "server orders")
    var opened = 0
    for trial in 0..<16 as Range<UInt64> {
      var noise: [[UInt8]] = []
      let earlier = PlayedRound(try Federation(5, seed: trial) { $0.round = 7 })
      while earlier.step != nil, earlier.end == nil {
        try earlier.play { _, message in
          noise.append(message)
          return [message]
        }
      }
      let federation = try Federation(5, seed: trial)
      let round = PlayedRound(federation)
      while let step = round.step, round.end == nil {
        let dropped = Set((0..<5).filter { _ in random.nextBelow(UInt64(20)) == 0 })
        let verdicts = try round.play(dropping: step == .advertise ? [] : dropped) { _, message in
          for _ in 0..<4 {
            var stray = noise[Int(random.nextBelow(UInt64(noise.count)))]
            let place = Int(random.nextBelow(UInt64(stray.count)))
            switch random.nextBelow(UInt64(4)) {
            case 0: stray[place] ^= 1 << UInt8(random.nextBelow(UInt64(8)))
            case 1: stray.removeLast(stray.count - place)
            case 2: stray.append(0)
            default: break
            }
            let before = round.server.progress
            let verdict = round.server.received(stray, at: federation.time(of: step))
            #expect(verdict != .accepted)
            let isUnchanged = round.server.progress == before
            #expect(isUnchanged)
          }
          noise.append(message)
          return [message]
        }
        #expect(verdicts.values.allSatisfy { $0 == [.accepted] })
      }
      if let sum = try? await round.outcome().get() {
        opened += 1
        #expect(sum.survivors.count >= federation.config.leastSurvivors)
        #expect(sum.vector == federation.sum(over: sum.survivors.indices))
      }
    }
    #expect((4..<16).contains(opened))
  }

  /// Each client is asked for as many neighbors' signatures as it needs, and no more.
  @Test func quorumsAreAsSmallAsTheyMayBe() throws {
    for count in [5, 140] {
      let federation = try Federation(count, rule: count > 128 ? .isolation : .agreement)
      let round = PlayedRound(federation)
      for _ in 0..<3 { round.play() }
      round.play(dropping: [1])
      let threshold = federation.config.graphParameters(cohortSize: count).threshold
      let quorum = try Signed<QuorumMessage>(decoding: try #require(round.deliveries[0])).content
      #expect(quorum.signatures.count == (count == 5 ? threshold - 1 : threshold))
      #expect(round.deliveries[1] == nil)
      #expect(round.deliveries.count == count - 1)
    }
  }

  @Test func noStepGoesOnAfterTheEnd() throws {
    let round = PlayedRound(try Federation(4))
    round.play(dropping: [0, 1, 2, 3])
    #expect(round.end?.code == .fewClients)
    let actions = round.server.close()
    #expect(actions.isEmpty)
    let opening = round.server.makeOpening() == nil
    #expect(opening)
    let message = round.server.message(for: 0)
    #expect(message == nil)
  }
}
