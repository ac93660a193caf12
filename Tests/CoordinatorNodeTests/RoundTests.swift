import ClientNode
import CryptoPrimitives
import FederatedRounds
import Foundation
import SecureAggregation
import Storage
import Synchronization
import Testing
import WireProtocol

@testable import CoordinatorNode

/// Whole rounds, in one process and over sockets.
@Suite(.serialized, .timeLimit(.minutes(15))) struct RoundTests {
  @Test(arguments: Way.allCases)
  func roundsOfAPlanBecomeVersionsWithLineage(way: Way) async throws {
    let world = try NodeWorld(rounds: 2)
    try await Switchboard.open(world, way) { switchboard in
      let devices = try await world.joined(switchboard)
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
  }

  /// A request at which the coordinator dies, before it hears it or after it has done it.
  struct Death: Sendable, CustomTestStringConvertible {
    let way: Way
    let request: Int
    let before: Bool

    var testDescription: String { "\(way), \(before ? "before" : "after") request \(request)" }

    /// Over sockets fewer: what the coordinator does is the same, and a server takes time to start.
    static let all = [(Way.inProcess, 3), (.overHTTPS, 9)].flatMap { way, step in
      stride(from: 1, through: 46, by: step).flatMap { request in
        [true, false].map { Death(way: way, request: request, before: $0) }
      }
    }
  }

  /// Whatever the request is, devices find the coordinator again, and the sum has each of them once.
  @Test(arguments: Death.all)
  func aCoordinatorThatDiesAtAnyRequestLosesAndDoublesNothing(death: Death) async throws {
    let world = try NodeWorld()
    try await Switchboard.open(world, death.way, crash: (death.request, death.before)) {
      switchboard in
      let devices = try await world.joined(switchboard)
      _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
      // Devices may hear of the end before the request number is reached.
      let isReached = await switchboard.requestCount >= death.request
      #expect(await switchboard.restarts == (isReached ? 1 : 0))
      #expect(try await switchboard.model() == [1, 1, 1, 1, 1, 0, 0, 0, 0])
      #expect(try await switchboard.rounds().count == 1)
      for device in devices { #expect(try await device.contributions().count == 1) }
    }
  }

  /// The disk is full while a message is on its way to it: whoever reads the journal then would miss the message,
  /// and wait for a device that was told that it had arrived.
  @Test func aRecoveryWaitsForWhatIsOnItsWayToTheDisk() async throws {
    let world = try NodeWorld(floor: NodeWorld.deviceCount, stepSeconds: 120)
    let faults = SlowDisk(messages: NodeWorld.deviceCount)
    try await Switchboard.open(world, faults: faults) { switchboard in
      let devices = try await world.joined(switchboard)
      async let early = world.run(devices.dropLast(), rounds: 1) { await switchboard.tick() }
      while try await switchboard.journal().count < devices.count - 1 {
        try await Task.sleep(for: .milliseconds(5))
      }
      let late = try await world.run(devices.suffix(1), rounds: 1) {}
      let committed = try #require(try await switchboard.models().last)
      for ends in try await early + late { #expect(ends == [.committed(model: committed.hash)]) }
      #expect(faults.wasSlow)
    }
  }

  @Test(arguments: Way.allCases)
  func aPausedDeviceTakesPartInNothingUntilItIsResumed(way: Way) async throws {
    let world = try NodeWorld()
    try await Switchboard.open(world, way) { switchboard in
      let devices = try await world.joined(switchboard)
      try await devices[0].pause(true)
      #expect(try await devices[0].runOnce(TallyWorker(index: 0)) == .paused)
      try await devices[0].pause(false)
      _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
      #expect(try await devices[0].contributions().count == 1)
    }
  }

  /// A device that is revoked in the middle of a round is out of it; the round itself goes on, even if the
  /// coordinator starts again: it replays the journal with the revocations that the round began with.
  @Test func aRevocationDoesNotUndoTheRoundThatIsGoingOn() async throws {
    let world = try NodeWorld()
    let switchboard = try await Switchboard(
      folder: world.folder, plan: world.plan, uploadsUntilSilence: NodeWorld.deviceCount)
    let devices = try await world.joined(switchboard)
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

  /// What devices computed from one version is not added to another that an operator has put to use.
  @Test func aRoundEndsIfAnotherVersionIsPutToUseMeanwhile() async throws {
    let world = try NodeWorld(rounds: 3)
    try await Switchboard.open(world) { switchboard in
      let devices = try await world.joined(switchboard)
      let ends = try await world.run(devices, rounds: 2) {
        await switchboard.tick()
        await switchboard.putFirstVersionToUse(inRound: 2)
      }
      let models = try await switchboard.models()
      let aborted = RoundAbort.byOperator.number
      for ends in ends {
        #expect(ends == [.committed(model: models[1].hash), .aborted(reason: aborted)])
      }
      let second = try await switchboard.rounds().first { $0.key.number == 2 }
      #expect(second?.outcome == .aborted(reason: aborted))
    }
  }

  @Test func aDeviceIsInOneRoundAtATime() async throws {
    let world = try NodeWorld()
    try await Switchboard.open(world) { switchboard in
      let gate = Gate(switchboard)
      let device = try world.device(0, over: gate)
      try await device.join(world.code(from: switchboard))
      await gate.close()
      let first = Task { try await device.runOnce(TallyWorker(index: 0)) }
      while await !gate.isWaitedAt { try await Task.sleep(for: .milliseconds(5)) }
      await #expect(throws: DeviceError.takesPartAlready) {
        try await device.runOnce(TallyWorker(index: 0))
      }
      await gate.open()
      guard case .wait = try await first.value else {
        Issue.record("there is no round yet")
        return
      }
    }
  }
}

/// Is slow with the message after which a step is complete, and full when the step is closed meanwhile.
private final class SlowDisk: FaultInjector {
  private struct State {
    var missing: Int
    var isFull = false
    var wasSlow = false
  }

  private let state: Mutex<State>
  var wasSlow: Bool { state.withLock(\.wasSlow) }

  /// - Parameter messages: of the first step.
  init(messages: Int) { state = Mutex(State(missing: messages)) }

  func reached(_ point: FailPoint) throws(StorageError) {
    switch point {
    case .messageReceived: state.withLock { $0.missing -= 1 }
    case .journalWritten:
      guard state.withLock({ $0.missing <= 0 && !$0.wasSlow }) else { return }
      while !state.withLock(\.isFull) { Thread.sleep(forTimeInterval: 0.01) }
      // Time for somebody who does not wait.
      Thread.sleep(forTimeInterval: 0.3)
      state.withLock { $0.wasSlow = true }
    case .stepClosing:
      let isFirst = state.withLock { state in
        defer { state.isFull = true }
        return !state.isFull
      }
      if isFirst { throw .diskFull(path: "disk") }
    default: break
    }
  }
}

/// Holds requests back while it is closed.
private actor Gate: NodeTransport {
  private let inner: Switchboard
  private var isClosed = false
  private(set) var isWaitedAt = false

  init(_ inner: Switchboard) { self.inner = inner }

  func close() { isClosed = true }
  func open() { isClosed = false }

  func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
    while isClosed {
      isWaitedAt = true
      do { try await Task.sleep(for: .milliseconds(5)) } catch { throw .timedOut }
    }
    return try await inner.send(body)
  }

  func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8] {
    try await inner.read(path, limit: limit)
  }
}
