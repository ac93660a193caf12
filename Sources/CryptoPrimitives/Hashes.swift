internal import CSodium

/// The unkeyed BLAKE2b hash.
///
/// - Source: Saarinen, Aumasson 2015, RFC 7693.
package enum Blake2b {
  /// The digest of `bytes`, `count` bytes long.
  ///
  /// - Range: `count` from 16 to 64.
  package static func hash(_ bytes: [UInt8], count: Int = 32) -> [UInt8] {
    precondition((16...64).contains(count), "BLAKE2b digests have 16 to 64 bytes, not \(count)")
    precondition(Sodium.isReady)
    var digest = [UInt8](repeating: 0, count: count)
    let code = unsafe crypto_generichash(&digest, count, bytes, UInt64(bytes.count), nil, 0)
    Sodium.check(code, "crypto_generichash")
    return digest
  }
}

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

/// Bytes as lower-case hexadecimal digits.
package func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  text.reserveCapacity(bytes.count * 2)
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}
