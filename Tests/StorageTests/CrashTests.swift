import CryptoPrimitives
import DeviceLedger
import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite struct CrashTests {
  static let coordinatorPoints = FailPoint.ofCoordinators.filter {
    !FailPoint.ofRounds.contains($0)
  }
  static let participantPoints: [FailPoint] = [
    .eventsWritten, .eventsCommitted, .roundBegunWritten, .roundBegunCommitted, .chargeWritten,
    .chargeCommitted, .survivorsWritten, .survivorsCommitted, .unmaskWritten, .unmaskCommitted,
    .roundEndWritten, .roundEndCommitted,
  ]

  @Test func thereAreEnoughFailPoints() {
    #expect(Self.coordinatorPoints.count + Self.participantPoints.count >= 25)
  }

  @Test(arguments: coordinatorPoints)
  func aKilledCoordinatorGoesOnWhereItWas(point: FailPoint) async throws {
    let undisturbed = try await contents(running: TemporaryFolder(), faults: NoFaults())
    let folder = try TemporaryFolder()
    let path = folder.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [point, path = path as String] in
      let store = try await SQLiteCoordinatorStore(folder: path, faults: KillAt(Kill(point)))
      try await CoordinatorScript(store: store).run()
    }
    #expect(try await contents(running: folder, faults: NoFaults()) == undisturbed)
  }

  @Test(arguments: coordinatorPoints)
  func aFullDiskLeavesAStoreThatGoesOn(point: FailPoint) async throws {
    let undisturbed = try await contents(running: TemporaryFolder(), faults: NoFaults())
    let folder = try TemporaryFolder()
    let store = try await SQLiteCoordinatorStore(folder: folder.path, faults: FullDiskAt(point))
    await #expect(throws: StorageError.diskFull(path: "disk")) {
      try await CoordinatorScript(store: store).run()
    }
    try await CoordinatorScript(store: store).run()
    #expect(try await StoreContents(of: store) == undisturbed)
    try store.close()
  }

  @Test(arguments: participantPoints)
  func aKilledDeviceNeverPaysTwiceNorSignsTwoSets(point: FailPoint) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [point, path = path as String] in
      try await ParticipantScript.run(
        SQLiteParticipantStore(folder: path, faults: KillAt(Kill(point))))
    }
    let store = try SQLiteParticipantStore(folder: folder.path)
    try await ParticipantScript.run(store)
    let key = ParticipantScript.round.key
    #expect(try await store.charges() == [ParticipantScript.charge])
    #expect(try await store.ledger() == [ParticipantScript.entry], "with the charge, or not at all")
    #expect(try await store.awaitedEnds().map(\.key) == [key])
    #expect(try await store.round(key)?.survivors == ParticipantScript.survivors)
    #expect(try await store.round(key)?.unmask == [5])
    #expect(try await store.round(key)?.hasEnded == true)
    #expect(try await store.events().count >= 1)
    await #expect(throws: StorageError.self) {
      try await store.recordSurvivors(Bytes32(), count: 3, of: key, identity: Bytes32())
    }
    try store.close()
  }

  private func contents(
    running folder: TemporaryFolder, faults: any FaultInjector
  ) async throws -> StoreContents {
    let store = try await SQLiteCoordinatorStore(folder: folder.path, faults: faults)
    try await CoordinatorScript(store: store).run()
    let contents = try await StoreContents(of: store)
    try store.close()
    return contents
  }
}

/// What a device records in one round; what is recorded is not done again.
enum ParticipantScript {
  static let round = ParticipationRecord(
    key: RoundKey(task: Blake2b.digest([1]), number: 1), transcript: Blake2b.digest([2]), day: 3,
    expiry: 100)
  static let charge = ChargeRecord(
    round: round.key, chargedAt: 4, description: [1], mechanism: [2])
  static let entry = SealedLedgerEntry(number: 1, box: [7])
  static let survivors = Blake2b.digest([6])

  static func run(_ store: SQLiteParticipantStore) async throws {
    try await store.add([SealedEvent(happenedAt: 1, box: [1, 2])])
    if try await store.highestRound(task: round.key.task) == 0 { try await store.begin(round) }
    if try await store.charges().isEmpty { try await store.charge(charge, ledger: entry) }
    try await store.recordSurvivors(survivors, count: 3, of: round.key, identity: Bytes32())
    try await store.recordUnmask([5], of: round.key, identity: Bytes32())
    try await store.end(round.key)
  }
}
