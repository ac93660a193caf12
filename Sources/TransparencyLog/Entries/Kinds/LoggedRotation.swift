package import CryptoPrimitives

/// A key gives way to another.
///
/// The log's own key does so with the last entry of its log: a log keeps one key for life.
package struct LoggedRotation: Sendable, Equatable {
  /// Whose key it is.
  package enum Role: UInt8, Sendable, CaseIterable {
    case log = 1
    case coordinator = 2
    case authority = 3
    case witness = 4
  }

  package let role: Role
  package let old: VerificationKey
  package let new: VerificationKey
  /// The old key's word that the new one follows it.
  package let oldSignature: Signature
  /// The new key's word that it follows the old one.
  package let newSignature: Signature

  /// A rotation with signatures from elsewhere.
  package init(
    role: Role, old: VerificationKey, new: VerificationKey, oldSignature: Signature,
    newSignature: Signature
  ) {
    self.role = role
    self.old = old
    self.new = new
    self.oldSignature = oldSignature
    self.newSignature = newSignature
  }

  /// A rotation that both keys sign.
  package init(role: Role, from old: borrowing SigningKey, to new: borrowing SigningKey) {
    let digest = Self.digest(role, old.verificationKey, new.verificationKey)
    self.init(
      role: role, old: old.verificationKey, new: new.verificationKey,
      oldSignature: old.sign(digest), newSignature: new.sign(digest))
  }

  /// Whether both keys signed the rotation.
  package var isSigned: Bool {
    let digest = Self.digest(role, old, new)
    return old.isValid(oldSignature, on: digest) && new.isValid(newSignature, on: digest)
  }

  private static func digest(
    _ role: Role, _ old: VerificationKey, _ new: VerificationKey
  ) -> Bytes32 {
    var message = LabeledMessage(.keyRotation)
    message.append(UInt32(role.rawValue))
    message.append(old.encoding)
    message.append(new.encoding)
    return message.digest
  }
}

extension LoggedRotation: EntryFields {
  static let kind = EntryKind.rotation
  var place: (subject: Bytes32, number: UInt64) { (old.encoding, UInt64(role.rawValue)) }

  func append(to bytes: inout [UInt8]) {
    bytes.append(role.rawValue)
    old.encoding.append(to: &bytes)
    new.encoding.append(to: &bytes)
    bytes += oldSignature.bytes
    bytes += newSignature.bytes
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    guard let role = Role(rawValue: try reader.u8("rotation.role")) else {
      throw reader.refusal(.range, "rotation.role")
    }
    self.role = role
    old = try reader.key("rotation.old")
    new = try reader.key("rotation.new")
    guard new != old else { throw reader.refusal(.contradiction, "rotation.new") }
    oldSignature = try reader.signature("rotation.oldSignature")
    newSignature = try reader.signature("rotation.newSignature")
  }
}
