internal import CSodium

/// A SHA-256 digest taken piece by piece, for files that other tools publish SHA-256 sums of.
///
/// - Source: NIST 2015, FIPS 180-4.
package struct SHA256Digest: Sendable {
  private var state = crypto_hash_sha256_state()

  /// The digest of nothing yet.
  package init() {
    precondition(Sodium.isReady)
    unsafe Sodium.check(crypto_hash_sha256_init(&state), "crypto_hash_sha256_init")
  }

  /// Takes in the next bytes.
  package mutating func update(_ bytes: [UInt8]) {
    unsafe Sodium.check(
      crypto_hash_sha256_update(&state, bytes, UInt64(bytes.count)), "crypto_hash_sha256_update")
  }

  /// Takes in the next bytes from memory that somebody else owns.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    let pointer = unsafe start.assumingMemoryBound(to: UInt8.self)
    unsafe Sodium.check(
      crypto_hash_sha256_update(&state, pointer, UInt64(bytes.count)), "crypto_hash_sha256_update")
  }

  /// The 32-byte digest of everything taken in so far; more may follow.
  package func finalize() -> [UInt8] {
    var last = state
    var digest = [UInt8](repeating: 0, count: 32)
    unsafe Sodium.check(crypto_hash_sha256_final(&last, &digest), "crypto_hash_sha256_final")
    return digest
  }
}
