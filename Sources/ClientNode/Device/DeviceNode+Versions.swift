package import CryptoPrimitives
internal import FederatedRounds
internal import Foundation
internal import SecureAggregation
internal import Storage
internal import TransparencyLog
internal import WireProtocol

/// Plans, versions and other bytes with a hash: downloaded, checked and kept.
extension DeviceNode {
  /// The document of a plan that was signed, if the device has met it.
  package func knownPlan(_ hash: Bytes32) async throws(DeviceError) -> [UInt8]? {
    guard let document = try await readSetting(Setting.plan(hash)) else { return nil }
    guard Blake2b.digest(document) == hash else {
      throw .storage(.corrupt(table: "setting", field: Setting.plan(hash)))
    }
    return document
  }

  func keep(_ document: [UInt8], hash: Bytes32) async throws(DeviceError) {
    try await setting(Setting.plan(hash), document)
  }

  /// Puts a version to use, once it is here: until then profiles are computed with the one before.
  ///
  /// While one is fetched another is left for the next check-in.
  func setServed(_ served: ServedModel) async throws(DeviceError) {
    guard !isFetchingServed else { return }
    isFetchingServed = true
    defer { isFetchingServed = false }
    _ = try await fetch(served.model)
    let earlier = try await servedModel()
    guard earlier?.model != served.model || earlier?.plan != served.plan else { return }
    try await setting(Setting.served, served.plan.bytes + served.model.bytes)
    if let earlier, earlier.model != served.model {
      do { try blobs().remove(earlier.model) } catch { throw .storage(error) }
    }
  }

  /// The plan and the version that profiles are computed with, if the coordinator has named one.
  package func servedModel() async throws(DeviceError) -> (plan: Bytes32, model: Bytes32)? {
    guard let bytes = try await readSetting(Setting.served) else { return nil }
    guard let plan = Bytes32(Array(bytes.prefix(Bytes32.count))),
      let model = Bytes32(Array(bytes.dropFirst(Bytes32.count)))
    else { throw .storage(.corrupt(table: "setting", field: Setting.served)) }
    return (plan, model)
  }

  /// The bytes with a hash, from the coordinator or whoever caches for it.
  ///
  /// - Parameter limit: bytes; the device's ceiling if that is lower.
  package func download(
    _ hash: Bytes32, limit: Int = .max
  ) async throws(DeviceError) -> [UInt8] {
    let bytes: [UInt8]
    do {
      bytes = try await transport.read(
        "/v1/blobs/\(hash)", limit: min(limit, ceilings.mostDownload))
    } catch { throw .transport(error) }
    guard Blake2b.digest(bytes) == hash else { throw .damagedDownload(hash) }
    return bytes
  }

  /// As `download`, from the device's own copy if it has one.
  ///
  /// For what is needed without a round: the version that profiles are computed with, its catalogue.
  package func fetch(_ hash: Bytes32) async throws(DeviceError) -> [UInt8] {
    do {
      let blobs = try blobs()
      if let known = try Self.known(hash, in: blobs) { return known }
      let bytes = try await download(hash)
      _ = try blobs.store(bytes)
      return bytes
    } catch let error as StorageError { throw .storage(error) } catch let error as DeviceError {
      throw error
    } catch { throw .unexpectedAnswer }
  }

  /// A copy at hand; one that is damaged is thrown away, for there is another to be had.
  private static func known(
    _ hash: Bytes32, in blobs: BlobStore
  ) throws(StorageError) -> [UInt8]? {
    guard blobs.contains(hash) else { return nil }
    do { return try blobs.bytes(hash) } catch {
      switch error {
      case .blobMissing: return nil
      case .blobDamaged:
        try blobs.remove(hash)
        return nil
      default: throw error
      }
    }
  }

  private func blobs() throws(StorageError) -> BlobStore {
    try BlobStore(folder: folder + "/blobs", clears: false, faults: NoFaults())
  }

  func revocations() async throws(DeviceError) -> RevocationList {
    let bytes: [UInt8]
    do {
      bytes = try await transport.read("/v1/revocations", limit: 1 << 25)
    } catch { throw .transport(error) }
    guard bytes.count.isMultiple(of: Bytes32.count) else {
      throw .wire(.malformed(message: "revocation list"))
    }
    return RevocationList(
      Set(
        stride(from: 0, to: bytes.count, by: Bytes32.count).compactMap { start in
          Bytes32(Array(bytes[start..<start + Bytes32.count])).map(VerificationKey.init(encoding:))
        }))
  }
}
