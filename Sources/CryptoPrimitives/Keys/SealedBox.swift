internal import CSodium

/// Secret bytes sealed by XChaCha20-Poly1305: nonce, then ciphertext and tag.
///
/// - Source: libsodium's `crypto_aead_xchacha20poly1305_ietf`; draft-irtf-cfrg-xchacha-03.
package enum SealedBox {
  package static let nonceByteCount = Int(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
  package static let keyByteCount = Int(crypto_aead_xchacha20poly1305_ietf_KEYBYTES)
  /// How much longer a box is than what it holds.
  package static let overheadByteCount =
    nonceByteCount + Int(crypto_aead_xchacha20poly1305_ietf_ABYTES)

  /// Seals `range` of `plaintext`.
  ///
  /// - Parameter associated: Public bytes that whoever opens the box has to name.
  /// - Parameter nonce: 24 bytes, never used twice with one key; random ones do not repeat.
  package static func seal(
    _ plaintext: borrowing SecretBytes, _ range: Range<Int>, associated: [UInt8], nonce: [UInt8],
    key: borrowing SecretBytes
  ) -> [UInt8] {
    precondition(Sodium.isReady)
    precondition(key.count == keyByteCount, "a box key has 32 bytes, not \(key.count)")
    precondition(nonce.count == nonceByteCount, "a nonce has 24 bytes, not \(nonce.count)")
    precondition(range.lowerBound >= 0 && range.upperBound <= plaintext.count, "no such bytes")
    var box = nonce
    box.append(contentsOf: repeatElement(0, count: range.count + overheadByteCount - nonce.count))
    unsafe box.withUnsafeMutableBufferPointer { box in
      guard let start = box.baseAddress else { return }
      let code = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
        start + nonceByteCount, nil, plaintext.pointer(at: range.lowerBound), UInt64(range.count),
        associated, UInt64(associated.count), nil, nonce, key.pointer(at: 0))
      Sodium.check(code, "crypto_aead_xchacha20poly1305_ietf_encrypt")
    }
    return box
  }

  /// The bytes sealed in `box`.
  ///
  /// - Throws: `CryptoError.notAuthentic` unless the box was sealed with this key and these
  ///   associated bytes.
  package static func open(
    _ box: [UInt8], associated: [UInt8], key: borrowing SecretBytes
  ) throws(CryptoError) -> SecretBytes {
    precondition(Sodium.isReady)
    precondition(key.count == keyByteCount, "a box key has 32 bytes, not \(key.count)")
    guard box.count >= overheadByteCount else { throw .notAuthentic }
    var plaintext = SecretBytes(zeros: box.count - overheadByteCount)
    let code = unsafe box.withUnsafeBufferPointer { box -> Int32 in
      guard let nonce = box.baseAddress else { return -1 }
      return unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
        plaintext.mutablePointer(at: 0), nil, nil, nonce + nonceByteCount,
        UInt64(box.count - nonceByteCount), associated, UInt64(associated.count), nonce,
        key.pointer(at: 0))
    }
    guard code == 0 else { throw .notAuthentic }
    return plaintext
  }
}
