package import CryptoPrimitives
package import SecureAggregation
package import Storage

/// A witness's secrets: its identity, and the last value of its chain.
package final class WitnessKeys: Sendable {
  let identity: SigningKey
  /// The same identity, as the aggregation protocol holds it.
  let aggregationIdentity: Identity
  private let folder: String

  private static let names = (identity: "identity", chain: "chain")

  /// Reads the keys of a folder.
  package init(folder: String) throws(StorageError) {
    self.folder = folder
    let count = SigningKey.seedByteCount
    identity = SigningKey(seed: try KeyFile.read(count, name: Self.names.identity, in: folder))
    aggregationIdentity = Identity(
      SigningKey(seed: try KeyFile.read(count, name: Self.names.identity, in: folder)))
  }

  /// Whether a folder has keys: then what they have promised must be there, too.
  static func exist(in folder: String) -> Bool {
    KeyFile.exists(name: names.identity, in: folder)
      || KeyFile.exists(name: names.chain, in: folder)
  }

  /// Makes fresh keys in a folder, unless they are there.
  static func make(in folder: String, randomness: inout RandomStream) throws(StorageError) {
    for name in [names.identity, names.chain] where !KeyFile.exists(name: name, in: folder) {
      let secret = SecretBytes(random: SigningKey.seedByteCount, from: &randomness)
      try KeyFile.write(secret, name: name, in: folder)
    }
  }

  /// The chain that ends with the stored value, after `length` steps.
  package func chain(length: UInt64) throws(StorageError) -> WitnessChain {
    WitnessChain(
      last: try KeyFile.read(Bytes32.count, name: Self.names.chain, in: folder), length: length)
  }

  package var verificationKey: VerificationKey { identity.verificationKey }
}
