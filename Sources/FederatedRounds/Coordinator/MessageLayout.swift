internal import CryptoPrimitives
package import SecureAggregation

/// Where messages of devices and witnesses say who they are from: protocols/secure-aggregation.md, section 12.
package enum MessageLayout {
  /// Header and transcript value.
  private static let senderOffset = 40

  /// The kind of a message, nil if it has no header.
  package static func kind(of message: [UInt8]) -> MessageKind? {
    do { return try MessageKind(ofMessage: message) } catch { return nil }
  }

  /// Who claims to have sent a message: an identity, or an index of the cohort.
  enum Sender: Equatable {
    case identity(VerificationKey)
    case index(Int)
  }

  static func sender(of message: [UInt8], _ kind: MessageKind) -> Sender? {
    switch kind {
    case .advertise, .reveal, .cosign, .abort:
      guard message.count >= senderOffset + Bytes32.count,
        let identity = Bytes32(Array(message[senderOffset..<senderOffset + Bytes32.count]))
      else { return nil }
      return .identity(VerificationKey(encoding: identity))
    case .shares, .input, .consistency, .unmask:
      guard message.count >= senderOffset + 4 else { return nil }
      let bytes = message[senderOffset..<senderOffset + 4]
      return .index(bytes.reversed().reduce(0) { $0 << 8 | Int($1) })
    default: return nil
    }
  }
}
