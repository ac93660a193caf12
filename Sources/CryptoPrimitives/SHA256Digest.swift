internal import CSodium

/// SHA-256 over bytes that arrive in pieces.
///
/// - Source: NIST FIPS 180-4 (2015), section 6.2, as implemented by libsodium.
package struct SHA256Digest {
  /// Bytes of a digest.
  package static let byteCount = 32

  private var state = crypto_hash_sha256_state()

  /// Starts an empty digest.
  package init() {
    _ = unsafe crypto_hash_sha256_init(&state)
  }

  /// Takes in the next bytes of the message.
  package mutating func update(_ bytes: [UInt8]) {
    _ = unsafe crypto_hash_sha256_update(&state, bytes, UInt64(bytes.count))
  }

  /// The digest of everything taken in; the value must not be used afterwards.
  package mutating func finalize() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Self.byteCount)
    _ = unsafe crypto_hash_sha256_final(&state, &digest)
    return digest
  }
}
