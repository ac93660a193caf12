import CryptoPrimitives
import DeviceLedger
import Foundation
import Storage
import Testing
import TransparencyLog
import WireProtocol

@testable import ClientNode
@testable import CoordinatorNode

/// The enrollment authority's key gives way to another.
@Suite(.timeLimit(.minutes(20))) struct AuthorityRotationTests {
  private static func rotate(
    _ world: NodeWorld, _ store: SQLiteCoordinatorStore
  ) async throws -> LoggedRotation {
    var randomness = RandomStream.system()
    return try await AuthorityRotation.run(
      keysIn: world.folder + "/keys", store, at: 1_800_000_000, randomness: &randomness)
  }

  private static func keys(_ world: NodeWorld) throws -> CoordinatorKeys {
    try CoordinatorKeys(folder: world.folder + "/keys")
  }

  @Test func bothKeysSignAnEntryAndTheNewOneIsUsed() async throws {
    let world = try NodeWorld()
    let store = try await SQLiteCoordinatorStore(folder: world.folder + "/store")
    let before = try Self.keys(world)
    #expect(try await AuthorityRotation.first(in: store) == nil)
    let first = try await Self.rotate(world, store)
    let second = try await Self.rotate(world, store)
    let after = try Self.keys(world)
    #expect(first.old == before.authorityKey && first.new == second.old)
    #expect(second.new == after.authorityKey && second.new != first.new)
    #expect(first.isSigned && second.isSigned)
    // Nothing else has changed, and what a log is judged by is what it began with.
    #expect(after.verificationKey == before.verificationKey && after.logKey == before.logKey)
    #expect(
      try await store.loggedEntries(of: .rotation).map(\.content)
        == [.rotation(first), .rotation(second)])
    #expect(try await AuthorityRotation.first(in: store) == before.authorityKey)
    try store.close()
  }

  @Test func aPlanThatGoesOnKeepsItsKey() async throws {
    let world = try NodeWorld()
    let before = try Self.keys(world).authorityKey
    let (store, _) = try await Switchboard.start(world.folder, world.plan)
    await #expect(throws: AuthorityRotation.Fault.plansGoOn([world.plan.record.hash])) {
      try await Self.rotate(world, store)
    }
    #expect(try Self.keys(world).authorityKey == before)
    #expect(try await store.loggedEntries(of: .rotation).isEmpty)
    try store.close()
  }

  /// A crash after the new key was written, or after the log has it: nobody works with either key before it is
  /// finished, and it is finished with the key that was made.
  @Test(arguments: [false, true]) func anInterruptedRotationIsFinished(isLogged: Bool) async throws
  {
    let world = try NodeWorld()
    let folder = world.folder + "/keys"
    let store = try await SQLiteCoordinatorStore(folder: world.folder + "/store")
    var randomness = RandomStream.system()
    let (old, new) = try CoordinatorKeys.beforeAndAfterRotation(
      in: folder, randomness: &randomness)
    if isLogged {
      try await store.log([
        LogEntry(
          at: 1,
          .rotation(LoggedRotation(role: .authority, from: old.authority, to: new.authority)))
      ])
    }
    let expected = StorageError.rotationUnfinished(path: folder + "/authority-next")
    #expect(throws: expected) { try Self.keys(world) }
    let rotation = try await Self.rotate(world, store)
    #expect(rotation.new == new.authorityKey)
    #expect(try Self.keys(world).authorityKey == new.authorityKey)
    #expect(try await store.loggedEntries(of: .rotation).count == 1)
    try store.close()
  }

  @Test func theListOfWitnessesIsSignedAgain() async throws {
    let world = try NodeWorld()
    _ = try await WitnessPlace(world, count: 1)
    let store = try await SQLiteCoordinatorStore(folder: world.folder + "/store")
    let before = try await store.witnesses()
    _ = try await Self.rotate(world, store)
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
      _ = try await Self.rotate(world, await switchboard.store)
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
}

extension DeviceNode.CheckInOutcome {
  fileprivate var isWait: Bool { if case .wait = self { true } else { false } }
}
