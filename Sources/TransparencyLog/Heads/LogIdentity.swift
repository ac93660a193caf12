package import CryptoPrimitives

/// A log as its readers pin it: one key, which it keeps for life, and the name that follows from it.
package struct LogIdentity: Sendable, Hashable {
  package let key: VerificationKey
  /// H(silhouette/log-identity/v1; key): what heads name.
  package let name: Bytes32

  package init(key: VerificationKey) {
    self.key = key
    var message = LabeledMessage(.logIdentity)
    message.append(key.encoding)
    name = message.digest
  }
}
