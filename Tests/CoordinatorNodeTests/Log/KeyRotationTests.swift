import CryptoPrimitives
import DeviceLedger
import Foundation
import Storage
import Testing
import TransparencyLog
import WireProtocol

@testable import ClientNode
@testable import CoordinatorNode

/// The key of a coordinator, or of its enrollment authority, gives way to another.
@Suite(.timeLimit(.minutes(20))) struct KeyRotationTests {
  typealias Key = CoordinatorKeys.Replaceable

  private static func rotate(
    _ key: Key, _ world: NodeWorld, _ store: SQLiteCoordinatorStore
  ) async throws -> LoggedRotation {
    var randomness = RandomStream.system()
    return try await KeyRotation.run(
      of: key, keysIn: world.folder + "/keys", store, at: 1_800_000_000, randomness: &randomness)
  }

  private static func keys(_ world: NodeWorld) throws -> CoordinatorKeys {
    try CoordinatorKeys(folder: world.folder + "/keys")
  }

  private static func verificationKey(_ key: Key, _ keys: CoordinatorKeys) -> VerificationKey {
    switch key {
    case .identity: keys.verificationKey
    case .authority: keys.authorityKey
    }
  }

  @Test(arguments: Key.allCases)
  func bothKeysSignAnEntryAndTheNewOneIsUsed(key: Key) async throws {
    let world = try NodeWorld()
    let store = try await SQLiteCoordinatorStore(folder: world.folder + "/store")
    let before = try Self.keys(world)
    #expect(try await KeyRotation.firstAuthority(in: store) == nil)
    let first = try await Self.rotate(key, world, store)
    let second = try await Self.rotate(key, world, store)
    let after = try Self.keys(world)
    #expect(first.role == (key == .identity ? .coordinator : .authority))
    #expect(first.old == Self.verificationKey(key, before) && first.new == second.old)
    #expect(second.new == Self.verificationKey(key, after) && second.new != first.new)
    #expect(first.isSigned && second.isSigned)
    // Nothing else has changed, and what a log is judged by is what it began with.
    for other in Key.allCases where other != key {
      #expect(Self.verificationKey(other, after) == Self.verificationKey(other, before))
    }
    #expect(after.logKey == before.logKey)
    #expect(
      try await store.loggedEntries(of: .rotation).map(\.content)
        == [.rotation(first), .rotation(second)])
    #expect(
      try await KeyRotation.firstAuthority(in: store)
        == (key == .authority ? before.authorityKey : nil))
    try store.close()
  }

  @Test(arguments: Key.allCases) func aPlanThatGoesOnKeepsItsKey(key: Key) async throws {
    let world = try NodeWorld()
    let before = Self.verificationKey(key, try Self.keys(world))
    let (store, _) = try await Switchboard.start(world.folder, world.plan)
    await #expect(throws: KeyRotation.Fault.plansGoOn([world.plan.record.hash])) {
      try await Self.rotate(key, world, store)
    }
    #expect(Self.verificationKey(key, try Self.keys(world)) == before)
    #expect(try await store.loggedEntries(of: .rotation).isEmpty)
    try store.close()
  }

  /// A crash after the new key was written, or after the log has it: nobody works with either key before it is
  /// finished, and it is finished with the key that was made.
  @Test(arguments: Key.allCases, [false, true])
  func anInterruptedRotationIsFinished(key: Key, isLogged: Bool) async throws {
    let world = try NodeWorld()
    let folder = world.folder + "/keys"
    let store = try await SQLiteCoordinatorStore(folder: world.folder + "/store")
    var randomness = RandomStream.system()
    let (old, new) = try CoordinatorKeys.beforeAndAfterRotation(
      of: key, in: folder, randomness: &randomness)
    if isLogged {
      try await store.log([LogEntry(at: 1, .rotation(old.rotation(of: key, to: new)))])
    }
    let expected = StorageError.rotationUnfinished(
      path: folder + "/\(key.rawValue)-next", key: key.rawValue)
    #expect(throws: expected) { try Self.keys(world) }
    // The other key waits: the entry that is missing is of this one.
    for other in Key.allCases where other != key {
      await #expect(throws: expected) { try await Self.rotate(other, world, store) }
    }
    let rotation = try await Self.rotate(key, world, store)
    #expect(rotation.new == Self.verificationKey(key, new))
    #expect(Self.verificationKey(key, try Self.keys(world)) == rotation.new)
    #expect(try await store.loggedEntries(of: .rotation).count == 1)
    try store.close()
  }

  @Test(arguments: Key.allCases) func theListOfWitnessesIsSignedAgain(key: Key) async throws {
    let world = try NodeWorld()
    _ = try await WitnessPlace(world, count: 1)
    let store = try await SQLiteCoordinatorStore(folder: world.folder + "/store")
    let before = try await store.witnesses()
    _ = try await Self.rotate(key, world, store)
    let after = try await store.witnesses()
    let keys = try Self.keys(world)
    #expect(after.witnesses == before.witnesses && after.serial == before.serial + 1)
    let list = try WitnessList(decoding: after.signedList)
    #expect(list.isAuthentic(from: keys.authorityKey, of: keys.verificationKey))
    try store.close()
  }

  /// Nobody but its owner makes a device believe another authority.
  @Test func aDeviceTakesNoPartUntilItJoinsAgain() async throws {
    let world = try NodeWorld()
    try await Switchboard.open(world) { switchboard in
      let devices = try await world.joined(switchboard)
      _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
      while try await switchboard.planState() != .done { await switchboard.tick() }
      _ = try await Self.rotate(.authority, world, await switchboard.store)
      await switchboard.restart()
      // One that runs goes on with nothing that the new key has signed.
      await #expect(throws: DeviceError.badPlanSignature(world.plan.record.hash)) {
        try await devices[0].runOnce(TallyWorker(index: 0))
      }
      try await devices[0].close()
      let device = try world.device(0, over: switchboard)
      await #expect(throws: DeviceError.otherCoordinator) {
        try await device.runOnce(TallyWorker(index: 0))
      }
      try await device.join(world.code(from: switchboard))
      #expect(try await device.runOnce(TallyWorker(index: 0)).isWait)
      #expect(try await device.ledger().ledger.contributionCount == 1)
      try await device.close()
    }
  }

  /// The log that a device has pinned makes it believe another key of its coordinator, and only if its owner asks
  /// for that; what it has spent stays.
  @Test func aDeviceFollowsTheLogToAnotherIdentity() async throws {
    let world = try NodeWorld()
    try await Switchboard.open(world) { switchboard in
      let devices = try await world.joined(switchboard)
      _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
      while try await switchboard.planState() != .done { await switchboard.tick() }
      for device in devices { try await device.close() }
      // Two at once: the device was away for the one between.
      _ = try await Self.rotate(.identity, world, await switchboard.store)
      _ = try await Self.rotate(.identity, world, await switchboard.store)
      await switchboard.restart()
      await switchboard.tick()
      let device = try world.device(0, over: switchboard)
      await #expect(throws: DeviceError.otherCoordinator) {
        try await device.runOnce(TallyWorker(index: 0))
      }
      try await device.join(world.code(from: switchboard))
      #expect(try await device.runOnce(TallyWorker(index: 0)).isWait)
      #expect(try await device.ledger().ledger.contributionCount == 1)
      let receipts = try await device.logReceipts()
      #expect(receipts.count { $0.kind == Int(EntryKind.rotation.rawValue) } == 2)
      try await device.close()
    }
  }

  /// What the log does not say, or the old key has not signed, or the authority's key has, is no new key of the coordinator.
  @Test(arguments: [nil, LoggedRotation.Role.authority, .coordinator])
  func withoutItsRotationAnIdentityIsAStranger(role: LoggedRotation.Role?) async throws {
    let world = try NodeWorld()
    try await Switchboard.open(world) { switchboard in
      let device = try world.device(0, over: switchboard)
      try await device.join(world.code(from: switchboard))
      var randomness = RandomStream.system()
      let folder = world.folder + "/keys"
      let (before, after) = try CoordinatorKeys.beforeAndAfterRotation(
        of: .identity, in: folder, randomness: &randomness)
      if let role {
        let signed = LoggedRotation(role: role, from: after.identity, to: before.identity)
        let rotation = LoggedRotation(
          role: role, old: before.verificationKey, new: after.verificationKey,
          oldSignature: signed.oldSignature, newSignature: signed.newSignature)
        try await switchboard.store.log([LogEntry(at: 1, .rotation(rotation))])
      }
      try CoordinatorKeys.finishRotation(of: .identity, in: folder)
      await switchboard.restart()
      await switchboard.tick()
      await #expect(throws: DeviceError.joinedElsewhere) {
        try await device.join(world.code(from: switchboard))
      }
      try await device.close()
    }
  }
}

extension DeviceNode.CheckInOutcome {
  fileprivate var isWait: Bool { if case .wait = self { true } else { false } }
}
