import CryptoPrimitives
import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite struct CoordinatorStoreTests {
  private let folder: TemporaryFolder
  private let store: SQLiteCoordinatorStore
  private let task = CoordinatorScript.task
  private let plan = CoordinatorScript.plan
  private let device = CoordinatorScript.devices[0]

  init() async throws {
    folder = try TemporaryFolder()
    store = try await SQLiteCoordinatorStore(folder: folder.path)
  }

  private func openRound() async throws -> RoundKey {
    try await store.add(plan)
    let key = RoundKey(task: task, number: 1)
    try await store.begin(
      RoundRecord(key: key, plan: plan.hash, configuration: [1], openedAt: 1))
    return key
  }

  /// Killing a process does not show it: the operating system still has what was written.
  @Test func commitsSurviveTheLossOfPower() throws {
    #expect(try store.database.synchronousLevel() == 2)
    let device = try SQLiteParticipantStore(folder: folder.path + "/device")
    #expect(try device.database.synchronousLevel() == 2)
    try device.close()
  }

  @Test func aJoinCodeIsGoodForOneDevice() async throws {
    let code = Blake2b.digest([1])
    try await store.issueJoinCode(hash: code, expiry: 100)
    let record = DeviceRecord(identity: device, certificate: [1], enrolledAt: 50)
    #expect(try await store.enroll(record, joinCode: code) == record)
    // The answer may have been lost: the same device gets it again.
    #expect(try await store.enroll(record, joinCode: code) == record)
    await #expect(throws: StorageError.joinCodeInvalid) {
      try await store.enroll(
        DeviceRecord(
          identity: CoordinatorScript.devices[1], certificate: [1], enrolledAt: 50), joinCode: code)
    }
    #expect(try await store.enrollments(since: 50) == 1)
    #expect(try await store.enrollments(since: 51) == 0)
  }

  @Test func codesExpireAndUnknownOnesAreRefused() async throws {
    let code = Blake2b.digest([1])
    try await store.issueJoinCode(hash: code, expiry: 100)
    let late = DeviceRecord(identity: device, certificate: [1], enrolledAt: 100)
    await #expect(throws: StorageError.joinCodeExpired) {
      try await store.enroll(late, joinCode: code)
    }
    await #expect(throws: StorageError.joinCodeInvalid) {
      try await store.enroll(late, joinCode: Blake2b.digest([2]))
    }
    #expect(try await store.devices().isEmpty)
  }

  /// A device that left and comes back: a new certificate for the same device, unless it was revoked.
  @Test func oneKeyIsOneDevice() async throws {
    for byte in [UInt8(1), 2, 3] {
      try await store.issueJoinCode(hash: Blake2b.digest([byte]), expiry: 100)
    }
    let record = DeviceRecord(identity: device, certificate: [1], enrolledAt: 50)
    _ = try await store.enroll(record, joinCode: Blake2b.digest([1]))
    let again = DeviceRecord(identity: device, certificate: [2], enrolledAt: 60)
    _ = try await store.enroll(again, joinCode: Blake2b.digest([2]))
    #expect(try await store.devices().map(\.certificate) == [[2]])
    // The second code is used up as the first is.
    let other = DeviceRecord(identity: Blake2b.digest([9]), certificate: [3], enrolledAt: 60)
    await #expect(throws: StorageError.joinCodeInvalid) {
      try await store.enroll(other, joinCode: Blake2b.digest([2]))
    }
    try await store.revoke(device, at: 70)
    await #expect(throws: StorageError.deviceRevoked) {
      try await store.enroll(again, joinCode: Blake2b.digest([3]))
    }
    // Nor does the code that it has used already.
    await #expect(throws: StorageError.deviceRevoked) {
      try await store.enroll(record, joinCode: Blake2b.digest([1]))
    }
  }

  @Test func aRevocationStays() async throws {
    try await store.issueJoinCode(hash: Blake2b.digest([1]), expiry: 100)
    _ = try await store.enroll(
      DeviceRecord(identity: device, certificate: [1], enrolledAt: 50),
      joinCode: Blake2b.digest([1]))
    try await store.revoke(device, at: 60)
    try await store.revoke(device, at: 70)
    #expect(try await store.device(device)?.revokedAt == 60)
  }

  @Test func plansMoveOnlyAlongTheirStates() async throws {
    try await store.add(plan)
    for from in PlanState.allCases {
      for to in PlanState.allCases where from.successors.contains(to) { #expect(from != to) }
    }
    await #expect(throws: StorageError.planTransition(plan.hash, from: .signed, to: .running)) {
      try await store.move(plan.hash, to: .running)
    }
    // A plan that has failed goes on when somebody has seen to the cause.
    for state in [PlanState.published, .running, .failed, .running, .paused, .running, .done] {
      try await store.move(plan.hash, to: state)
    }
    await #expect(throws: StorageError.planTransition(plan.hash, from: .done, to: .running)) {
      try await store.move(plan.hash, to: .running)
    }
  }

  @Test func roundsAreNumberedWithoutGaps() async throws {
    let key = try await openRound()
    for number in [UInt64(3), 0] {
      await #expect(throws: StorageError.self) {
        try await store.begin(
          RoundRecord(
            key: RoundKey(task: task, number: number), plan: plan.hash, configuration: [1],
            openedAt: 1))
      }
    }
    // The same number with other terms would be a second round under one name.
    await #expect(throws: StorageError.roundOutOfOrder(key, last: 1)) {
      try await store.begin(
        RoundRecord(key: key, plan: plan.hash, configuration: [2], openedAt: 1))
    }
  }

  /// A command may stop a plan after the coordinator has looked.
  @Test(arguments: [PlanState.paused, .failed, .canceled])
  func noRoundOfAStoppedPlanBegins(state: PlanState) async throws {
    let key = try await openRound()
    try await store.abort(key, reason: 1_001, at: 2)
    if try await store.plan(plan.hash)?.state == .signed {
      try await store.move(plan.hash, to: .published)
    }
    try await store.move(plan.hash, to: state)
    let next = RoundRecord(
      key: RoundKey(task: key.task, number: key.number + 1), plan: plan.hash, configuration: [1],
      openedAt: 3)
    await #expect(throws: StorageError.planIsNotRunning(plan.hash)) { try await store.begin(next) }
    #expect(try await store.round(next.key) == nil)
  }

  @Test func twoMessagesOfOneStepAreEquivocation() async throws {
    let key = try await openRound()
    let first = JournalEntry(kind: 1, step: 2, device: device, bytes: [1])
    try await store.append([first], sum: nil, to: key)
    try await store.append([first], sum: nil, to: key)
    await #expect(throws: StorageError.equivocation(key, step: 2)) {
      try await store.append(
        [
          JournalEntry(kind: 1, step: 3, device: device, bytes: [7]),
          JournalEntry(kind: 1, step: 2, device: device, bytes: [2]),
        ], sum: nil, to: key)
    }
    #expect(try await store.journal(key) == [first])
  }

  @Test func aSumIsReplacedTogetherWithItsEntries() async throws {
    let key = try await openRound()
    for count in 1...3 {
      let entry = JournalEntry(
        kind: 1, step: 3, device: CoordinatorScript.devices[count - 1], bytes: [UInt8(count)])
      let sum = PartialSum(sum: [UInt8(count), 0], set: [1], count: count)
      try await store.append([entry], sum: sum, to: key)
      #expect(try await store.partialSum(key) == sum)
      #expect(try await store.journal(key).count == count)
    }
    // Only the last sum's blob is left.
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.blobs.folder).count == 1)
  }

  @Test func anEndedRoundTakesNothing() async throws {
    let key = try await openRound()
    let decision = JournalEntry(kind: 9, step: 0, device: nil, bytes: [4])
    try await store.append(
      [JournalEntry(kind: 1, step: 1, device: device, bytes: [1, 2]), decision],
      sum: PartialSum(sum: [1, 0], set: [1], count: 1), to: key)
    try await store.abort(key, reason: 801, at: 5)
    try await store.abort(key, reason: 801, at: 6)
    // What devices sent is forgotten; what the coordinator decided stays.
    #expect(try await store.journal(key) == [decision])
    #expect(try await store.partialSum(key) == nil)
    #expect(try await store.round(key)?.outcome == .aborted(reason: 801))
    await #expect(throws: StorageError.roundHasEnded(key)) {
      try await store.append(
        [JournalEntry(kind: 1, step: 1, device: device, bytes: [])], sum: nil, to: key)
    }
    let model = CoordinatorScript.model(0, parent: nil, round: key)
    await #expect(throws: StorageError.roundHasEnded(key)) {
      try await store.commit(model, bytes: CoordinatorScript.models[0], round: key)
    }
    #expect(try await store.models(plan: plan.hash).isEmpty)
  }

  @Test func aVersionWithAStaleParentIsRefused() async throws {
    let key = try await openRound()
    try await store.add(
      CoordinatorScript.model(0, parent: nil, round: nil), bytes: CoordinatorScript.models[0])
    let orphan = CoordinatorScript.model(1, parent: nil, round: key)
    await #expect(
      throws: StorageError.staleParent(
        expected: Blake2b.digest(CoordinatorScript.models[0]), found: nil)
    ) { try await store.commit(orphan, bytes: CoordinatorScript.models[1], round: key) }
    #expect(try await store.round(key)?.outcome == .open)
  }

  /// Rounds go on from what was released; devices get none of it before a measurement.
  @Test func aGateHoldsWhatIsServedAndNotWhatIsTrainedOn() async throws {
    let gated = PlanRecord(
      document: Array("name: x\naudit:\n  gate: true\n".utf8), signature: [], state: .running)
    #expect(gated.hasGate && !plan.hasGate)
    try await store.add(gated)
    let versions = (0..<3).map { [UInt8($0)] }
    func record(_ index: Int, _ round: RoundKey?) -> ModelRecord {
      ModelRecord(
        hash: Blake2b.digest(versions[index]),
        parent: index == 0 ? nil : Blake2b.digest(versions[index - 1]), round: round,
        plan: gated.hash, createdAt: 1)
    }
    func commit(_ index: Int) async throws {
      let key = RoundKey(task: task, number: UInt64(index))
      try await store.begin(
        RoundRecord(key: key, plan: gated.hash, configuration: [1], openedAt: 1))
      try await store.commit(record(index, key), bytes: versions[index], round: key)
      #expect(try await store.currentModel(plan: gated.hash)?.hash == record(index, key).hash)
    }
    func served() async throws -> Bytes32? { try await store.servedModel(plan: gated.hash)?.hash }
    try await store.add(record(0, nil), bytes: versions[0])
    try await commit(1)
    #expect(try await served() == nil)

    let (first, newest) = (Blake2b.digest(versions[1]), Blake2b.digest(versions[2]))
    let closed = StorageError.gateClosed(plan: gated.hash)
    for pass in [nil, GatePass(plan: plan.hash)] {
      await #expect(throws: closed) { try await store.promote(first, pass: pass) }
      await #expect(throws: closed) { try await store.pin(first, pass: pass) }
    }
    #expect(try await served() == nil)
    let pass = GatePass(plan: gated.hash)
    try await store.promote(first, pass: pass)
    #expect(try await served() == first)
    try await commit(2)
    #expect(try await served() == first, "the next version has not been promoted")
    try await store.pin(newest, pass: pass)
    #expect(try await served() == newest)
    try await store.unpin(plan: gated.hash)
    #expect(try await served() == nil)
  }

  /// Revocations keep their order, so that a number of them says which ones a round knows.
  @Test func revocationsAreOnlyAdded() async throws {
    let devices = CoordinatorScript.devices
    for (index, identity) in devices.enumerated() {
      let code = Blake2b.digest([UInt8(index)])
      try await store.issueJoinCode(hash: code, expiry: 100)
      _ = try await store.enroll(
        DeviceRecord(identity: identity, certificate: [1], enrolledAt: 1), joinCode: code)
    }
    #expect(try await store.revokedDevices().isEmpty)
    for index in [2, 0] { try await store.revoke(devices[index], at: 7) }
    try await store.revoke(devices[2], at: 9)
    #expect(try await store.revokedDevices() == [devices[2], devices[0]])
    let round = RoundRecord(
      key: RoundKey(task: Blake2b.digest([77]), number: 1), plan: plan.hash, configuration: [1],
      openedAt: 8, revocationCount: 1)
    try await store.add(plan)
    try await store.begin(round)
    try await store.revoke(devices[1], at: 9)
    #expect(try await store.round(round.key)?.revocationCount == 1)
    #expect(try await store.revokedDevices() == [devices[2], devices[0], devices[1]])
  }

  @Test func damagedBlobsAreNoticed() async throws {
    let hash = try store.blobs.store([1, 2, 3])
    try Data([1, 2, 4]).write(to: URL(fileURLWithPath: store.blobs.path(of: hash)))
    #expect(throws: StorageError.blobDamaged(hash)) { try store.blobs.bytes(hash) }
    #expect(throws: StorageError.blobMissing(Bytes32())) { try store.blobs.bytes(Bytes32()) }
  }
}
