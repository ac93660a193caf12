import CryptoPrimitives
import Testing

@testable import Storage

@Suite struct ParticipantStoreTests {
  /// Released shares are kept to be sent again, and no longer than that.
  @Test func releasedSharesAreForgottenAfterTheLastDeadline() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteParticipantStore(folder: folder.path)
    let keys = (1...2).map { RoundKey(task: Bytes32(), number: $0) }
    for (key, expiry) in zip(keys, [100, 200] as [Int64]) {
      try await store.begin(
        ParticipationRecord(key: key, transcript: Bytes32(), day: 0, expiry: expiry))
      try await store.recordSurvivors(Bytes32(), count: 3, of: key, identity: Bytes32())
      try await store.recordUnmask([7, 7], of: key, identity: Bytes32())
    }
    func kept() async throws -> [[UInt8]?] { try await store.rounds().map(\.unmask) }
    try await store.forgetUnmasks(expiredBy: 99)
    #expect(try await kept() == [[7, 7], [7, 7]])
    try await store.forgetUnmasks(expiredBy: 100)
    #expect(try await kept() == [nil, [7, 7]])
    // What was signed stays: another set is never signed.
    #expect(try await store.rounds().allSatisfy { $0.survivors == Bytes32() })
    try store.close()
  }
}
