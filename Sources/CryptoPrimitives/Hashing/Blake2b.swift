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

  /// The 32-byte digest of `bytes`.
  package static func digest(_ bytes: [UInt8]) -> Bytes32 {
    unsafe bytes.withUnsafeBufferPointer { unsafe digest($0) }
  }

  static func digest(_ bytes: UnsafeBufferPointer<UInt8>) -> Bytes32 {
    precondition(Sodium.isReady)
    return unsafe Bytes32 { digest in
      let code = unsafe crypto_generichash(
        digest, Bytes32.count, bytes.baseAddress, UInt64(bytes.count), nil, 0)
      Sodium.check(code, "crypto_generichash")
    }
  }
}

/// A BLAKE2b-256 digest taken piece by piece.
// Sendable without a check: the state has this one owner, which cannot be copied, and every access to
// it goes through a mutating or consuming method.
@safe
package struct Blake2bDigest: ~Copyable, @unchecked Sendable {
  /// libsodium's state, which Swift does not import as a type.
  private let state: OpaquePointer
  private static let stateByteCount = crypto_generichash_statebytes()

  /// The digest of nothing yet.
  package init() {
    precondition(Sodium.isReady)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: Self.stateByteCount, alignment: 64)
    unsafe state = OpaquePointer(memory)
    unsafe Sodium.check(
      crypto_generichash_init(state, nil, 0, Bytes32.count), "crypto_generichash_init")
  }

  deinit {
    let memory = unsafe UnsafeMutableRawPointer(state)
    unsafe sodium_memzero(memory, Self.stateByteCount)
    unsafe memory.deallocate()
  }

  /// Takes in the next bytes.
  package mutating func update(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return }
      let pointer = unsafe start.assumingMemoryBound(to: UInt8.self)
      unsafe Sodium.check(
        crypto_generichash_update(state, pointer, UInt64(buffer.count)),
        "crypto_generichash_update")
    }
  }

  /// Takes in the next bytes.
  package mutating func update(_ bytes: [UInt8]) { unsafe update(bytes.span.bytes) }

  /// Takes in 32 bytes.
  package mutating func update(_ bytes: Bytes32) { bytes.withBytes { update($0) } }

  /// The digest of everything taken in.
  package consuming func finalize() -> Bytes32 {
    unsafe Bytes32 { digest in
      unsafe Sodium.check(
        crypto_generichash_final(state, digest, Bytes32.count), "crypto_generichash_final")
    }
  }
}
