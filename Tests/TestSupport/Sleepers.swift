internal import CryptoPrimitives
package import Storage

extension SQLiteCoordinatorStore {
  /// Enrolls as many devices as a cohort needs, which never show up: rounds open before those of a test
  /// have joined.
  package func enrollSleepers(_ count: Int) async throws(StorageError) {
    for index in 0..<count where try await devices().count <= index {
      let hash = Blake2b.digest(Array("sleeper \(index)".utf8))
      try await issueJoinCode(hash: hash, expiry: .max)
      _ = try await enroll(
        DeviceRecord(identity: hash, certificate: [0], enrolledAt: 0), joinCode: hash)
    }
  }
}
