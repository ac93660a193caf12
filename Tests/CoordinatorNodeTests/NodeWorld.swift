import ClientNode
import CryptoPrimitives
import FederatedRounds
import Foundation
import RoundVocabulary
import SecureAggregation
import Storage
import WireProtocol

@testable import CoordinatorNode

/// A folder with a coordinator's keys and plan, and folders of devices.
final class NodeWorld: Sendable {
  static let deviceCount = 4
  let folder: String
  let plan: RunningPlan

  /// - Parameters:
  ///   - floor: the fewest contributions of which a sum is opened.
  ///   - stepSeconds: of each step; so long that no deadline passes that a test does not wait for, however slow
  ///     the machine is.
  convenience init(rounds: UInt8 = 1, floor: Int = 3, stepSeconds: UInt64 = 900) throws {
    try self.init(
      rounds: rounds, template: Self.template(floor: floor, stepSeconds: stepSeconds))
  }

  convenience init(rounds: UInt8 = 1, template: RoundTemplate) throws {
    try self.init { try Self.plan(signedWith: $0, rounds: rounds, template: template) }
  }

  /// - Parameter plan: signed with the coordinator's keys.
  init(plan: (CoordinatorKeys) throws -> RunningPlan) throws {
    folder = FileManager.default.temporaryDirectory.path + "/silhouette-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var randomness = RandomStream.system()
    try CoordinatorKeys.make(in: folder + "/keys", randomness: &randomness)
    self.plan = try plan(CoordinatorKeys(folder: folder + "/keys"))
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The plan of a folder, which is the same in every process.
  static func plan(in folder: String, rounds: UInt8, floor: Int) throws -> RunningPlan {
    try plan(
      signedWith: CoordinatorKeys(folder: folder + "/keys"), rounds: rounds,
      template: template(floor: floor))
  }

  static func template(floor: Int, stepSeconds: UInt64 = 900) -> RoundTemplate {
    RoundTemplate(
      leastCohort: 4, mostCohort: 4, leastSurvivors: floor, leastHonest: 1,
      stepSeconds: [UInt64](repeating: stepSeconds, count: 5))
  }

  private static func plan(
    signedWith keys: CoordinatorKeys, rounds: UInt8, template: RoundTemplate
  ) throws -> RunningPlan {
    let document = Array("a plan that counts devices, \(rounds) times".utf8)
    let signature = keys.authority.sign(PlanSignature.digest(Blake2b.digest(document)))
    return RunningPlan(
      record: PlanRecord(document: document, signature: signature.bytes),
      template: template, course: TallyCourse(rounds: rounds))
  }

  func device(
    _ index: Int, over transport: any NodeTransport, faults: any FaultInjector = NoFaults(),
    mostCheckInDays: Int = CheckInCount.windowDays,
    clock: @escaping @Sendable () -> UInt64 = { UInt64(Date().timeIntervalSince1970) }
  ) throws -> DeviceNode {
    try Self.device(
      in: folder + "/device-\(index)", over: transport, faults: faults,
      mostCheckInDays: mostCheckInDays, clock: clock)
  }

  static let quarantineSeconds: UInt64 = 30 * 86_400

  static func device(
    in folder: String, over transport: any NodeTransport, faults: any FaultInjector,
    mostCheckInDays: Int = CheckInCount.windowDays,
    clock: @escaping @Sendable () -> UInt64
  ) throws -> DeviceNode {
    var ceilings = ceilings(leastCohort: 4, mostClipNorm: 1, mostContributions: 10)
    ceilings.mostCheckInDays = mostCheckInDays
    return try DeviceNode(
      folder: folder, transport: transport, ceilings: ceilings, faults: faults, clock: clock)
  }

  /// What a device agrees to that looks at little more than these.
  static func ceilings(
    leastCohort: Int, mostClipNorm: Double, mostContributions: Int
  ) -> DeviceCeilings {
    var policy = ClientPolicy.silo(
      coordinators: [], authority: VerificationKey(encoding: Bytes32()), anchors: [:],
      mostClipNorm: mostClipNorm, leastNoise: .init(0, over: 1))
    policy.leastCohort = leastCohort
    policy.leastSurvivors = 3
    policy.leastHonest = 1
    policy.leastSurvivorShare = 5_000
    return DeviceCeilings(
      policy: policy, mostContributions: mostContributions, mostTrainingTime: .seconds(600),
      mostDownload: 1 << 20, quarantineSeconds: quarantineSeconds)
  }

  /// A code that enrolls one device at the coordinator behind `switchboard`.
  func code(
    from switchboard: Switchboard, expiry: UInt64 = .max >> 1
  ) async throws -> JoinCode {
    let address = await switchboard.address
    return try await code(
      from: switchboard.coordinator, url: address.url, pin: address.pin, expiry: expiry)
  }

  func code(
    from coordinator: Coordinator, url: String = "https://in.process", pin: Bytes32? = nil,
    expiry: UInt64 = .max >> 1
  ) async throws -> JoinCode {
    JoinCode(
      url: url, certificatePin: pin, coordinator: coordinator.keys.verificationKey,
      authority: coordinator.keys.authorityKey, log: coordinator.keys.logKey,
      token: try await coordinator.issueToken(expiry: expiry))
  }

  /// Enrolls all devices.
  ///
  /// - Parameter transport: between them and the coordinator; the switchboard itself unless given.
  func joined(
    _ switchboard: Switchboard, over transport: (any NodeTransport)? = nil
  ) async throws -> [DeviceNode] {
    var devices: [DeviceNode] = []
    for index in 0..<Self.deviceCount {
      let device = try device(index, over: transport ?? switchboard)
      try await join(device, code(from: switchboard))
      devices.append(device)
    }
    return devices
  }

  /// Joins again and again until it works: the coordinator may die over it.
  func join(_ device: DeviceNode, _ code: JoinCode) async throws {
    while true {
      do { return try await device.join(code) } catch  where error.isTemporary {
        try await Task.sleep(for: .milliseconds(10))
      }
    }
  }

  /// Every device takes part until it has been in `rounds` rounds; returns how each round ended.
  func run(
    _ devices: some Collection<DeviceNode>, rounds: Int, noiseSeed: UInt64? = nil,
    ticking tick: @escaping @Sendable () async -> Void
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
          let worker = TallyWorker(index: index, noiseSeed: noiseSeed)
          return (index, try await Self.ends(of: device, worker, count: rounds))
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
      } catch let error as DeviceError where error.isTemporary {
        // The coordinator starts again, or waits for its disk; a device comes back.
        try await Task.sleep(for: .milliseconds(20))
      }
    }
    return ends
  }
}
