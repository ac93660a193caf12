internal import CryptoPrimitives

/// The ChaCha20 keystream of a key with the zero nonce, from its first byte on: the randomness of test
/// vectors.
package struct KeystreamSource: RandomSource {
  private let key: [UInt8]
  private var position = 0

  package init(key: [UInt8]) { self.key = key }

  package mutating func refill(_ words: UnsafeMutableBufferPointer<UInt64>) {
    let count = words.count * MemoryLayout<UInt64>.stride
    let skipped = position % ChaCha20.blockByteCount
    var stream = [UInt8](repeating: 0, count: skipped + count)
    unsafe stream.withUnsafeMutableBytes {
      unsafe ChaCha20.keystream(
        key: key, nonce: [UInt8](repeating: 0, count: 8),
        blockCounter: UInt64(position / ChaCha20.blockByteCount), into: $0)
    }
    unsafe UnsafeMutableRawBufferPointer(words).copyBytes(from: stream[skipped...])
    position += count
  }
}
