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

  private static let names = (seal: "seal", log: "log")

  /// A key that can give way to another; the log's is for life, and nobody pins that of `seal`.
  package enum Replaceable: String, Sendable, CaseIterable {
    case identity
    case authority

    fileprivate var name: String { rawValue }
    fileprivate var nextName: String { rawValue + "-next" }
  }

  /// Reads the keys of a folder.
  ///
  /// - Throws: `StorageError.keyMissing` for the first that is not there, `rotationUnfinished` after a rotation
  ///   that was interrupted.
  package convenience init(folder: String) throws(StorageError) {
    for key in Replaceable.allCases { try Self.requireNoNext(of: key, in: folder) }
    try self.init(folder: folder, replaced: nil)
  }

  private static func requireNoNext(
    of key: Replaceable, in folder: String
  ) throws(StorageError) {
    guard KeyFile.exists(name: key.nextName, in: folder) else { return }
    throw .rotationUnfinished(path: folder + "/" + key.nextName, key: key.rawValue)
  }

  private init(folder: String, replaced: Replaceable?) throws(StorageError) {
    let (identity, authority) = (Replaceable.identity, Replaceable.authority)
    let identityName = replaced == identity ? identity.nextName : identity.name
    let authorityName = replaced == authority ? authority.nextName : authority.name
    let count = SigningKey.seedByteCount
    log = SigningKey(seed: try KeyFile.read(count, name: Self.names.log, in: folder))
    self.identity = SigningKey(seed: try KeyFile.read(count, name: identityName, in: folder))
    aggregationIdentity = Identity(
      SigningKey(seed: try KeyFile.read(count, name: identityName, in: folder)))
    self.authority = SigningKey(seed: try KeyFile.read(count, name: authorityName, in: folder))
    seal = AgreementSecretKey(bytes: try KeyFile.read(count, name: Self.names.seal, in: folder))
  }

  /// Makes fresh keys in a folder, unless they are there.
  package static func make(
    in folder: String, randomness: inout RandomStream
  ) throws(StorageError) {
    for name in Replaceable.allCases.map(\.name) + [names.seal, names.log]
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
      KeyFile.exists(name: Replaceable.identity.name, in: folder),
      try await store.logHeads().signed == nil
    else { return }
    var randomness = RandomStream.system()
    let secret = SecretBytes(random: SigningKey.seedByteCount, from: &randomness)
    try KeyFile.write(secret, name: names.log, in: folder)
  }

  /// The keys as they are, and as they will be once the next of one has taken the place of the present one.
  ///
  /// The next key is made if there is none.
  static func beforeAndAfterRotation(
    of key: Replaceable, in folder: String, randomness: inout RandomStream
  ) throws(StorageError) -> (before: CoordinatorKeys, after: CoordinatorKeys) {
    // One at a time: an entry is signed by keys of which one has changed.
    for other in Replaceable.allCases where other != key {
      try requireNoNext(of: other, in: folder)
    }
    let before = try CoordinatorKeys(folder: folder, replaced: nil)
    if !KeyFile.exists(name: key.nextName, in: folder) {
      let secret = SecretBytes(random: SigningKey.seedByteCount, from: &randomness)
      try KeyFile.write(secret, name: key.nextName, in: folder)
    }
    return (before, try CoordinatorKeys(folder: folder, replaced: key))
  }

  /// What both keys sign.
  func rotation(of key: Replaceable, to after: CoordinatorKeys) -> LoggedRotation {
    switch key {
    case .identity: LoggedRotation(role: .coordinator, from: identity, to: after.identity)
    case .authority: LoggedRotation(role: .authority, from: authority, to: after.authority)
    }
  }

  /// Puts the next key in the place of the present one, which is gone from then on.
  static func finishRotation(of key: Replaceable, in folder: String) throws(StorageError) {
    try KeyFile.rename(key.nextName, to: key.name, in: folder)
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
