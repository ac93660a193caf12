import ClientNode
import CryptoPrimitives
import FederatedRounds
import Foundation
import SecureAggregation
import Storage
import WireProtocol

@testable import CoordinatorNode

/// A folder with a coordinator's keys and plan, and folders of devices.
final class NodeWorld: Sendable {
  static let deviceCount = 4
  let folder: String
  let plan: RunningPlan

  init(
    rounds: UInt8 = 1,
    template: RoundTemplate = RoundTemplate(
      leastCohort: 4, mostCohort: 4, leastSurvivors: 3, leastHonest: 1,
      stepSeconds: [60, 60, 60, 60, 60])
  ) throws {
    folder = FileManager.default.temporaryDirectory.path + "/silhouette-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var randomness = RandomStream.system()
    try CoordinatorKeys.make(in: folder + "/keys", randomness: &randomness)
    let keys = try CoordinatorKeys(folder: folder + "/keys")
    let document = Array("a plan that counts devices, \(rounds) times".utf8)
    let signature = keys.authority.sign(PlanSignature.digest(Blake2b.digest(document)))
    plan = RunningPlan(
      record: PlanRecord(document: document, signature: signature.bytes),
      template: template, course: TallyCourse(rounds: rounds))
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func device(
    _ index: Int, over transport: any NodeTransport,
    clock: @escaping @Sendable () -> UInt64 = { UInt64(Date().timeIntervalSince1970) }
  ) throws -> DeviceNode {
    var policy = ClientPolicy.silo(
      coordinators: [], authority: VerificationKey(encoding: Bytes32()), anchors: [:],
      mostClipNorm: 1, leastNoise: .init(0, over: 1))
    policy.leastCohort = 4
    policy.leastSurvivors = 3
    policy.leastHonest = 1
    policy.leastSurvivorShare = 5_000
    return try DeviceNode(
      folder: folder + "/device-\(index)", transport: transport,
      ceilings: DeviceCeilings(
        policy: policy, mostContributions: 10, mostTrainingTime: .seconds(10),
        mostDownload: 1 << 20), clock: clock)
  }

  func code(
    from coordinator: Coordinator, url: String = "https://in.process", pin: Bytes32? = nil,
    expiry: UInt64 = .max >> 1
  ) async throws -> JoinCode {
    JoinCode(
      url: url, certificatePin: pin, coordinator: coordinator.keys.verificationKey,
      authority: coordinator.keys.authorityKey,
      token: try await coordinator.issueToken(expiry: expiry))
  }

  /// Every device takes part until it has been in `rounds` rounds; returns how each round ended.
  func run(
    _ devices: [DeviceNode], rounds: Int, ticking tick: @escaping @Sendable () async -> Void
  ) async throws -> [[DeviceRoundEnd]] {
    try await withThrowingTaskGroup(of: (Int, [DeviceRoundEnd])?.self) { group in
      group.addTask {
        while !Task.isCancelled {
          await tick()
          do { try await Task.sleep(for: .milliseconds(20)) } catch { break }
        }
        return nil
      }
      for (index, device) in devices.enumerated() {
        group.addTask {
          (index, try await Self.ends(of: device, TallyWorker(index: index), count: rounds))
        }
      }
      var ends = [[DeviceRoundEnd]](repeating: [], count: devices.count)
      var missing = devices.count
      while missing > 0, let next = try await group.next() {
        guard let (index, found) = next else { continue }
        ends[index] = found
        missing -= 1
      }
      group.cancelAll()
      return ends
    }
  }

  private static func ends(
    of device: DeviceNode, _ worker: TallyWorker, count: Int
  ) async throws -> [DeviceRoundEnd] {
    var ends: [DeviceRoundEnd] = []
    while ends.count < count {
      do {
        switch try await device.runOnce(worker) {
        case .round(let end): ends.append(end)
        case .wait, .paused, .objection: try await Task.sleep(for: .milliseconds(20))
        }
      } catch DeviceError.transport {
        // The coordinator starts again; a device comes back.
        try await Task.sleep(for: .milliseconds(20))
      }
    }
    return ends
  }
}
