package import CryptoPrimitives

/// Which of a dealer's two secrets a share belongs to.
package enum ReleasedSecret: UInt32, Sendable {
  /// b: the dealer's input is in the sum, so its self mask has to come off.
  case selfMask = 1
  /// s: the dealer dropped out, so its neighbors' pairwise masks have to come off.
  case maskKey = 2
}

/// A share that a holder releases.
package struct ReleasedShare: Sendable, Equatable {
  package let secret: ReleasedSecret
  /// Below the group order.
  package let share: Scalar

  package init(secret: ReleasedSecret, share: Scalar) {
    self.secret = secret
    self.share = share
  }
}

/// One share of each dealer, and never both: message kind 10.
package struct UnmaskMessage: Sendable {
  /// T4.
  package let transcript: Bytes32
  package let index: Int
  /// In ascending slots of the sender.
  package let entries: [Slotted<ReleasedShare>]

  package init(transcript: Bytes32, index: Int, entries: [Slotted<ReleasedShare>]) {
    self.transcript = transcript
    self.index = index
    self.entries = entries
  }
}

extension UnmaskMessage: MessageContent {
  package static let kind = MessageKind.unmask
  package static let signatureLabel = DomainLabel.signedUnmask

  package func append(to bytes: inout [UInt8]) {
    transcript.append(to: &bytes)
    bytes.append(littleEndian: UInt32(index))
    bytes.append(entries) { bytes, entry in
      bytes.append(littleEndian: entry.secret.rawValue)
      entry.share.encoding.append(to: &bytes)
    }
  }

  package init(from reader: inout MessageReader) throws(ProtocolError) {
    let transcript = try reader.fields.bytes32("Unmask.T4")
    let index = try reader.fields.cohortIndex("Unmask.index")
    let entries = try reader.fields.slotted("Unmask.entries") {
      (reader) throws(ProtocolError) in try reader.releasedShare("Unmask.entries")
    }
    self.init(transcript: transcript, index: index, entries: entries)
  }
}

extension ByteReader {
  fileprivate mutating func releasedShare(
    _ place: StaticString
  ) throws(ProtocolError) -> ReleasedShare {
    guard let secret = ReleasedSecret(rawValue: try u32(1...2, place)) else {
      throw ProtocolError(.range, place)
    }
    let encoding = try bytes32(place)
    do throws(CryptoError) {
      return ReleasedShare(secret: secret, share: try Scalar(encoding: encoding))
    } catch {
      throw ProtocolError(.scalar, place)
    }
  }
}
