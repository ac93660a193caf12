internal import CryptoPrimitives

/// Boxes that only the coordinator opens: a proxy that ends TLS before it sees nothing.
///
/// An ephemeral X25519 key agrees with the coordinator's, and XChaCha20-Poly1305 seals. Losing the
/// coordinator's key later opens old boxes; what is in them is masked or meant for everyone.
///
/// - Formula: ephemeral key[32] || nonce[24] || ciphertext and tag, under the key
///   KDF(tx, nodeSeal; ephemeral key, coordinator's key).
enum UploadSeal {
  static let overheadByteCount = Bytes32.count + SealedBox.overheadByteCount

  /// - Throws: `range` for a key with which everybody agrees on the same secret.
  static func seal(
    _ bytes: [UInt8], associated: [UInt8], to key: AgreementPublicKey,
    randomness: inout RandomStream
  ) throws(WireError) -> [UInt8] {
    let ephemeral = AgreementSecretKey(random: &randomness)
    let boxKey: SecretBytes
    do throws(CryptoError) { boxKey = try Self.key(ephemeral, key) } catch {
      // A point of small order, which nobody makes by accident: everybody would know what it agrees on.
      throw .range(field: "Coordinator.seal_key")
    }
    let nonce = Array(
      (Bytes32(random: &randomness).bytes).prefix(SealedBox.nonceByteCount))
    return ephemeral.publicKey.encoding.bytes
      + SealedBox.seal(
        secret(bytes), 0..<bytes.count, associated: associated, nonce: nonce, key: boxKey)
  }

  static func open(
    _ box: [UInt8], associated: [UInt8], with key: borrowing AgreementSecretKey
  ) throws(WireError) -> [UInt8] {
    guard box.count >= overheadByteCount,
      let ephemeral = Bytes32(Array(box.prefix(Bytes32.count)))
    else { throw .notSealedHere }
    do {
      let keys = try key.sessionKeys(
        as: .server, with: AgreementPublicKey(encoding: ephemeral))
      let boxKey = KeyDerivation.key(
        from: keys.receiving, message: message(ephemeral, key.publicKey.encoding))
      let opened = try SealedBox.open(
        Array(box.dropFirst(Bytes32.count)), associated: associated, key: boxKey)
      return opened.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Array($0) } }
    } catch { throw .notSealedHere }
  }

  private static func key(
    _ ephemeral: borrowing AgreementSecretKey, _ peer: AgreementPublicKey
  ) throws(CryptoError) -> SecretBytes {
    let keys = try ephemeral.sessionKeys(as: .client, with: peer)
    return KeyDerivation.key(
      from: keys.sending, message: message(ephemeral.publicKey.encoding, peer.encoding))
  }

  private static func message(_ ephemeral: Bytes32, _ coordinator: Bytes32) -> LabeledMessage {
    var message = LabeledMessage(.nodeSeal)
    message.append(ephemeral)
    message.append(coordinator)
    return message
  }

  private static func secret(_ bytes: [UInt8]) -> SecretBytes {
    var secret = SecretBytes(zeros: bytes.count)
    unsafe secret.withUnsafeMutableBuffer { unsafe $0.copyBytes(from: bytes) }
    return secret
  }
}
