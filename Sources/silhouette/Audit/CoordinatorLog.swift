internal import CoordinatorNode
internal import CryptoPrimitives
internal import Storage
internal import TransparencyLog

/// A coordinator's own log, as far as it is published, with the plans in its store.
struct CoordinatorLog: BundleSource {
  /// The coordinator's folder, for errors.
  let folder: String
  let store: SQLiteCoordinatorStore

  func head() async throws -> CosignedHead {
    guard let head = try await store.logHeads().published else {
      throw CommandFailure.inputMissing(
        file: folder, reason: "has no published log yet",
        remedy: "start the coordinator once: silhouette coordinator run --dir \(folder)")
    }
    return head
  }

  func entries(of tile: Tile) async throws -> [[UInt8]] {
    let start = tile.index << UInt64(Tile.height)
    return try await store.loggedEntries(start..<start + UInt64(tile.width))
  }

  func document(ofPlan hash: Bytes32) async throws -> [UInt8] {
    guard let plan = try await store.plan(hash) else { throw StorageError.unknownPlan(hash) }
    return plan.document
  }

  /// The coordinator's own keys, the authority's that the log began with, and a majority of the witnesses that its authority has signed.
  func policy(_ keys: CoordinatorKeys) async throws -> BundlePolicy {
    let witnesses = Set(
      try await store.witnesses().witnesses.map { VerificationKey(encoding: $0.identity) })
    return BundlePolicy(
      log: keys.logIdentity,
      authority: try await KeyRotation.firstAuthority(in: store) ?? keys.authorityKey,
      quorum: WitnessQuorum(
        witnesses, needed: witnesses.isEmpty ? 0 : witnesses.count / 2 + 1))
  }
}
