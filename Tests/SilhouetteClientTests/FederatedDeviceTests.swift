import Behavior
import ClientNode
import CryptoPrimitives
import Foundation
import Scenarios
import SilhouetteClient
import Storage
import Testing
import WireProtocol

@testable import CoordinatorNode

/// The public interface, as an app uses it: nothing else touches the devices here.
@Suite(.serialized) struct FederatedDeviceTests {
  /// A device of an app with the events of a user.
  private func device(_ user: Int, in world: PlannedWorld) async throws -> FederatedDevice {
    let folder = world.folder + "/app-\(user)"
    _ = try DeviceFolder(path: folder).change([
      "rounds.leastCohort=3", "rounds.leastSurvivors=3", "rounds.leastHonest=1",
      "rounds.mostPerDay=100", "privacy.epsilon=20", "privacy.leastNoise=0.01",
      "events.lifetime=36500 d",
    ])
    let device = try await FederatedDevice(folder: folder)
    let events = world.history(of: user).events.map { event in
      FederatedDevice.Event(
        item: world.population.catalogue.items[Int(event.item)].id, kind: .view,
        time: Date(timeIntervalSince1970: TimeInterval(event.time)))
    }
    #expect(try await device.store(Array(events)) > 0)
    #expect(try await device.store(Array(events)) == 0, "the same again adds nothing")
    return device
  }

  @Test func anAppLearnsAboutItsUserAndKeepsItOffline() async throws {
    let world = try PlannedWorld()
    let (coordinator, store) = try await world.coordinator()
    let plan = Blake2b.digest(world.document)
    let devices = try await withServer(world, coordinator) { url, pin in
      var devices: [FederatedDevice] = []
      for user in 0..<PlannedWorld.devices {
        let device = try await self.device(user, in: world)
        try await device.join(world.code(from: coordinator, url: url, pin: pin).text)
        devices.append(device)
      }
      try await Self.finish(devices, store, plan: plan)
      // Whoever is revoked has its profile and its recommendations, and learns why it takes no part.
      let revoked = try #require(devices.last)
      for device in try await store.devices() { try await store.revoke(device.identity, at: 1) }
      // The coordinator reads the list of the revoked now and then.
      for _ in 0..<20_000 {
        if (try? await revoked.takePart()) == nil { break }
        try await Task.sleep(for: .milliseconds(20))
      }
      await #expect { try await revoked.takePart() } throws: { error in
        guard case DeviceError.refused(let refusal) = error else { return false }
        return refusal.code == .revoked
      }
      #expect(try await !revoked.profile().vector.isEmpty)
      return devices
    }
    #expect(try await store.plan(plan)?.state == .done)
    // The server is gone: what was released is here, with the last version.
    for device in devices {
      let spending = try await device.spending()
      #expect(spending.contributions == 4)
      let epsilon = try #require(spending.epsilon)
      #expect(epsilon <= 8 && spending.ceiling == 20)
      #expect(try await !device.profile().vector.isEmpty)
      #expect(try await device.recommendations(5).count == 5)
      // What was contributed is not forgotten with the events, nor with the coordinator.
      try await device.forgetEvents()
      try await device.leave()
      #expect(try await device.spending() == spending)
      try await device.close()
    }
    try store.close()
  }

  /// Two processes that take part with one folder would each see what was contributed before the other.
  @Test func aFolderIsUsedByOneProcessAtATime() async throws {
    let world = try PlannedWorld()
    let device = try await device(0, in: world)
    let folder = world.folder + "/app-0"
    let lock = try FolderLock(folder: folder)
    await #expect(throws: StorageError.folderInUse(folder)) { try await device.takePart() }
    // Who takes part goes on with the coordinator that the round began with.
    await #expect(throws: StorageError.folderInUse(folder)) { try await device.leave() }
    let (coordinator, store) = try await world.coordinator()
    let code = try await world.code(from: coordinator, url: "https://127.0.0.1:1", pin: nil)
    await #expect(throws: StorageError.folderInUse(folder)) { try await device.join(code.text) }
    try store.close()
    withExtendedLifetime(lock) {}
    try await device.close()
  }

  /// Runs `body` against a server, and returns after that has stopped.
  private func withServer(
    _ world: PlannedWorld, _ coordinator: Coordinator,
    _ body: @escaping @Sendable (_ url: String, Bytes32?) async throws -> [FederatedDevice]
  ) async throws -> [FederatedDevice] {
    let (results, sink) = AsyncStream<[FederatedDevice]>.makeStream()
    try await world.serving(coordinator, .overHTTPS) { transport, url, pin in
      sink.yield(try await body(url, pin))
    }
    sink.finish()
    return try #require(await results.first { _ in true })
  }

  /// Devices check in until the plan is done.
  private static func finish(
    _ devices: [FederatedDevice], _ store: SQLiteCoordinatorStore, plan: Bytes32
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for device in devices {
        tasks.addTask {
          while !Task.isCancelled {
            if try await device.takePart() == .contributed { continue }
            do { try await Task.sleep(for: .milliseconds(30)) } catch { return }
          }
        }
      }
      for _ in 0..<50_000 {
        if try await store.plan(plan)?.state == .done { break }
        try await Task.sleep(for: .milliseconds(20))
      }
      tasks.cancelAll()
    }
    // The last version is served since the last round ended.
    for device in devices { _ = try await device.takePart() }
  }
}
