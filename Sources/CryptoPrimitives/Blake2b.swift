internal import CSodium

/// The hash BLAKE2b of RFC 7693, without a key.
package enum Blake2b {
  /// The hash of `bytes`.
  /// - Parameter count: length of the hash in bytes, 16 to 64.
  package static func hash(_ bytes: [UInt8], count: Int = 32) -> [UInt8] {
    precondition((16...64).contains(count), "a BLAKE2b hash here has 16 to 64 bytes")
    var digest = [UInt8](repeating: 0, count: count)
    let status = unsafe crypto_generichash(
      &digest, count, bytes, UInt64(bytes.count), nil, 0)
    // The length is within the range that libsodium accepts, so this cannot happen.
    precondition(status == 0, "libsodium refused to hash")
    return digest
  }
}
