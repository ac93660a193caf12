internal import CSodium

/// The ChaCha20 keystream with a 64-bit nonce and a 64-bit block counter.
///
/// - Source: Bernstein 2008, "ChaCha, a variant of Salsa20"; equal to ChaCha20-IETF of RFC 8439 where
///   the first 32 bits of that document's nonce are zero and the counter stays below 2^32.
package enum ChaCha20 {
  /// Bytes in one block, the unit of the counter.
  package static let blockByteCount = 64

  /// Bytes in a key.
  package static let keyByteCount = 32

  /// Overwrites `target` with the keystream from block `blockCounter` on.
  ///
  /// - Range: `key` has 32 bytes, `nonce` 8.
  package static func keystream(
    key: [UInt8], nonce: [UInt8], blockCounter: UInt64, into target: UnsafeMutableRawBufferPointer
  ) {
    precondition(key.count == keyByteCount, "a ChaCha20 key has 32 bytes, not \(key.count)")
    precondition(nonce.count == 8, "a ChaCha20 nonce has 8 bytes, not \(nonce.count)")
    unsafe keystream(keyAt: key, nonce: nonce, blockCounter: blockCounter, into: target)
  }

  /// Overwrites `target` with the keystream of a secret key and the zero nonce.
  ///
  /// - Parameter keys: Secret keys one after another; number `index` is used.
  /// - Range: the whole stream lies below block 2^32, 256 GiB, so that it equals ChaCha20-IETF.
  package static func keystream(
    keys: borrowing SecretBytes, index: Int, firstBlock: UInt64,
    into target: UnsafeMutableRawBufferPointer
  ) {
    precondition(
      index >= 0 && (index + 1) * keyByteCount <= keys.count, "no ChaCha20 key \(index)")
    precondition(
      firstBlock + UInt64(target.count / blockByteCount) < 1 << 32,
      "the keystream of ChaCha20-IETF ends at block 2^32")
    unsafe keystream(
      keyAt: keys.pointer(at: index * keyByteCount), nonce: zeroNonce, blockCounter: firstBlock,
      into: target)
  }

  /// A multiple of the block.
  private static let zeros = [UInt8](repeating: 0, count: 1 << 14)
  private static let zeroNonce = [UInt8](repeating: 0, count: 8)

  private static func keystream(
    keyAt key: UnsafePointer<UInt8>, nonce: [UInt8], blockCounter: UInt64,
    into target: UnsafeMutableRawBufferPointer
  ) {
    precondition(Sodium.isReady)
    guard let start = target.baseAddress else { return }
    // The stream is xor-ed to zeros that stay in cache: clearing the target first costs a tenth.
    for offset in stride(from: 0, to: target.count, by: zeros.count) {
      let count = min(zeros.count, target.count - offset)
      let code = unsafe crypto_stream_chacha20_xor_ic(
        start.assumingMemoryBound(to: UInt8.self) + offset, zeros, UInt64(count), nonce,
        blockCounter + UInt64(offset / blockByteCount), key)
      Sodium.check(code, "crypto_stream_chacha20_xor_ic")
    }
  }
}
