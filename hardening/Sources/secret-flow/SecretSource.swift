import CMemcheck
import CryptoPrimitives

/// Randomness of the operating system whose every bit is secret to memcheck.
struct SecretSource: RandomSource {
  private var system = SystemRandomSource()

  mutating func refill(_ words: UnsafeMutableBufferPointer<UInt64>) {
    unsafe system.refill(words)
    unsafe mark_secret(words.baseAddress, words.count * MemoryLayout<UInt64>.stride)
  }
}
