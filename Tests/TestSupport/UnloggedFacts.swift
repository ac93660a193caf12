package import CryptoPrimitives
package import Storage

/// Facts without entries in the log, for tests of the facts alone.
extension CoordinatorStore {
  package func enroll(
    _ device: DeviceRecord, joinCode: Bytes32
  ) async throws(StorageError) -> DeviceRecord {
    try await enroll(device, joinCode: joinCode, log: [])
  }

  package func begin(_ round: RoundRecord) async throws(StorageError) {
    try await begin(round, log: [])
  }

  package func append(
    _ entries: [JournalEntry], sum: PartialSum?, to round: RoundKey
  ) async throws(StorageError) {
    try await append(entries, sum: sum, to: round, log: [])
  }

  package func commit(
    _ model: ModelRecord, bytes: [UInt8], round: RoundKey
  ) async throws(StorageError) {
    try await commit(
      model, bytes: bytes, sum: ReleasedSum(survivors: 0, packed: []), round: round, log: [])
  }
}
