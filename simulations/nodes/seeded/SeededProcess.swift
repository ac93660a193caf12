import ClientNode
import Foundation
import PlannedRounds
import Scenarios
import SeededDevices
import SilhouetteClient
import Storage
import WireTap

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
    let sent = try OutgoingFile(in: folder.sent)
    let transport = try TappedTransport(
      try await Self.connect(address), keys: folder.keys, record: sent.append)
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
  static func connect(_ address: DeviceNode.Address) async throws -> HTTPSTransport {
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

/// A file of its own for what this process sends.
private final class OutgoingFile: Sendable {
  private let file: FileHandle

  init(in folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = folder + "/\(ProcessInfo.processInfo.processIdentifier)"
    try Data().write(to: URL(fileURLWithPath: path))
    file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  func append(_ bytes: [UInt8]) {
    // Whoever cannot say what was sent must not go on as if nothing had been.
    do { try file.write(contentsOf: Data(bytes)) } catch { preconditionFailure("\(error)") }
  }
}
