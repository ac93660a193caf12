import ClientNode
import Foundation
import PlannedRounds
import Scenarios
import SeededDevices
import SilhouetteClient
import Storage

/// Devices of one process, each with the streams that the simulator would give it.
struct SeededProcess {
  private let folder: NodesFolder

  init(folder: String) { self.folder = NodesFolder(path: folder) }

  /// Checks in and takes part until the process is killed.
  func run(_ numbers: [Int]) async throws {
    let store = try await folder.store()
    let plan = try await folder.plan(in: store).plan
    try store.close()
    let address = try await DeviceNode.address(folder: folder.device(numbers[0]))
    let transport = try await connect(address)
    let shelf = PlanShelf()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in numbers {
        let session = try DeviceSession(
          folder: DeviceFolder(path: folder.device(number)), transport: transport, shelf: shelf,
          source: SimulatedRandomness(
            seed: plan.seed, epsilon: plan.privacy.epsilon, device: number - 1),
          clock: { UInt64(Date().timeIntervalSince1970) })
        group.addTask {
          try await session.run { outcome in print("device \(number): \(outcome)") }
        }
      }
      try await group.waitForAll()
    }
  }

  /// A coordinator that is just starting again is waited for.
  private func connect(_ address: DeviceNode.Address) async throws -> HTTPSTransport {
    for _ in 0..<60 {
      do {
        return try await HTTPSTransport.connect(url: address.url, pin: address.pin)
      } catch let error as TransportError where error.isTemporary {
        try await Task.sleep(for: .milliseconds(500))
      }
    }
    return try await HTTPSTransport.connect(url: address.url, pin: address.pin)
  }
}
