package import CryptoPrimitives

/// The identities whose certificates no longer count.
package struct RevocationList: Sendable, Equatable {
  private let identities: Set<VerificationKey>
  /// Of all identities in ascending order: what a round's configuration names.
  package let digest: Bytes32

  package init(_ identities: Set<VerificationKey> = []) {
    self.identities = identities
    var joined: [UInt8] = []
    for encoding in identities.map(\.encoding).sorted() { encoding.append(to: &joined) }
    var message = LabeledMessage(.revocation)
    message.append(joined)
    digest = message.digest
  }

  /// All identities in ascending order of their encodings: how the list travels.
  package var ascending: [Bytes32] { identities.map(\.encoding).sorted() }

  package func contains(_ identity: VerificationKey) -> Bool { identities.contains(identity) }
}
