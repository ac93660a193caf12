internal import CSodium

extension SecretBytes {
  /// Replaces these bytes by H(label; bytes), without a copy outside of guarded memory.
  ///
  /// - Range: 32 bytes.
  package mutating func replaceByDigest(_ label: DomainLabel) {
    precondition(Sodium.isReady)
    precondition(count == Bytes32.count, "a digest has 32 bytes, not \(count)")
    var start = label.bytes
    start.append(littleEndian: UInt32(count))
    var message = SecretBytes(zeros: start.count + count)
    message.withMutableBytes { bytes in
      for (offset, byte) in start.enumerated() {
        bytes.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
      }
    }
    message.replace(at: start.count, with: self, 0..<count)
    let code = unsafe crypto_generichash(
      mutablePointer(at: 0), Bytes32.count, message.pointer(at: 0), UInt64(message.count), nil, 0)
    Sodium.check(code, "crypto_generichash")
  }
}
