package import CryptoPrimitives

/// A plan is in force: it is in the log before the first of its rounds.
package struct LoggedPlan: Sendable, Equatable {
  /// The hash of the plan's document, which names its tasks, too.
  package let hash: Bytes32
  package let signer: VerificationKey
  /// The signature of the plan, as devices get it.
  package let signature: Signature

  package init(hash: Bytes32, signer: VerificationKey, signature: Signature) {
    self.hash = hash
    self.signer = signer
    self.signature = signature
  }

  /// Whether the signature is the signer's on the plan.
  package var isSigned: Bool {
    signer.isValid(signature, on: PlanSignature.digest(hash))
  }
}

extension LoggedPlan: EntryFields {
  static let kind = EntryKind.plan
  var place: (subject: Bytes32, number: UInt64) { (hash, 0) }

  func append(to bytes: inout [UInt8]) {
    hash.append(to: &bytes)
    signer.encoding.append(to: &bytes)
    bytes += signature.bytes
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    hash = try reader.bytes32("plan.hash")
    signer = try reader.key("plan.signer")
    signature = try reader.signature("plan.signature")
  }
}
