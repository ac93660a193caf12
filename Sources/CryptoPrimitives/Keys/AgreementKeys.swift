internal import CSodium

/// An X25519 public key.
package struct AgreementPublicKey: Sendable, Hashable {
  package let encoding: Bytes32

  package init(encoding: Bytes32) { self.encoding = encoding }

  /// Whether an agreement with this key works: it does not have small order.
  ///
  /// Keys of small order give zero with every secret key, so it does not matter with which one to try.
  package var isUsable: Bool {
    precondition(Sodium.isReady)
    var scalar = SecretBytes(zeros: Bytes32.count)
    unsafe scalar.mutablePointer(at: 0)[0] = 8
    var product = SecretBytes(zeros: Bytes32.count)
    return unsafe encoding.withPointer { key in
      unsafe crypto_scalarmult(product.mutablePointer(at: 0), scalar.pointer(at: 0), key)
    } == 0
  }
}

/// An X25519 secret key with its public key, for one round.
///
/// - Source: libsodium's `crypto_kx`: BLAKE2b-512 of the shared secret and both public keys.
package struct AgreementSecretKey: ~Copyable, Sendable {
  package let publicKey: AgreementPublicKey
  private let bytes: SecretBytes

  /// A fresh key.
  package init(random randomness: inout RandomStream) {
    self.init(bytes: SecretBytes(random: Bytes32.count, from: &randomness))
  }

  /// The key with the given 32 bytes.
  package init(bytes: consuming SecretBytes) {
    precondition(Sodium.isReady)
    precondition(bytes.count == Bytes32.count, "an X25519 key has 32 bytes, not \(bytes.count)")
    publicKey = AgreementPublicKey(
      encoding: unsafe Bytes32 { key in
        unsafe Sodium.check(
          crypto_scalarmult_base(key, bytes.pointer(at: 0)), "crypto_scalarmult_base")
      })
    self.bytes = bytes
  }

  /// Which of the two sides of an agreement a key is; the two must differ.
  package enum Role: Sendable { case client, server }

  /// The two keys shared with the owner of `peer`.
  ///
  /// - Throws: `CryptoError.weakAgreementKey` if `peer` has small order.
  /// - Timing: does not depend on the secret key.
  package func sessionKeys(
    as role: Role, with peer: AgreementPublicKey
  ) throws(CryptoError) -> SessionKeys {
    var keys = SessionKeys()
    let code = unsafe publicKey.encoding.withPointer { own in
      unsafe peer.encoding.withPointer { peer in
        switch role {
        case .client:
          unsafe crypto_kx_client_session_keys(
            keys.receiving.mutablePointer(at: 0), keys.sending.mutablePointer(at: 0), own,
            bytes.pointer(at: 0), peer)
        case .server:
          unsafe crypto_kx_server_session_keys(
            keys.receiving.mutablePointer(at: 0), keys.sending.mutablePointer(at: 0), own,
            bytes.pointer(at: 0), peer)
        }
      }
    }
    guard code == 0 else { throw .weakAgreementKey }
    return keys
  }
}

/// What two parties share after an X25519 agreement: one secret for each direction.
package struct SessionKeys: ~Copyable, Sendable {
  /// The peer's `sending`.
  package fileprivate(set) var receiving = SecretBytes(zeros: Bytes32.count)
  /// The peer's `receiving`.
  package fileprivate(set) var sending = SecretBytes(zeros: Bytes32.count)
}
