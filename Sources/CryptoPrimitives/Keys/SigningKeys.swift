internal import CSodium

/// An Ed25519 signature.
package struct Signature: Sendable, Equatable {
  package static let byteCount = 64

  private var lanes = Lanes64()

  /// The signature of the given bytes, or nil if there are not exactly 64.
  package init?(_ bytes: RawSpan) {
    guard bytes.byteCount == Self.byteCount else { return nil }
    unsafe lanes = bytes.unsafeLoadUnaligned(as: Lanes64.self)
  }

  /// The signature of the given bytes, or nil if there are not exactly 64.
  package init?(_ bytes: [UInt8]) { unsafe self.init(bytes.span.bytes) }

  /// What `write` puts into 64 zeroed bytes.
  init(filledBy write: (UnsafeMutablePointer<UInt8>) -> Void) {
    unsafe withUnsafeMutablePointer(to: &lanes) { lanes in
      unsafe UnsafeMutableRawPointer(lanes)
        .withMemoryRebound(to: UInt8.self, capacity: Self.byteCount) { unsafe write($0) }
    }
  }

  /// The bytes as an array.
  package var bytes: [UInt8] { unsafe withUnsafeBytes(of: lanes) { unsafe Array($0) } }

  /// Appends the bytes to an array.
  package func append(to array: inout [UInt8]) {
    unsafe withUnsafeBytes(of: lanes) { unsafe array.append(contentsOf: $0) }
  }

  /// Calls `body` with the address of the first byte.
  func withPointer<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    unsafe withUnsafePointer(to: lanes) { lanes in
      unsafe UnsafeRawPointer(lanes)
        .withMemoryRebound(to: UInt8.self, capacity: Self.byteCount) { unsafe body($0) }
    }
  }
}

/// An Ed25519 public key.
package struct VerificationKey: Sendable, Hashable {
  package let encoding: Bytes32

  package init(encoding: Bytes32) { self.encoding = encoding }

  /// Whether `signature` is this key's on the 32 bytes of `digest`.
  ///
  /// libsodium refuses non-canonical signatures, keys that are not canonical and keys of small order.
  /// - Timing: all arguments are public.
  package func isValid(_ signature: Signature, on digest: Bytes32) -> Bool {
    digest.withBytes { isValid(signature, on: $0) }
  }

  /// Whether `signature` is this key's on `message`.
  package func isValid(_ signature: Signature, on message: RawSpan) -> Bool {
    precondition(Sodium.isReady)
    let code = unsafe message.withUnsafeBytes { message in
      unsafe encoding.withPointer { key in
        unsafe signature.withPointer { signature in
          unsafe crypto_sign_verify_detached(
            signature, message.baseAddress?.assumingMemoryBound(to: UInt8.self),
            UInt64(message.count), key)
        }
      }
    }
    return code == 0
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

  /// The signature of the 32 bytes of `digest`; the same digest always gets the same.
  ///
  /// - Timing: does not depend on the key.
  package func sign(_ digest: Bytes32) -> Signature { digest.withBytes { sign($0) } }

  /// The signature of `message`.
  package func sign(_ message: RawSpan) -> Signature {
    unsafe message.withUnsafeBytes { message in
      unsafe Signature { signature in
        unsafe Sodium.check(
          crypto_sign_detached(
            signature, nil, message.baseAddress?.assumingMemoryBound(to: UInt8.self),
            UInt64(message.count), bytes.pointer(at: 0)),
          "crypto_sign_detached")
      }
    }
  }
}
