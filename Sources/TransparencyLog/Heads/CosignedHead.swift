package import CryptoPrimitives

/// A witness's word that it has seen this head of a log, and no other that contradicts it.
package struct Cosignature: Sendable, Equatable {
  package let witness: VerificationKey
  package let signature: Signature

  /// A cosignature from elsewhere.
  package init(witness: VerificationKey, signature: Signature) {
    self.witness = witness
    self.signature = signature
  }

  /// The cosignature of a head that the witness's `LogView` has accepted.
  package init(of head: TreeHead, by key: borrowing SigningKey) {
    witness = key.verificationKey
    signature = key.sign(Self.digest(of: head, witness: key.verificationKey))
  }

  /// Whether the witness signed this head.
  package func isValid(for head: TreeHead) -> Bool {
    witness.isValid(signature, on: Self.digest(of: head, witness: witness))
  }

  private static func digest(of head: TreeHead, witness: VerificationKey) -> Bytes32 {
    var message = LabeledMessage(.logCosignature)
    message.append(head.signatureDigest)
    message.append(witness.encoding)
    return message.digest
  }
}

/// A signed head with cosignatures, in ascending order of the witnesses' keys and at most one of each.
package struct CosignedHead: Sendable, Equatable {
  package let signed: SignedHead
  package private(set) var cosignatures: [Cosignature]

  package init(_ signed: SignedHead) {
    self.signed = signed
    cosignatures = []
  }

  /// The head with those cosignatures that are wanted.
  package func keeping(_ isWanted: (Cosignature) -> Bool) -> CosignedHead {
    var head = self
    head.cosignatures.removeAll { !isWanted($0) }
    return head
  }

  /// Adds a cosignature, in place of an earlier one of the same witness.
  package mutating func add(_ cosignature: Cosignature) {
    cosignatures.removeAll { $0.witness == cosignature.witness }
    precondition(cosignatures.count < LogLimits.mostWitnesses, "too many cosignatures")
    let key = cosignature.witness.encoding
    let place = cosignatures.firstIndex { $0.witness.encoding > key } ?? cosignatures.endIndex
    cosignatures.insert(cosignature, at: place)
  }
}

extension CosignedHead {
  package var encoded: [UInt8] {
    var bytes = StructureKind.cosignedHead.header + signed.encoded
    bytes.append(UInt8(cosignatures.count))
    for cosignature in cosignatures {
      cosignature.witness.encoding.append(to: &bytes)
      bytes += cosignature.signature.bytes
    }
    return bytes
  }

  package init(decoding bytes: [UInt8]) throws(LogRefusal) {
    var reader = FieldReader(bytes)
    try self.init(from: &reader)
    try reader.finish("cosignedHead")
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    try reader.header(.cosignedHead, "cosignedHead.header")
    signed = try SignedHead(from: &reader)
    var cosignatures: [Cosignature] = []
    for _ in 0..<(try reader.count(LogLimits.mostWitnesses, "cosignedHead.count")) {
      let cosignature = Cosignature(
        witness: try reader.key("cosignature.witness"),
        signature: try reader.signature("cosignature.signature"))
      if let last = cosignatures.last {
        guard cosignature.witness.encoding > last.witness.encoding else {
          throw reader.refusal(.order, "cosignature.witness")
        }
      }
      cosignatures.append(cosignature)
    }
    self.cosignatures = cosignatures
  }
}
