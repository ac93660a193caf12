package import CryptoPrimitives
package import Storage

/// Seals and opens the events of the device's user with a key that only this device has.
///
/// What an event is, the vault does not know: it gets bytes and gives bytes back.
package final class EventVault: Sendable {
  private let key: SecretBytes
  private static let name = "events"

  /// Opens the vault of a folder, with a fresh key if there is none.
  package init(folder: String, randomness: inout RandomStream) throws(StorageError) {
    if !KeyFile.exists(name: Self.name, in: folder) {
      try KeyFile.write(
        SecretBytes(random: SealedBox.keyByteCount, from: &randomness), name: Self.name,
        in: folder)
    }
    key = try KeyFile.read(SealedBox.keyByteCount, name: Self.name, in: folder)
  }

  /// Seals one event; its time is bound to it, for it decides when the event is forgotten.
  package func seal(
    _ event: [UInt8], happenedAt time: Int64, randomness: inout RandomStream
  ) -> SealedEvent {
    var secret = SecretBytes(zeros: event.count)
    unsafe secret.withUnsafeMutableBuffer { unsafe $0.copyBytes(from: event) }
    let nonce = Array(Bytes32(random: &randomness).bytes.prefix(SealedBox.nonceByteCount))
    return SealedEvent(
      happenedAt: time,
      box: SealedBox.seal(
        secret, 0..<event.count, associated: Self.associated(time), nonce: nonce, key: key))
  }

  /// The event in a box.
  ///
  /// - Throws: `notAuthentic` if box or time are not those that were sealed here.
  package func open(_ event: SealedEvent) throws(CryptoError) -> [UInt8] {
    let opened = try SealedBox.open(
      event.box, associated: Self.associated(event.happenedAt), key: key)
    return opened.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Array($0) } }
  }

  /// Removes the key; what it has sealed cannot be read any more.
  package static func removeKey(folder: String) throws(StorageError) {
    try KeyFile.remove(name: name, in: folder)
  }

  private static func associated(_ time: Int64) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt64(bitPattern: time))
    return bytes
  }
}
