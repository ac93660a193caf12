package import CryptoPrimitives

/// A ChaCha20 keystream as a source of reproducible randomness.
struct SeededRandomSource: RandomSource {
  private let key: [UInt8]
  private let nonce = [UInt8](repeating: 0, count: 8)
  private var nextBlock: UInt64 = 0

  init(key: [UInt8]) { self.key = key }

  mutating func refill(_ words: UnsafeMutableBufferPointer<UInt64>) {
    let bytes = UnsafeMutableRawBufferPointer(words)
    unsafe ChaCha20.keystream(key: key, nonce: nonce, blockCounter: nextBlock, into: bytes)
    let blocks = (bytes.count + ChaCha20.blockByteCount - 1) / ChaCha20.blockByteCount
    nextBlock += UInt64(blocks)
  }
}

extension RandomStream {
  /// A reproducible stream, for the simulator and for tests only.
  ///
  /// Whoever knows the seed knows every word, so noise drawn from it hides nothing: no module that
  /// runs on a device or a coordinator may link this one. Distinct `(seed, label, index)` triples
  /// give unrelated streams; the key is BLAKE2b of a domain label, the seed, the index and `label`.
  package static func seeded(_ seed: UInt64, label: String, index: UInt64 = 0) -> RandomStream {
    var preimage = DomainLabel.seededStream.bytes
    for number in [seed, index] {
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        preimage.append(UInt8(truncatingIfNeeded: number >> shift))
      }
    }
    preimage += Array(label.utf8)
    return RandomStream(source: SeededRandomSource(key: Blake2b.hash(preimage)))
  }
}
