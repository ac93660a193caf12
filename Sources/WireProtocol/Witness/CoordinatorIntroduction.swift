package import CryptoPrimitives

/// What a coordinator says of itself to those who are to be its witnesses, in a file.
///
/// Nothing in it is secret. It is handed over in a way that the two operators trust: the signature
/// finds what was changed by mistake, and proves nothing about who made the file.
package struct CoordinatorIntroduction: Sendable, Equatable {
  package let identity: VerificationKey
  /// Who certifies the coordinator's devices.
  package let authority: VerificationKey
  /// The key of its log.
  package let log: VerificationKey

  package init(
    identity: VerificationKey, authority: VerificationKey, log: VerificationKey
  ) {
    self.identity = identity
    self.authority = authority
    self.log = log
  }

  private struct Fields: Codable {
    let coordinator: String
    let authority: String
    let log: String
    let signature: String
  }

  private var digest: Bytes32 {
    var message = LabeledMessage(.coordinatorIntroduction)
    message.append(identity.encoding)
    message.append(authority.encoding)
    message.append(log.encoding)
    return message.digest
  }

  /// JSON, signed with the coordinator's key.
  package func text(signedBy coordinator: borrowing SigningKey) -> String {
    precondition(coordinator.verificationKey == identity, "another coordinator's introduction")
    return introductionText(
      Fields(
        coordinator: identity.encoding.description, authority: authority.encoding.description,
        log: log.encoding.description,
        signature: hexadecimal(coordinator.sign(digest).bytes)))
  }

  package init(decoding text: [UInt8]) throws(WireError) {
    let fields = try introductionFields(
      Fields.self, of: text, kind: "introduction of a coordinator")
    self.init(
      identity: try introducedKey(fields.coordinator, "coordinator"),
      authority: try introducedKey(fields.authority, "authority"),
      log: try introducedKey(fields.log, "log"))
    guard identity.isValid(try introducedSignature(fields.signature), on: digest) else {
      throw .badSignature
    }
  }
}
