internal import CSodium

/// An Ed25519 signature.
package struct Signature: Sendable, Hashable {
  package static let byteCount = 64

  /// Its 64 bytes.
  package let bytes: [UInt8]

  /// The signature of the given bytes, or nil if there are not exactly 64.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }
}

/// An Ed25519 public key.
package struct VerificationKey: Sendable, Hashable {
  package let encoding: Bytes32

  package init(encoding: Bytes32) { self.encoding = encoding }

  /// Whether `signature` is this key's on `message`.
  ///
  /// libsodium refuses non-canonical signatures, keys that are not canonical and keys of small order.
  /// - Timing: all arguments are public.
  package func isValid(_ signature: Signature, on message: [UInt8]) -> Bool {
    precondition(Sodium.isReady)
    return unsafe encoding.withPointer { key in
      unsafe crypto_sign_verify_detached(signature.bytes, message, UInt64(message.count), key)
    } == 0
  }
}

/// An Ed25519 identity: the key that signs what a client or coordinator says.
package struct SigningKey: ~Copyable, Sendable {
  /// Bytes of the seed that a key is made from.
  package static let seedByteCount = Int(crypto_sign_SEEDBYTES)

  package let verificationKey: VerificationKey
  private let bytes: SecretBytes

  /// A fresh key.
  package init(random randomness: inout RandomStream) {
    self.init(seed: SecretBytes(random: Self.seedByteCount, from: &randomness))
  }

  /// The key that belongs to a 32-byte seed.
  package init(seed: consuming SecretBytes) {
    precondition(Sodium.isReady)
    precondition(
      seed.count == Self.seedByteCount, "an Ed25519 seed has 32 bytes, not \(seed.count)")
    var secret = SecretBytes(zeros: Int(crypto_sign_SECRETKEYBYTES))
    verificationKey = VerificationKey(
      encoding: unsafe Bytes32 { key in
        unsafe Sodium.check(
          crypto_sign_seed_keypair(key, secret.mutablePointer(at: 0), seed.pointer(at: 0)),
          "crypto_sign_seed_keypair")
      })
    bytes = secret
  }

  /// The signature of `message`; the same message always gets the same.
  ///
  /// - Timing: does not depend on the key.
  package func sign(_ message: [UInt8]) -> Signature {
    var signature = [UInt8](repeating: 0, count: Signature.byteCount)
    unsafe Sodium.check(
      crypto_sign_detached(
        &signature, nil, message, UInt64(message.count), bytes.pointer(at: 0)),
      "crypto_sign_detached")
    // Cannot fail: the array has 64 bytes.
    guard let signature = Signature(signature) else { preconditionFailure("64 bytes") }
    return signature
  }
}
