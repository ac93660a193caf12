package import CryptoPrimitives

/// A witness's values, each the hash of the next: whoever knows one knows all before it.
///
/// Only the last is kept, in guarded memory; values are computed on demand.
/// - Complexity: one hash for each step from the last value back.
package struct WitnessChain: ~Copyable, Sendable {
  private let last: SecretBytes
  /// The position of the last value.
  package let length: UInt64

  /// A fresh chain of `length` steps.
  package init(length: UInt64, randomness: inout RandomStream) {
    self.init(last: SecretBytes(random: Bytes32.count, from: &randomness), length: length)
  }

  /// The chain that ends with the given 32 bytes.
  package init(last: consuming SecretBytes, length: UInt64) {
    precondition(last.count == Bytes32.count, "a chain value has 32 bytes, not \(last.count)")
    self.last = last
    self.length = length
  }

  /// v_0, which clients get at enrollment.
  package var anchor: Bytes32 { value(at: 0) ?? Bytes32() }

  /// The value at a position, or nil beyond the last.
  ///
  /// - Privacy: the value of a position that was not revealed yet is secret.
  package func value(at position: UInt64) -> Bytes32? {
    guard position <= length else { return nil }
    // The values in between were not revealed: they stay in guarded memory.
    var value = SecretBytes(copying: last, 0..<last.count)
    for _ in position..<length { value.replaceByDigest(.chain) }
    return value.withBytes { Bytes32($0) }
  }
}
