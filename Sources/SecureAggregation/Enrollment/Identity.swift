package import CryptoPrimitives

/// A signing key that several rounds use, and never copy.
package final class Identity: Sendable {
  private let key: SigningKey

  package init(_ key: consuming SigningKey) { self.key = key }

  package var verificationKey: VerificationKey { key.verificationKey }

  /// The bytes of a message with this identity's signature.
  func message(_ content: some MessageContent) -> [UInt8] { content.message(signedBy: key) }
}
