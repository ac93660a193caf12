package import CryptoPrimitives
internal import TransparencyLog

/// Seals and opens entries and the head with a key that only this device has.
package final class LedgerSeal: Sendable {
  private let key: SecretBytes

  /// - Parameter secret: 32 bytes that the device keeps for life; the key is derived from them.
  package init(derivedFrom secret: borrowing SecretBytes) {
    key = KeyDerivation.key(from: secret, message: LabeledMessage(.deviceLedgerKey))
  }

  /// An entry as it is stored.
  package func seal(
    _ entry: LedgerEntry, randomness: inout RandomStream
  ) -> SealedLedgerEntry {
    SealedLedgerEntry(
      number: entry.number,
      box: seal(entry.encoded, Self.associated(entry.number), randomness: &randomness))
  }

  /// The entry in a box; nil if the box, or its number, is not what was sealed here.
  ///
  /// Why does not matter: the reading makes one fault of it, `unsealed`, which names the entry.
  func open(_ sealed: SealedLedgerEntry) -> LedgerEntry? {
    guard let bytes = open(sealed.box, Self.associated(sealed.number)) else { return nil }
    do throws(LogRefusal) {
      let entry = try LedgerEntry(decoding: bytes)
      return entry.number == sealed.number ? entry : nil
    } catch { return nil }
  }

  /// The head of a device that has spent nothing, as it is stored.
  ///
  /// It is written before the device's key, so that a head that is missing was taken away.
  package func firstHead(randomness: inout RandomStream) -> [UInt8] {
    seal(DeviceLedger().head, randomness: &randomness)
  }

  /// The head as it is stored.
  package func seal(_ head: LedgerHead, randomness: inout RandomStream) -> [UInt8] {
    seal(head.encoded, LabeledMessage(.deviceLedgerHead).bytes, randomness: &randomness)
  }

  /// The head in a box; nil if it is not what was sealed here, which the reading calls `headUnsealed`.
  func open(head box: [UInt8]) -> LedgerHead? {
    guard let bytes = open(box, LabeledMessage(.deviceLedgerHead).bytes) else { return nil }
    do throws(LogRefusal) { return try LedgerHead(decoding: bytes) } catch { return nil }
  }

  private static func associated(_ number: UInt64) -> [UInt8] {
    var message = LabeledMessage(.deviceLedgerEntry)
    message.append(number)
    return message.bytes
  }

  private func seal(
    _ bytes: [UInt8], _ associated: [UInt8], randomness: inout RandomStream
  ) -> [UInt8] {
    var secret = SecretBytes(zeros: bytes.count)
    unsafe secret.withUnsafeMutableBuffer { unsafe $0.copyBytes(from: bytes) }
    let nonce = Array(Bytes32(random: &randomness).bytes.prefix(SealedBox.nonceByteCount))
    return SealedBox.seal(
      secret, 0..<bytes.count, associated: associated, nonce: nonce, key: key)
  }

  private func open(_ box: [UInt8], _ associated: [UInt8]) -> [UInt8]? {
    do throws(CryptoError) {
      return try SealedBox.open(box, associated: associated, key: key)
        .withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Array($0) } }
    } catch { return nil }
  }
}

/// An entry as a store has it.
package struct SealedLedgerEntry: Sendable, Equatable {
  package let number: UInt64
  package let box: [UInt8]

  package init(number: UInt64, box: [UInt8]) {
    self.number = number
    self.box = box
  }
}
