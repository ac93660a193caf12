internal import CSodium

/// Keys made of a secret and a public message: BLAKE2b-256 keyed with the secret.
///
/// - Source: Saarinen, Aumasson 2015, RFC 7693, section 2.9: keyed BLAKE2b is a pseudorandom function.
package enum KeyDerivation {
  /// Bytes in a derived key.
  package static let keyByteCount = 32

  /// The key for `message` under `secret`.
  ///
  /// - Range: `secret` has 16 to 64 bytes.
  package static func key(
    from secret: borrowing SecretBytes, message: LabeledMessage
  ) -> SecretBytes {
    var key = SecretBytes(zeros: keyByteCount)
    derive(from: secret, message: message, into: &key, at: 0)
    return key
  }

  /// Writes the key for `message` under `secret` to 32 bytes of `keys`, from `offset` on.
  package static func derive(
    from secret: borrowing SecretBytes, message: LabeledMessage, into keys: inout SecretBytes,
    at offset: Int
  ) {
    precondition(Sodium.isReady)
    precondition((16...64).contains(secret.count), "a key of \(secret.count) bytes, not 16 to 64")
    precondition(offset >= 0 && offset + keyByteCount <= keys.count, "no room at byte \(offset)")
    unsafe Sodium.check(
      crypto_generichash(
        keys.mutablePointer(at: offset), keyByteCount, message.bytes, UInt64(message.bytes.count),
        secret.pointer(at: 0), secret.count),
      "crypto_generichash")
  }
}
