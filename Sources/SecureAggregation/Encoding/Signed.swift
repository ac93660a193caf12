package import CryptoPrimitives

/// The fields of one kind of signed message, between header and signature.
package protocol MessageContent: Sendable {
  static var kind: MessageKind { get }
  /// What a signature of such a message is for.
  static var signatureLabel: DomainLabel { get }

  /// Appends the fields, without header and signature.
  func append(to bytes: inout [UInt8])

  /// Reads the fields.
  init(from reader: inout MessageReader) throws(ProtocolError)

  /// Checks the conditions that join several fields, after everything was read.
  func checkJointConditions() throws(ProtocolError)
}

extension [UInt8] {
  /// Makes room for `count` bytes of fields and a signature: large messages are then not moved while they grow.
  mutating func reserve(_ count: Int) { reserveCapacity(self.count + count + Signature.byteCount) }
}

extension MessageContent {
  package func checkJointConditions() throws(ProtocolError) {}

  /// Header and fields: what a signature covers.
  package var signedBytes: [UInt8] {
    var bytes = Self.kind.header
    append(to: &bytes)
    return bytes
  }

  /// The 32 bytes that are signed.
  package var signatureDigest: Bytes32 {
    unsafe Self.signatureDigest(of: signedBytes.span.bytes)
  }

  /// H(label; bytes), taken where the bytes are: some messages are large.
  static func signatureDigest(of bytes: RawSpan) -> Bytes32 {
    var digest = Blake2bDigest()
    var start = signatureLabel.bytes
    start.append(littleEndian: UInt32(bytes.byteCount))
    digest.update(start)
    digest.update(bytes)
    return digest.finalize()
  }

  /// The whole message, signed by `key`.
  func message(signedBy key: borrowing SigningKey) -> [UInt8] {
    var bytes = signedBytes
    let signature = unsafe key.sign(Self.signatureDigest(of: bytes.span.bytes))
    signature.append(to: &bytes)
    return bytes
  }
}

/// The reader of message fields; only this module can make one.
package struct MessageReader {
  var fields: ByteReader
}

/// A message with its sender's signature, which may be wrong: it says who claims the content.
package struct Signed<Content: MessageContent>: Sendable {
  package let content: Content
  package let signature: Signature
  /// What the signature has to be on.
  let digest: Bytes32

  /// A message as received or composed, with a signature from elsewhere.
  package init(_ content: Content, signature: Signature) {
    self.content = content
    self.signature = signature
    digest = content.signatureDigest
  }

  /// A message that `key` signs.
  package init(_ content: Content, by key: borrowing SigningKey) {
    self.content = content
    digest = content.signatureDigest
    signature = key.sign(digest)
  }

  /// The message that `bytes` encode, and nothing else.
  ///
  /// - Throws: the code of the first field, from the first byte on, that is not as it has to be.
  package init(decoding bytes: [UInt8]) throws(ProtocolError) {
    var reader = MessageReader(fields: ByteReader(bytes))
    guard try reader.fields.header() == Content.kind else {
      throw ProtocolError(.kind, "header.kind")
    }
    content = try Content(from: &reader)
    digest = unsafe Content.signatureDigest(
      of: bytes.span.bytes.extracting(0..<reader.fields.position))
    signature = try reader.fields.signature("signature")
    try reader.fields.finish("signature")
    try content.checkJointConditions()
  }

  /// The message as bytes.
  package var encoded: [UInt8] { content.signedBytes + signature.bytes }

  /// Whether `key` signed the content.
  package func isSigned(by key: VerificationKey) -> Bool { key.isValid(signature, on: digest) }
}
