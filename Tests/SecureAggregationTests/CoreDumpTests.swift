#if os(Linux)
  import ProtocolVectors
  import SeededRandomness
  import TestSupport
  import Testing

  @testable import CryptoPrimitives
  @testable import SecureAggregation

  /// A process that crashes leaves no secret of a round in its core file.
  @Suite struct CoreDumpTests {
    /// Who drops out after sharing, so that the coordinator reconstructs a mask key, too.
    private static let dropped = 3
    /// Whose secrets are searched for: a client that stays, and the one that drops out.
    private static let watched = [0, dropped]

    /// The keys that clients hold after the step Shares, as complements: what is searched for must not
    /// be written down.
    private func heldKeys(_ round: PlayedRound, seed: UInt64) throws -> [[UInt8]] {
      var found: [[UInt8]] = []
      for index in Self.watched {
        let box = round.clients[index]
        // c is known to nobody but its owner, which drew it after the nonce.
        var random = RandomStream.seeded(seed, label: "client", index: UInt64(index))
        _ = Bytes32(random: &random)
        let agreementKey = SecretBytes(random: Bytes32.count, from: &random)
        found.append(agreementKey.complement)
        let advertised = box.client.machine.round?.advertise.agreementKey
        let drawn = AgreementSecretKey(bytes: agreementKey).publicKey
        #expect(advertised == drawn)
        found += box.client.machine.secrets?.complements(neighborCount: 3) ?? []
      }
      return found
    }

    /// What is derived from the keys, and the shares that nobody is going to release.
    private func derivedSecrets(_ round: PlayedRound) throws -> [[UInt8]] {
      let known = round.server.sharing?.sharers
      let sharers = try #require(known)
      var found: [[UInt8]] = []
      for index in Self.watched {
        let box = round.clients[index]
        let neighborhood = box.client.machine.neighborhood
        let neighbors = try #require(neighborhood).neighbors
        let own = box.client.machine.round?.advertise.maskKey
        found +=
          box.client.machine.secrets?.maskKeyComplements(
            own: try #require(own), others: neighbors.map(\.advertise.content.maskKey),
            in: sharers.transcript) ?? []
        let sent = try #require(round.answers[.shares]?[index]?.message)
        let dealt = try Signed<SharesMessage>(decoding: sent).content
        for (position, sealed) in dealt.boxes.enumerated() {
          let route = ShareBox.Route(
            transcript: dealt.transcript, dealer: index, holder: neighbors[position].index)
          guard let key = box.client.machine.secrets?.peers?.outgoingBoxKey(position) else {
            continue
          }
          let pair = try sealed.open(on: route, key: key)
          // The share of the mask key, then that of the self mask: one of the two is released.
          let kept = index == Self.dropped ? 32..<64 : 0..<32
          found.append(SecretBytes(copying: pair, kept).complement)
        }
      }
      return found
    }

    /// - Parameter steps: After how many steps the process crashes; the sixth opens the sum.
    @Test(arguments: [(2, UInt64(7001)), (3, 7002), (4, 7003), (5, 7004), (6, 7005)])
    func noSecretIsWrittenDown(steps: Int, seed: UInt64) async throws {
      let federation = try Federation(4, seed: seed)
      let round = PlayedRound(federation)
      for _ in 0..<2 { round.play() }
      let held = try heldKeys(round, seed: seed)
      let derived = try derivedSecrets(round)
      // s, b, c and three keys for each neighbor; two kinds of mask keys and a share for each.
      #expect(held.count == 2 * (3 + 3 * 3) && derived.count == 2 * (1 + 3 + 3))
      // The scan finds what is there: the keys while the round goes on, and published ones.
      if steps == 2 {
        #expect(try MemoryScan.copies(ofComplementsOf: held).allSatisfy { $0 > 0 })
      }
      for step in 2..<min(steps, 5) { round.play(dropping: step == 2 ? [Self.dropped] : []) }
      let sum = steps == 6 ? try await round.outcome(threads: 2).get().vector : nil
      #expect(sum == (steps == 6 ? federation.sum(over: 0..<3) : nil))
      let sent = try #require(round.answers[.advertise]?[0]?.message)
      let published = try Signed<AdvertiseMessage>(decoding: sent).content.maskKey.bytes
      #expect(try MemoryScan.copies(ofComplementOf: published.map { ~$0 }, in: .coreFile) > 0)
      // Not even the middle of one.
      let middles = (held + derived).map { Array($0[8..<24]) }
      let copies = try MemoryScan.copies(ofComplementsOf: middles, in: .coreFile)
      #expect(copies == [Int](repeating: 0, count: copies.count))
      withExtendedLifetime(round) {}
    }
  }

  extension SecretBytes {
    fileprivate var complement: [UInt8] {
      withBytes { bytes in
        bytes.byteOffsets.map { unsafe ~bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
      }
    }
  }

  extension RoundSecrets {
    /// s and b, and the keys shared with each neighbor: two of boxes and that of masks.
    fileprivate func complements(neighborCount: Int) -> [[UInt8]] {
      var found = [maskKey.bytes.complement]
      switch selfMask {
      case .some(let selfMask): found.append(selfMask.bytes.complement)
      case nil: break
      }
      for position in 0..<neighborCount {
        if let key = peers?.incomingBoxKey(position) { found.append(key.complement) }
        if let key = peers?.outgoingBoxKey(position) { found.append(key.complement) }
        if let key = peers?.agreement(position) { found.append(key.complement) }
      }
      return found
    }

    /// The keys of the self mask and of all pairwise masks: the seeds of their keystreams.
    fileprivate func maskKeyComplements(
      own: Bytes32, others: [Bytes32], in transcript: Bytes32
    ) -> [[UInt8]] {
      var found: [[UInt8]] = []
      switch selfMask {
      case .some(let selfMask):
        var message = LabeledMessage(.selfMask)
        message.append(transcript)
        message.append(own)
        found.append(KeyDerivation.key(from: selfMask.bytes, message: message).complement)
      case nil: break
      }
      for (position, other) in others.enumerated() {
        guard let agreement = peers?.agreement(position) else { continue }
        var message = LabeledMessage(.pair)
        message.append(transcript)
        message.append(min(own, other))
        message.append(max(own, other))
        found.append(KeyDerivation.key(from: agreement, message: message).complement)
      }
      return found
    }
  }
#endif
