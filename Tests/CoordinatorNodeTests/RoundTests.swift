import ClientNode
import CryptoPrimitives
import FederatedRounds
import Foundation
import SecureAggregation
import Storage
import Testing
import WireProtocol

@testable import CoordinatorNode

@Suite(.serialized) struct RoundTests {
  private func joined(
    _ world: NodeWorld, _ switchboard: Switchboard
  ) async throws -> [DeviceNode] {
    var devices: [DeviceNode] = []
    for index in 0..<NodeWorld.deviceCount {
      let device = try world.device(index, over: switchboard)
      let code = try await world.code(from: switchboard.coordinator)
      while true {
        // Joining is repeated until it works: the coordinator may die over it.
        do {
          try await device.join(code)
          break
        } catch DeviceError.transport {}
      }
      devices.append(device)
    }
    return devices
  }

  @Test func roundsOfAPlanBecomeVersionsWithLineage() async throws {
    let world = try NodeWorld(rounds: 2)
    let switchboard = try await Switchboard(folder: world.folder, plan: world.plan)
    let devices = try await joined(world, switchboard)
    let ends = try await world.run(devices, rounds: 2) { await switchboard.tick() }
    let models = try await switchboard.models()
    #expect(models.count == 3)
    #expect(models[0].parent == nil)
    #expect(models[1].parent == models[0].hash && models[2].parent == models[1].hash)
    #expect(try await switchboard.model() == [2, 2, 2, 2, 2, 0, 0, 0, 0])
    for (device, ends) in zip(devices, ends) {
      #expect(ends == [.committed(model: models[1].hash), .committed(model: models[2].hash)])
      #expect(try await device.contributions().count == 2)
    }
  }

  /// The coordinator loses its memory at a request, before it hears it or after it has done it.
  ///
  /// Whatever the request is, devices find it again, and the sum has each of them once.
  @Test(arguments: Array(stride(from: 1, through: 46, by: 3)), [true, false])
  func aCoordinatorThatDiesAtAnyRequestLosesAndDoublesNothing(
    request: Int, before: Bool
  ) async throws {
    let world = try NodeWorld()
    let switchboard = try await Switchboard(
      folder: world.folder, plan: world.plan, crash: (request, before))
    let devices = try await joined(world, switchboard)
    _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
    // Devices may hear of the end before the request number is reached.
    #expect(await switchboard.restarts == (await switchboard.requestCount >= request ? 1 : 0))
    #expect(try await switchboard.model() == [1, 1, 1, 1, 1, 0, 0, 0, 0])
    #expect(try await switchboard.rounds().count == 1)
    for device in devices { #expect(try await device.contributions().count == 1) }
  }

  /// A device that is revoked in the middle of a round is out of it; the round itself goes on, even if the
  /// coordinator starts again: it replays the journal with the revocations that the round began with.
  @Test func aRevocationDoesNotUndoTheRoundThatIsGoingOn() async throws {
    let world = try NodeWorld()
    let switchboard = try await Switchboard(
      folder: world.folder, plan: world.plan, uploadsUntilSilence: NodeWorld.deviceCount)
    let devices = try await joined(world, switchboard)
    let running = Task { try await world.run(devices, rounds: 1) { await switchboard.tick() } }
    while await !switchboard.isSilent { try await Task.sleep(for: .milliseconds(20)) }
    running.cancel()
    _ = await running.result
    let revoked = devices[3].keys.verificationKey
    let store = await switchboard.store
    try await store.revoke(revoked.encoding, at: 1)
    try store.close()

    let (again, coordinator) = try await Switchboard.start(world.folder, world.plan)
    #expect(try await again.rounds(limit: 9).map(\.outcome) == [.open])
    let live = try #require(await coordinator.live)
    #expect(live.record.revocationCount == 0)
    // Devices compare the list with the digest in the configuration.
    #expect(await coordinator.revokedIdentities.isEmpty)
    try await coordinator.abortRound(.byOperator)
    #expect(await coordinator.revokedIdentities == revoked.encoding.bytes)
    try again.close()
  }

  @Test func aDeviceAtItsCeilingContributesNoMore() async throws {
    let world = try NodeWorld()
    let switchboard = try await Switchboard(folder: world.folder, plan: world.plan)
    let devices = try await joined(world, switchboard)
    try await devices[0].pause(true)
    #expect(try await devices[0].runOnce(TallyWorker(index: 0)) == .paused)
    try await devices[0].pause(false)
    _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
    #expect(try await devices[0].contributions().count == 1)
  }
}
