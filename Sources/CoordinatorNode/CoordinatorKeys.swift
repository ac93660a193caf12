package import CryptoPrimitives
internal import SecureAggregation
package import Storage
internal import WireProtocol

/// The coordinator's three keys: its identity, the enrollment authority's, and the one that requests
/// are sealed to.
package final class CoordinatorKeys: Sendable {
  let identity: SigningKey
  /// The same identity, as the aggregation protocol holds it.
  let aggregationIdentity: Identity
  let authority: SigningKey
  let seal: AgreementSecretKey

  private static let names = (identity: "identity", authority: "authority", seal: "seal")

  /// Reads the keys of a folder.
  package init(folder: String) throws(StorageError) {
    let count = SigningKey.seedByteCount
    identity = SigningKey(seed: try KeyFile.read(count, name: Self.names.identity, in: folder))
    aggregationIdentity = Identity(
      SigningKey(seed: try KeyFile.read(count, name: Self.names.identity, in: folder)))
    authority = SigningKey(seed: try KeyFile.read(count, name: Self.names.authority, in: folder))
    seal = AgreementSecretKey(bytes: try KeyFile.read(count, name: Self.names.seal, in: folder))
  }

  /// Makes fresh keys in a folder, unless they are there.
  package static func make(
    in folder: String, randomness: inout RandomStream
  ) throws(StorageError) {
    for name in [names.identity, names.authority, names.seal]
    where !KeyFile.exists(name: name, in: folder) {
      let secret = SecretBytes(random: SigningKey.seedByteCount, from: &randomness)
      try KeyFile.write(secret, name: name, in: folder)
    }
  }

  /// A plan that devices of this coordinator accept.
  package func sign(planDocument: [UInt8]) -> PlanRecord {
    PlanRecord(
      document: planDocument,
      signature: authority.sign(PlanSignature.digest(Blake2b.digest(planDocument))).bytes)
  }

  /// What the coordinator's operator hands to those who are to be its witnesses.
  package var introduction: String {
    CoordinatorIntroduction(identity: verificationKey, authority: authorityKey)
      .text(signedBy: identity)
  }

  package var verificationKey: VerificationKey { identity.verificationKey }
  package var authorityKey: VerificationKey { authority.verificationKey }
}
