internal import CSodium

/// The ChaCha20 keystream with a 64-bit nonce and a 64-bit block counter.
///
/// - Source: Bernstein 2008, "ChaCha, a variant of Salsa20"; equal to RFC 8439 where the first 32
///   bits of the nonce of that document and the upper half of the counter are zero.
package enum ChaCha20 {
  /// Bytes in one block, the unit of the counter.
  package static let blockByteCount = 64

  /// Overwrites `target` with the keystream from block `blockCounter` on.
  ///
  /// - Range: `key` has 32 bytes, `nonce` 8.
  package static func keystream(
    key: [UInt8], nonce: [UInt8], blockCounter: UInt64, into target: UnsafeMutableRawBufferPointer
  ) {
    precondition(key.count == 32, "a ChaCha20 key has 32 bytes, not \(key.count)")
    precondition(nonce.count == 8, "a ChaCha20 nonce has 8 bytes, not \(nonce.count)")
    precondition(Sodium.isReady)
    guard let start = target.baseAddress else { return }
    let bytes = unsafe start.assumingMemoryBound(to: UInt8.self)
    unsafe start.initializeMemory(as: UInt8.self, repeating: 0, count: target.count)
    let code = unsafe crypto_stream_chacha20_xor_ic(
      bytes, bytes, UInt64(target.count), nonce, blockCounter, key)
    Sodium.check(code, "crypto_stream_chacha20_xor_ic")
  }
}
