internal import Behavior
package import ClientNode
internal import CryptoPrimitives
package import DeviceProfiling
internal import FederatedRounds
internal import Foundation
internal import PlannedRounds
internal import SecureAggregation
package import Scenarios
package import Storage
internal import WireProtocol

/// A device at work: its node, its events, its settings.
package struct DeviceSession: Sendable {
  package let node: DeviceNode
  package let events: EventStore
  private let folder: DeviceFolder
  private let shelf: PlanShelf
  private let clock: @Sendable () -> UInt64
  private let source: any ContributionRandomness
  private let condition: @Sendable () async -> String?

  /// - Parameters:
  ///   - condition: asked before each check-in: why the device takes no part now, such as a low battery or
  ///     a metered network; nil if it may.
  ///   - shelf: shared by all devices of a process.
  ///   - clock: Unix seconds.
  package init(
    folder: DeviceFolder, transport: any NodeTransport, shelf: PlanShelf,
    faults: any FaultInjector = NoFaults(),
    source: any ContributionRandomness = SystemRandomness(),
    condition: @escaping @Sendable () async -> String? = { nil },
    clock: @escaping @Sendable () -> UInt64
  ) throws {
    self.condition = condition
    let settings = try folder.settings()
    self.folder = folder
    node = try DeviceNode(
      folder: folder.path, transport: transport, ceilings: DeviceCeilings(settings),
      faults: faults, clock: clock)
    events = try EventStore(folder: folder.path, lifetime: settings.eventSeconds)
    self.shelf = shelf
    self.clock = clock
    self.source = source
  }

  /// What the owner allows now.
  package var settings: DeviceSettings { get throws { try folder.settings() } }

  package func close() async throws {
    try await node.close()
    try await events.close()
  }

  // MARK: Rounds

  /// Checks in once, and takes part in a round to its end if one is offered.
  ///
  /// What the owner has changed since the last time holds from now on.
  /// - Parameter joins: told of the round's task before it is joined, and when it will be over at the latest, in
  ///   Unix seconds.
  /// - Throws: `DeviceError`, `ScenarioError` for settings that cannot be read, or `CanaryFault`.
  package func takePart(
    joins: (@Sendable (_ task: String, _ end: UInt64) -> Void)? = nil
  ) async throws -> DeviceNode.CheckInOutcome {
    let settings = try settings
    if let reason = await ineligibility(by: settings) { return .objection(reason) }
    await node.allow(DeviceCeilings(settings))
    let worker = PlannedWorker(
      node: node, events: events, shelf: shelf, settings: settings, source: source, clock: clock)
    guard let role = try folder.canary() else {
      return try await node.runOnce(worker) { joins?($0.task, $1) }
    }
    return try await node.runOnce(
      CanaryWorker(worker: worker, role: role, shelf: shelf, source: source)
    ) { joins?($0.task, $1) }
  }

  /// Why the device takes no part now, whatever is offered.
  private func ineligibility(by settings: DeviceSettings) async -> String? {
    let time = Date(timeIntervalSince1970: TimeInterval(clock()))
    let hour = Calendar.current.component(.hour, from: time)
    guard settings.takesPart(atHour: hour) else {
      return "it is not between rounds.fromHour \(settings.fromHour) and rounds.toHour "
        + "\(settings.toHour)"
    }
    return await condition()
  }

  /// Checks in again and again until it is canceled.
  ///
  /// - Parameter report: what each check-in came to.
  /// - Throws: what no later check-in will change, such as a revoked device.
  package func run(
    report: @Sendable (Result<DeviceNode.CheckInOutcome, DeviceError>) -> Void
  ) async throws {
    var failures = 0
    while !Task.isCancelled {
      _ = try await events.expire(now: Int64(clock()))
      let wait: Duration
      do {
        let outcome = try await takePart()
        failures = 0
        // Restarted in the middle of the round that is offered again: its secrets are gone, and the next one comes.
        let isBegun = outcome == .round(.stopped(.roundCounter))
        if !isBegun { report(.success(outcome)) }
        switch outcome {
        case .wait(let seconds): wait = .seconds(Int64(seconds))
        case .round(.committed(_)): wait = .milliseconds(Int64.random(in: 100...1_000))
        case .round where isBegun: wait = .seconds(5)
        case .round: wait = .milliseconds(Int64.random(in: 2_000...5_000))
        case .paused, .objection: wait = Self.standardWait
        }
      } catch let error as DeviceError {
        report(.failure(error))
        guard error.isTemporary else { throw error }
        failures += 1
        // Doubles up to a minute, each wait drawn anew.
        let most = min(60_000, Int64(500) << Int64(min(failures, 7)))
        wait = .milliseconds(Int64.random(in: most / 2...most))
      }
      do { try await Task.sleep(for: wait) } catch { return }
    }
  }

  private static let standardWait = Duration.seconds(30)

  // MARK: What the device knows

  /// What the federation has released, as this device has met it.
  private func model() async throws -> ProfilingModel {
    guard let served = try await node.servedModel() else { throw ProfileFault.noPopularity }
    guard let document = try await node.knownPlan(served.plan) else {
      throw ProfileFault.noPopularity
    }
    return try await shelf.model(
      try await shelf.tasks(document), state: try await node.fetch(served.model)
    ) { try await node.fetch($0) }
  }

  package func profile() async throws -> DeviceProfile {
    let model = try await model()
    return try model.profile(
      of: await events.history(over: model.catalogue), now: Int64(clock())
    ).value
  }

  package func recommendations(_ count: Int) async throws -> [Recommendation] {
    let model = try await model()
    return try model.recommendations(
      for: await events.history(over: model.catalogue), count: count
    ).value
  }

  /// What the device's ledger says, as it is on the disk.
  package func ledger() async throws -> PrivacyLedger {
    try await PrivacyLedger(of: node, plans: shelf, delta: try settings.delta, at: clock())
  }
}

extension DeviceSettings {
  var eventSeconds: Int64 { Int64(eventDays * 86_400) }
}
