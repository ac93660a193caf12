internal import CryptoPrimitives
internal import TransparencyLog

/// Whether a coordinator is the one that was joined, with another key: protocols/node-api.md, section 10.
extension DeviceNode {
  /// Rotations that are followed from a key: more than a coordinator has reason for in a device's life.
  private static let mostRotations = 64

  /// Whether the pinned log says that a key of the coordinator has given way to another, with others between or not.
  ///
  /// The old key has to have signed it, and the head under which it is shown has to continue what was seen.
  func logReplaces(
    _ old: VerificationKey, by new: VerificationKey
  ) async throws(DeviceError) -> Bool {
    let log = try await LogReader(self, witnesses: ownWitnessQuorum())
    var key = old
    for _ in 0..<Self.mostRotations {
      let entry = EntryKey(
        kind: .rotation, subject: key.encoding,
        number: UInt64(LoggedRotation.Role.coordinator.rawValue))
      guard let proved = try await log.entryIfShown(entry),
        case .rotation(let rotation) = proved.entry.content, rotation.isSigned
      else { return false }
      try await keep(proved, under: log.head)
      key = rotation.new
      if key == new { return true }
    }
    return false
  }
}
