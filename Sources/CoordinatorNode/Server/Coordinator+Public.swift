internal import CryptoPrimitives
internal import Logging
internal import Storage
internal import WireProtocol

/// What everybody may read.
extension Coordinator {
  nonisolated var description: [UInt8] {
    CoordinatorDescription(
      identity: keys.verificationKey, authority: keys.authorityKey, sealKey: keys.seal.publicKey,
      time: clock()
    ).encoded(signedBy: keys.identity)
  }

  /// The revoked identities, in ascending order, one after another.
  var revokedIdentities: [UInt8] {
    devices.filter(\.value.isRevoked).keys.map(\.encoding).sorted().flatMap(\.bytes)
  }

  var isReady: Bool { !isDraining }

  /// A plan's document, a catalogue or a model's bytes.
  ///
  /// Partial sums are blobs, too, and are not given out.
  func publicBytes(_ hash: Bytes32) async -> [UInt8]? {
    do {
      if let plan = try await store.plan(hash) { return plan.document }
      let isPublic: Bool
      if try await store.model(hash) != nil {
        isPublic = true
      } else {
        isPublic = try await store.isCatalogue(hash)
      }
      guard isPublic else { return nil }
      return try await store.blob(hash)
    } catch {
      logger.error("a download failed", metadata: ["error": "\(error)"])
      return nil
    }
  }
}
