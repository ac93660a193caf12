import CryptoPrimitives
import SeededRandomness
import Testing
import TransparencyLog

/// Decoders meet whatever somebody sends: they refuse it or return what encodes to the same bytes.
@Suite struct RandomBytesTests {
  private static let kinds = EntryKind.allCases.map(\.rawValue) + Array(32...37)

  /// What the value encodes to that `bytes` encode.
  private static func again(_ kind: UInt8, _ bytes: [UInt8]) throws(LogRefusal) -> [UInt8] {
    switch kind {
    case 32: try SignedHead(decoding: bytes).encoded
    case 33: try CosignedHead(decoding: bytes).encoded
    case 34: try InclusionProof(decoding: bytes).encoded
    case 35: try ConsistencyProof(decoding: bytes).encoded
    case 36: try HeadEvidence(decoding: bytes).encoded
    case 37: try EntryEvidence(decoding: bytes).encoded
    default: try LogEntry(decoding: bytes).encoded
    }
  }

  @Test func nothingTrapsAndNothingHasTwoEncodings() {
    var randomness = RandomStream.seeded(1, label: "random bytes")
    var accepted = 0
    for kind in Self.kinds {
      for _ in 0..<2_000 {
        var bytes = (0..<Int(randomness.nextWord() % 420)).map { _ in
          // Many small numbers, so that counts and times get through now and then.
          randomness.nextWord() & 1 == 0
            ? UInt8(0) : UInt8(truncatingIfNeeded: randomness.nextWord() >> 8)
        }
        if randomness.nextWord() % 8 != 0 { bytes = [1, kind] + bytes }
        _ = refusal { () throws(LogRefusal) in
          let encoded = try Self.again(kind, bytes)
          #expect(encoded == bytes)
          accepted += 1
        }
      }
    }
    // Random proofs of a right length are well formed, whatever they prove.
    #expect(accepted > 0)
  }

  @Test func tilesAndBundlesOfRandomBytesAreRefusedOrRead() throws {
    var randomness = RandomStream.seeded(2, label: "random bytes")
    let tile = try #require(Tile(level: 0, index: 0, size: 3))
    for _ in 0..<2_000 {
      let bytes = (0..<Int(randomness.nextWord() % 300)).map { _ in
        randomness.nextWord() & 3 != 0
          ? UInt8(0) : UInt8(truncatingIfNeeded: randomness.nextWord() >> 8)
      }
      _ = refusal { () throws(LogRefusal) in
        let hashes = try tile.hashes(decoding: bytes)
        #expect(hashes.flatMap(\.bytes) == bytes)
      }
      _ = refusal { () throws(LogRefusal) in
        let entries = try EntryBundle.entries(of: tile, decoding: bytes)
        #expect(EntryBundle.encoded(entries) == bytes)
      }
    }
  }
}
