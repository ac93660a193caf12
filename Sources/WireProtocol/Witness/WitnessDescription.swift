package import CryptoPrimitives

/// What a witness says of itself to a coordinator, in a file: `silhouette witness show`.
package struct WitnessDescription: Sendable, Equatable {
  package let identity: VerificationKey
  /// v_0.
  package let anchor: Bytes32
  /// Without a path, such as https://witness.example:8444.
  package let url: String
  /// Of the server's certificate; nil if a public authority vouches for it.
  package let certificatePin: Bytes32?

  private static let urlByteCount = 9...200

  package init(
    identity: VerificationKey, anchor: Bytes32, url: String, certificatePin: Bytes32?
  ) {
    self.identity = identity
    self.anchor = anchor
    self.url = url
    self.certificatePin = certificatePin
  }

  private struct Fields: Codable {
    let witness: String
    let anchor: String
    let url: String
    let certificatePin: String?
    let signature: String
  }

  private var digest: Bytes32 {
    var message = LabeledMessage(.witnessDescription)
    message.append(identity.encoding)
    message.append(anchor)
    message.append(Array(url.utf8))
    message.append(certificatePin ?? Bytes32())
    return message.digest
  }

  /// JSON, signed with the witness's key.
  package func text(signedBy witness: borrowing SigningKey) -> String {
    precondition(witness.verificationKey == identity, "another witness's description")
    return introductionText(
      Fields(
        witness: identity.encoding.description, anchor: anchor.description, url: url,
        certificatePin: certificatePin?.description,
        signature: hexadecimal(witness.sign(digest).bytes)))
  }

  package init(decoding text: [UInt8]) throws(WireError) {
    let fields = try introductionFields(Fields.self, of: text, kind: "description of a witness")
    guard Self.urlByteCount.contains(fields.url.utf8.count), fields.url.hasPrefix("https://")
    else { throw .range(field: "url") }
    var pin: Bytes32?
    if let text = fields.certificatePin { pin = try introducedValue(text, "certificatePin") }
    self.init(
      identity: try introducedKey(fields.witness, "witness"),
      anchor: try introducedValue(fields.anchor, "anchor"),
      url: fields.url, certificatePin: pin)
    guard identity.isValid(try introducedSignature(fields.signature), on: digest) else {
      throw .badSignature
    }
  }
}
