package import CryptoPrimitives

/// One share of each of a dealer's two secrets, sealed for one holder: 104 bytes.
package struct ShareBox: Sendable, Equatable {
  package static let byteCount = SealedBox.overheadByteCount + sharesByteCount
  static let sharesByteCount = 2 * SecretScalars.scalarByteCount

  /// In place: the coordinator of a large cohort has a hundred thousand boxes and more, and would otherwise wait
  /// for the memory of each.
  private let lanes: Lanes104

  /// - Range: 104 bytes.
  init(_ bytes: RawSpan) { lanes = Lanes104(bytes) }

  /// - Range: 104 bytes.
  package init(bytes: [UInt8]) { unsafe self.init(bytes.span.bytes) }

  package var bytes: [UInt8] { lanes.bytes }

  func append(to bytes: inout [UInt8]) { lanes.append(to: &bytes) }

  /// Who deals to whom, in which round: what a box and its key are bound to.
  package struct Route {
    /// T2.
    package let transcript: Bytes32
    package let dealer: Int
    package let holder: Int

    /// - Range: both indices are below the largest cohort.
    package init(transcript: Bytes32, dealer: Int, holder: Int) {
      self.transcript = transcript
      self.dealer = dealer
      self.holder = holder
    }

    /// The key of the box, from the secret for this direction.
    package func key(from session: borrowing SecretBytes) -> SecretBytes {
      var message = LabeledMessage(.box)
      message.append(transcript)
      message.append(UInt32(dealer))
      message.append(UInt32(holder))
      return KeyDerivation.key(from: session, message: message)
    }

    var associatedBytes: [UInt8] {
      var bytes = transcript.bytes
      bytes.append(littleEndian: UInt32(dealer))
      bytes.append(littleEndian: UInt32(holder))
      return bytes
    }
  }

  /// Seals 64 bytes of `shares`, from `offset` on: the share of the mask key, then of the self mask.
  package static func seal(
    _ shares: borrowing SecretBytes, at offset: Int, on route: Route,
    key: borrowing SecretBytes, nonce: [UInt8]
  ) -> ShareBox {
    ShareBox(
      bytes: SealedBox.seal(
        shares, offset..<offset + sharesByteCount, associated: route.associatedBytes,
        nonce: nonce, key: key))
  }

  /// The 64 bytes in the box.
  ///
  /// - Throws: `CryptoError.notAuthentic` for a box of another dealer, holder or round.
  package func open(on route: Route, key: borrowing SecretBytes) throws(CryptoError) -> SecretBytes
  {
    try SealedBox.open(bytes, associated: route.associatedBytes, key: key)
  }
}

extension ByteReader {
  mutating func shareBox(_ place: StaticString) throws(ProtocolError) -> ShareBox {
    try withBytes(ShareBox.byteCount, place) { ShareBox($0) }
  }
}
