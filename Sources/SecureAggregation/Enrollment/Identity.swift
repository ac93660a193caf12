package import CryptoPrimitives

/// A signing key that several rounds use, and never copy.
package final class Identity: Sendable {
  private let key: SigningKey

  package init(_ key: consuming SigningKey) { self.key = key }

  package var verificationKey: VerificationKey { key.verificationKey }

  /// A message with this identity's signature.
  func signed<Content: MessageContent>(_ content: Content) -> Signed<Content> {
    Signed(content, by: key)
  }
}
