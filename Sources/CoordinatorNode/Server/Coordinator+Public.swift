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
  ///
  /// While a round goes on, those that its configuration knows: devices compare the two. Who was revoked
  /// since then is refused all the same.
  var revokedIdentities: [UInt8] {
    revoked.prefix(live?.record.revocationCount ?? revoked.count).map(\.encoding).sorted()
      .flatMap(\.bytes)
  }

  var isReady: Bool { !isDraining }

  /// A plan's document, a catalogue or a model's bytes.
  ///
  /// Partial sums are blobs, too, and are not given out.
  nonisolated func publicBlob(_ hash: Bytes32) async -> PublicBlob? {
    do {
      if let document = try await store.plan(hash)?.document {
        return PublicBlob(byteCount: document.count) { Array(document[$0]) }
      }
      let isPublic: Bool
      if try await store.model(hash) != nil {
        isPublic = true
      } else {
        isPublic = try await store.isCatalogue(hash)
      }
      guard isPublic else { return nil }
      return PublicBlob(byteCount: try await store.blobByteCount(hash)) { [store] in
        try await store.blob(hash, $0)
      }
    } catch {
      logger.error("a download failed", metadata: ["error": "\(error)"])
      return nil
    }
  }
}

/// Bytes that everybody may read, a range at a time.
struct PublicBlob: Sendable {
  let byteCount: Int
  let read: @Sendable (Range<Int>) async throws -> [UInt8]
}
