package import CryptoPrimitives

/// An enrollment authority's word that an identity belongs to an enrolled device: section 4.
package struct Certificate: Sendable, Equatable {
  static let byteCount = 112

  package let identity: VerificationKey
  /// Unix seconds.
  package let notBefore: UInt64
  /// Unix seconds.
  package let notAfter: UInt64
  package let signature: Signature

  /// A certificate with a signature from elsewhere.
  package init(
    identity: VerificationKey, notBefore: UInt64, notAfter: UInt64, signature: Signature
  ) {
    self.identity = identity
    self.notBefore = notBefore
    self.notAfter = notAfter
    self.signature = signature
  }

  /// A certificate that `authority` signs.
  package init(
    identity: VerificationKey, notBefore: UInt64, notAfter: UInt64,
    by authority: borrowing SigningKey
  ) {
    self.identity = identity
    self.notBefore = notBefore
    self.notAfter = notAfter
    signature = authority.sign(
      Self.signatureDigest(identity: identity, notBefore: notBefore, notAfter: notAfter))
  }

  /// The certificate that 112 bytes encode.
  ///
  /// - Throws: `truncated`, `trailing`, or `range` if it ends before it starts.
  package init(decoding bytes: [UInt8]) throws(ProtocolError) {
    var reader = ByteReader(bytes)
    self = try reader.certificate("certificate")
    try reader.finish("certificate")
    try checkOrder("certificate.notAfter")
  }

  package var encoded: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  func append(to bytes: inout [UInt8]) {
    identity.encoding.append(to: &bytes)
    bytes.append(littleEndian: notBefore)
    bytes.append(littleEndian: notAfter)
    signature.append(to: &bytes)
  }

  /// The hash by which a leaf, and a log, name this certificate.
  package var hash: Bytes32 { Self.hash(of: encoded) }

  /// The same of a certificate's bytes.
  package static func hash(of encoded: [UInt8]) -> Bytes32 {
    var message = LabeledMessage(.certificate)
    message.append(encoded)
    return message.digest
  }

  func checkOrder(_ place: StaticString) throws(ProtocolError) {
    guard notBefore <= notAfter else { throw ProtocolError(.range, place) }
  }

  var signatureDigest: Bytes32 {
    Self.signatureDigest(identity: identity, notBefore: notBefore, notAfter: notAfter)
  }

  private static func signatureDigest(
    identity: VerificationKey, notBefore: UInt64, notAfter: UInt64
  ) -> Bytes32 {
    var bytes = identity.encoding.bytes
    bytes.append(littleEndian: notBefore)
    bytes.append(littleEndian: notAfter)
    var message = LabeledMessage(.signedCertificate)
    message.append(bytes)
    return message.digest
  }
}

extension ByteReader {
  mutating func certificate(_ place: StaticString) throws(ProtocolError) -> Certificate {
    Certificate(
      identity: try verificationKey(place), notBefore: try u64(place), notAfter: try u64(place),
      signature: try signature(place))
  }
}
