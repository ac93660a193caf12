package import CryptoPrimitives
internal import SecureAggregation
package import Storage
package import TransparencyLog

/// The coordinator or its enrollment authority gets a new key: with the word of both keys in the log, for whoever
/// judges that.
///
/// Devices pin both keys and take no other by themselves: each joins again with a new code, which is its owner's word.
/// So do witnesses, which judge requests by the one and certificates by the other.
package enum KeyRotation {
  /// Why a key cannot give way now.
  package enum Fault: Error, Equatable, CustomStringConvertible {
    /// Plans whose rounds the present keys vouch for.
    case plansGoOn([Bytes32])

    package var description: String {
      switch self {
      case .plansGoOn(let plans):
        "plans that the present keys vouch for have not ended: "
          + plans.map { String("\($0)".prefix(12)) }.joined(separator: ", ")
          + "; let them end, or cancel them with: silhouette coordinator plan cancel"
      }
    }
  }

  /// Replaces the key.
  ///
  /// A rotation that was interrupted is finished with the same new key. Not to be called while a coordinator
  /// runs, which has the old one in memory.
  /// - Parameters:
  ///   - key: the one to replace.
  ///   - folder: with the coordinator's keys.
  ///   - time: Unix seconds.
  /// - Throws: `Fault` or `StorageError`.
  package static func run(
    of key: CoordinatorKeys.Replaceable, keysIn folder: String, _ store: SQLiteCoordinatorStore,
    at time: Int64,
    randomness: inout RandomStream
  ) async throws -> LoggedRotation {
    let plans = try await store.plans()
    let going = plans.filter { !$0.state.successors.isEmpty }
    guard going.isEmpty else { throw Fault.plansGoOn(going.map(\.hash)) }
    let (before, after) = try CoordinatorKeys.beforeAndAfterRotation(
      of: key, in: folder, randomness: &randomness)
    let rotation = before.rotation(of: key, to: after)
    let entry = try LogEntry(at: max(1, time), .rotation(rotation))
    // It is there after a crash between the log and the file.
    if try await store.logged(entry.key) == nil { try await store.log([entry]) }
    // Devices go on computing profiles with what ended plans have released, if the authority vouches for it.
    try await store.sign(plans.map { after.sign(planDocument: $0.document) })
    // It names the coordinator, and the authority signs it.
    let witnesses = try await store.witnesses()
    if !witnesses.witnesses.isEmpty {
      try await store.replaceWitnesses(after.signed(witnesses.witnesses, after: witnesses))
    }
    try CoordinatorKeys.finishRotation(of: key, in: folder)
    return rotation
  }

  /// The authority's key that a log began with, if it has given way since: what the log is judged by.
  package static func firstAuthority(
    in store: SQLiteCoordinatorStore
  ) async throws(StorageError) -> VerificationKey? {
    for entry in try await store.loggedEntries(of: .rotation) {
      if case .rotation(let rotation) = entry.content, rotation.role == .authority {
        return rotation.old
      }
    }
    return nil
  }
}
