#if os(Linux)
  import ProtocolVectors
  import Testing

  @testable import CryptoPrimitives
  @testable import SecureAggregation

  /// A process that crashes leaves no secret of a round in its core file.
  @Suite struct CoreDumpTests {
    /// The complements of s, of the middle of s and of b: what is searched for must not be written down.
    private func complements(_ client: borrowing PlayedClient) -> [[UInt8]] {
      switch client.machine.secrets {
      case .some(let secrets):
        let maskKey = complement(secrets.maskKey.bytes)
        let found = [maskKey, Array(maskKey[8..<24])]
        switch secrets.selfMask {
        case .some(let selfMask): return found + [complement(selfMask.bytes)]
        case nil: return found
        }
      case nil: return []
      }
    }

    private func complement(_ secret: borrowing SecretBytes) -> [UInt8] {
      secret.withBytes { bytes in
        bytes.byteOffsets.map { unsafe ~bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
      }
    }

    /// - Parameter steps: After how many steps the process crashes.
    @Test(arguments: [(2, UInt64(7001)), (3, 7002), (4, 7003), (5, 7004)])
    func noSecretIsWrittenDown(steps: Int, seed: UInt64) throws {
      let round = PlayedRound(try Federation(4, seed: seed))
      for _ in 0..<2 { round.play() }
      let secrets = round.clients.flatMap { complements($0.client) }
      #expect(secrets.count == 12)
      for _ in 2..<steps { round.play() }
      // The scan finds what is there: the secrets while the round goes on, and published keys.
      if steps == 2 {
        #expect(try MemoryScan.copies(ofComplementOf: secrets[0]) == 1)
      }
      let sent = try #require(round.answers[.advertise]?[0]?.message)
      let published = try Signed<AdvertiseMessage>(decoding: sent).content.maskKey.bytes
      #expect(try MemoryScan.copies(ofComplementOf: published.map { ~$0 }, in: .coreFile) > 0)
      for secret in secrets {
        #expect(try MemoryScan.copies(ofComplementOf: secret, in: .coreFile) == 0)
      }
      withExtendedLifetime(round) {}
    }
  }
#endif
