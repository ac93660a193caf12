package import CryptoPrimitives
internal import SecureAggregation
package import Storage
package import TransparencyLog
internal import WireProtocol

/// The coordinator's keys: its identity, the enrollment authority's, the one that requests are sealed to, and
/// the one that signs heads of its log, for life.
package final class CoordinatorKeys: Sendable {
  let identity: SigningKey
  /// The same identity, as the aggregation protocol holds it.
  let aggregationIdentity: Identity
  let authority: SigningKey
  let seal: AgreementSecretKey
  let log: SigningKey

  private static let names = (
    identity: "identity", authority: "authority", seal: "seal", log: "log",
    nextAuthority: "authority-next"
  )

  /// Reads the keys of a folder.
  ///
  /// - Throws: `StorageError.keyMissing` for the first that is not there, `rotationUnfinished` after a rotation
  ///   that was interrupted.
  package convenience init(folder: String) throws(StorageError) {
    guard !KeyFile.exists(name: Self.names.nextAuthority, in: folder) else {
      throw .rotationUnfinished(path: folder + "/" + Self.names.nextAuthority)
    }
    try self.init(folder: folder, authority: Self.names.authority)
  }

  private init(folder: String, authority name: String) throws(StorageError) {
    let count = SigningKey.seedByteCount
    log = SigningKey(seed: try KeyFile.read(count, name: Self.names.log, in: folder))
    identity = SigningKey(seed: try KeyFile.read(count, name: Self.names.identity, in: folder))
    aggregationIdentity = Identity(
      SigningKey(seed: try KeyFile.read(count, name: Self.names.identity, in: folder)))
    authority = SigningKey(seed: try KeyFile.read(count, name: name, in: folder))
    seal = AgreementSecretKey(bytes: try KeyFile.read(count, name: Self.names.seal, in: folder))
  }

  /// Makes fresh keys in a folder, unless they are there.
  package static func make(
    in folder: String, randomness: inout RandomStream
  ) throws(StorageError) {
    for name in [names.identity, names.authority, names.seal, names.log]
    where !KeyFile.exists(name: name, in: folder) {
      let secret = SecretBytes(random: SigningKey.seedByteCount, from: &randomness)
      try KeyFile.write(secret, name: name, in: folder)
    }
  }

  /// Makes the log's key for a folder from before there was a log.
  ///
  /// Never in place of one that was lost: a store that has a head keeps its log's key for life.
  package static func addLogKey(
    in folder: String, of store: any LogStore
  ) async throws(StorageError) {
    guard !KeyFile.exists(name: names.log, in: folder),
      KeyFile.exists(name: names.identity, in: folder), try await store.logHeads().signed == nil
    else { return }
    var randomness = RandomStream.system()
    let secret = SecretBytes(random: SigningKey.seedByteCount, from: &randomness)
    try KeyFile.write(secret, name: names.log, in: folder)
  }

  /// The keys as they are, and as they will be once the authority's next key has taken the place of its present one.
  ///
  /// The next key is made if there is none.
  static func beforeAndAfterRotation(
    in folder: String, randomness: inout RandomStream
  ) throws(StorageError) -> (before: CoordinatorKeys, after: CoordinatorKeys) {
    let before = try CoordinatorKeys(folder: folder, authority: names.authority)
    if !KeyFile.exists(name: names.nextAuthority, in: folder) {
      let secret = SecretBytes(random: SigningKey.seedByteCount, from: &randomness)
      try KeyFile.write(secret, name: names.nextAuthority, in: folder)
    }
    return (before, try CoordinatorKeys(folder: folder, authority: names.nextAuthority))
  }

  /// Puts the authority's next key in the place of its present one, which is gone from then on.
  static func finishRotation(in folder: String) throws(StorageError) {
    try KeyFile.rename(names.nextAuthority, to: names.authority, in: folder)
  }

  /// A plan that devices of this coordinator accept.
  package func sign(planDocument: [UInt8]) -> PlanRecord {
    PlanRecord(
      document: planDocument,
      signature: authority.sign(PlanSignature.digest(Blake2b.digest(planDocument))).bytes)
  }

  /// What the coordinator's operator hands to those who are to be its witnesses.
  package var introduction: String {
    CoordinatorIntroduction(
      identity: verificationKey, authority: authorityKey, log: log.verificationKey
    )
    .text(signedBy: identity)
  }

  package var verificationKey: VerificationKey { identity.verificationKey }
  /// What readers of the log pin.
  package var logKey: VerificationKey { log.verificationKey }
  package var logIdentity: LogIdentity { LogIdentity(key: log.verificationKey) }
  package var authorityKey: VerificationKey { authority.verificationKey }
}
