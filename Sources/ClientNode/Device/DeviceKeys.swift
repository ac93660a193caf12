package import CryptoPrimitives
internal import DeviceLedger
internal import SecureAggregation
package import Storage

/// The key of an enrolled device.
package final class DeviceKeys: Sendable {
  let identity: SigningKey
  /// The same key, as the aggregation protocol holds it.
  let aggregationIdentity: Identity
  /// Seals the device's ledger; its key follows from the identity.
  let ledgerSeal: LedgerSeal
  private static let name = "identity"

  /// Reads the key of a folder, or makes a fresh one.
  package init(
    folder: String, randomness: inout RandomStream, faults: any FaultInjector = NoFaults()
  ) throws(StorageError) {
    let count = SigningKey.seedByteCount
    if !KeyFile.exists(name: Self.name, in: folder) {
      let seed = SecretBytes(random: count, from: &randomness)
      // Before the key: a device whose ledger has no head has lost it.
      try LedgerHeadFile.write(
        LedgerSeal(derivedFrom: seed).firstHead(randomness: &randomness), folder: folder,
        faults: faults)
      try KeyFile.write(seed, name: Self.name, in: folder)
    }
    identity = SigningKey(seed: try KeyFile.read(count, name: Self.name, in: folder))
    aggregationIdentity = Identity(
      SigningKey(seed: try KeyFile.read(count, name: Self.name, in: folder)))
    ledgerSeal = LedgerSeal(derivedFrom: try KeyFile.read(count, name: Self.name, in: folder))
  }

  /// Whether a folder has a key, and so is a device's.
  package static func exist(in folder: String) -> Bool {
    KeyFile.exists(name: name, in: folder)
  }

  package var verificationKey: VerificationKey { identity.verificationKey }
}
