import CryptoPrimitives
import FederatedRounds
import Foundation
import RingArithmetic
import SecureAggregation
import Storage
import Testing
import TransparencyLog
import WireProtocol

@testable import ClientNode
@testable import CoordinatorNode

/// Devices that are not what the others think they are; in one process and over sockets.
@Suite(.serialized, .timeLimit(.minutes(20))) struct OddDeviceTests {
  /// Lets devices take part until a round is committed, whatever becomes of single requests.
  ///
  /// - Parameter drive: what goes on beside them, again and again.
  private static func run(
    _ devices: [(DeviceNode, any LocalWorker)], _ switchboard: Switchboard,
    driving drive: @escaping @Sendable () async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (device, worker) in devices {
        group.addTask { try await takePart(device, worker, switchboard) }
      }
      group.addTask {
        while try await switchboard.committedRound() == nil {
          let state = try await switchboard.planState()
          try #require(state != .failed, "no round was committed in any attempt")
          await switchboard.tick()
          try await drive()
        }
      }
      // The first that fails ends them all: nobody waits for a round that cannot come.
      while try await group.next() != nil {}
    }
  }

  private static func takePart(
    _ device: DeviceNode, _ worker: any LocalWorker, _ switchboard: Switchboard
  ) async throws {
    while try await switchboard.committedRound() == nil {
      do { _ = try await device.runOnce(worker) } catch DeviceError.refused {
        // Checked by the test, where it matters.
      } catch  where error.isTemporary {
        // A busy machine may not answer in time; a device comes again.
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// A folder that was copied to a second machine: both say that they are the same device.
  ///
  /// Whichever of them is heard, the device is counted once at most, and nobody else suffers.
  @Test(arguments: Way.allCases) func twoDevicesWithOneKeyAreCountedAsOne(way: Way) async throws {
    let world = try NodeWorld(stepSeconds: 300)
    let clock = StandingClock()
    try await Switchboard.open(world, way, clock: { clock.now }) { switchboard in
      var devices: [DeviceNode] = []
      for index in 0..<NodeWorld.deviceCount {
        let device = try world.device(index, over: switchboard, clock: { clock.now })
        try await device.join(world.code(from: switchboard))
        devices.append(device)
      }
      try await devices[0].close()
      try FileManager.default.copyItem(
        atPath: world.folder + "/device-0", toPath: world.folder + "/device-9")
      devices[0] = try world.device(0, over: switchboard, clock: { clock.now })
      let twin = try world.device(9, over: switchboard, clock: { clock.now })
      #expect(twin.keys.verificationKey == devices[0].keys.verificationKey)

      let workers = (devices + [twin]).enumerated().map { index, device in
        (device, TallyWorker(index: index % NodeWorld.deviceCount) as any LocalWorker)
      }
      try await Self.run(workers, switchboard) {
        // Requests of twins are in each other's way: it takes other seconds to be heard again.
        clock.advance(to: clock.now + 1)
        try await Task.sleep(for: .milliseconds(100))
      }
      let model = try #require(await switchboard.model())
      for count in model[1...NodeWorld.deviceCount] { #expect(count <= 1) }
      #expect(model.dropFirst().reduce(0, +) >= 3)
      let committed = try #require(await switchboard.rounds().first).key
      var paid = 0
      for device in [devices[0], twin] {
        paid += try await device.contributions().filter { $0.round == committed }.count
      }
      #expect(paid >= Int(model[1]))
    }
  }

  /// Nobody's attempts are used up while too few devices have joined.
  @Test func noRoundOpensBeforeEnoughDevicesHaveJoined() async throws {
    let world = try NodeWorld()
    let switchboard = try await Switchboard(folder: world.folder, plan: world.plan)
    for device in try await switchboard.store.devices() {
      try await switchboard.store.revoke(device.identity, at: 1)
    }
    for _ in 0..<3 { await switchboard.tick() }
    #expect(try await switchboard.store.rounds(limit: 1).isEmpty)
    for index in 0..<world.plan.template.leastCohort {
      #expect(await switchboard.coordinator.live == nil)
      let device = try world.device(index, over: switchboard)
      try await device.join(world.code(from: switchboard))
      try await device.close()
      await switchboard.tick()
    }
    #expect(await switchboard.coordinator.live != nil)
  }

  /// Resumed, a plan that has failed has all of its attempts again.
  @Test func aFailedPlanGoesOnWhenItIsResumed() async throws {
    var template = NodeWorld.template(floor: 3, stepSeconds: 60)
    template.attempts = 2
    let world = try NodeWorld(template: template)
    let clock = StandingClock()
    try await Switchboard.open(world, clock: { clock.now }) { switchboard in
      let store = await switchboard.store
      let plan = world.plan.record.hash
      // Nobody takes part, so every round is aborted.
      for attempts in [2, 4] {
        for _ in 0..<20 where try await store.plan(plan)?.state != .failed {
          await switchboard.tick()
          clock.advance(to: clock.now + 61)
        }
        #expect(try await store.plan(plan)?.state == .failed)
        #expect(try await store.rounds(limit: 10).count == attempts)
        try await store.move(
          plan, to: .running,
          log: world.plan.entries(of: .resumed, in: store, at: clock.now))
      }
      // What can be resumed has not ended, and what was not paused is not resumed: nobody would accept such a log.
      let kinds = try await store.loggedEntries(0..<(try await store.logSize())).map {
        try LogEntry(decoding: $0).key.kind
      }
      #expect(kinds.contains(.abort) && !kinds.contains(.closing) && !kinds.contains(.pause))
    }
  }

  /// A pause of a task that the log does not know, or one after another, would spoil the log for ever.
  @Test func pausesAreLoggedInTurns() async throws {
    let world = try NodeWorld()
    try await Switchboard.open(world) { switchboard in
      let store = await switchboard.store
      for state in [LoggedPause.State.paused, .resumed] {
        #expect(try await world.plan.entries(of: state, in: store, at: 5).isEmpty)
      }
      // Whoever is enrolled, the first round announces the plan.
      _ = try await world.joined(switchboard)
      await switchboard.tick()
      #expect(try await store.logged(world.plan.logKey) != nil)
      for state in [LoggedPause.State.paused, .resumed, .paused] {
        let entries = try await world.plan.entries(of: state, in: store, at: 5)
        #expect(entries.count == world.plan.course.tasks.count)
        try await store.log(entries)
        #expect(try await world.plan.entries(of: state, in: store, at: 6).isEmpty)
      }
    }
  }

  /// Shares that were dealt under one coordinator are none of another's business.
  @Test(arguments: [false, true]) func aRecordedUnmaskGoesToItsOwnCoordinatorOnly(
    leaves: Bool
  ) async throws {
    let world = try NodeWorld()
    try await Switchboard.open(world) { switchboard in
      let device = try world.device(0, over: switchboard)
      try await device.join(world.code(from: switchboard))
      let key = RoundKey(task: Bytes32(), number: 1)
      let now = Int64(Date().timeIntervalSince1970)
      try await device.store.begin(
        ParticipationRecord(
          key: key, transcript: Bytes32(), day: now / 86_400, expiry: now + 600))
      try await device.store.recordUnmask([1, 2, 3], of: key, identity: Bytes32())
      if leaves {
        try await device.leave()
        try await device.join(world.code(from: switchboard))
      }
      let before = await switchboard.requestCount
      _ = try await device.runOnce(TallyWorker(index: 0))
      #expect(await switchboard.requestCount - before == (leaves ? 1 : 2))
    }
  }

  /// Two devices with one key are one device to everybody, however many codes they use.
  @Test(arguments: Way.allCases) func aKeyIsOneDevice(way: Way) async throws {
    let world = try NodeWorld()
    try await Switchboard.open(world, way) { switchboard in
      let device = try world.device(0, over: switchboard)
      try await device.join(world.code(from: switchboard))
      try FileManager.default.createDirectory(
        atPath: world.folder + "/device-1", withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: world.folder + "/device-0/identity", toPath: world.folder + "/device-1/identity")
      let twin = try world.device(1, over: switchboard)
      let code = try await world.code(from: switchboard)
      try await twin.join(code)
      let key = device.keys.verificationKey.encoding
      #expect(try await switchboard.store.devices().count { $0.identity == key } == 1)
      guard case .wait = try await device.runOnce(TallyWorker(index: 0)) else {
        Issue.record("the first device is not heard any more")
        return
      }
    }
  }

  @Test(arguments: Way.allCases, [Int64(-86_400), 86_400])
  func anEnrolledDeviceWhoseClockJumpsByADayIsToldAndComesBack(
    way: Way, offset: Int64
  ) async throws {
    let world = try NodeWorld()
    let clock = StandingClock()
    try await Switchboard.open(world, way, clock: { clock.now }) { switchboard in
      let device = try world.device(0, over: switchboard, clock: { clock.now })
      try await device.join(world.code(from: switchboard))
      try await device.close()
      let shifted = try world.device(
        0, over: switchboard, clock: { UInt64(Int64(clock.now) + offset) })
      await #expect {
        _ = try await shifted.runOnce(TallyWorker(index: 0))
      } throws: { error in
        guard case DeviceError.refused(let refusal) = error else { return false }
        return refusal.code == .clock
      }
      try await shifted.close()
      // The right time again, a second later: earlier counters are used up only if they were heard.
      clock.advance(to: clock.now + 1)
      let mended = try world.device(0, over: switchboard, clock: { clock.now })
      guard case .wait = try await mended.runOnce(TallyWorker(index: 0)) else {
        Issue.record("the device is not heard any more")
        return
      }
    }
  }

  /// Lets a long time pass while the first request is on its way.
  private actor SleepyTransport: NodeTransport {
    private let switchboard: Switchboard
    private let clock: StandingClock
    private var hasSlept = false

    init(_ switchboard: Switchboard, _ clock: StandingClock) {
      self.switchboard = switchboard
      self.clock = clock
    }

    func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
      if !hasSlept {
        hasSlept = true
        clock.advance(to: clock.now + 3_600)
      }
      return try await switchboard.send(body)
    }

    func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8] {
      try await switchboard.read(path, limit: limit)
    }
  }

  /// A device that slept with a request on its way has the right time, whatever became of the request.
  @Test func aRequestThatIsLateIsTriedAgain() async throws {
    let world = try NodeWorld()
    let clock = StandingClock()
    try await Switchboard.open(world, clock: { clock.now }) { switchboard in
      var device = try world.device(0, over: switchboard, clock: { clock.now })
      try await device.join(world.code(from: switchboard))
      try await device.close()
      device = try world.device(
        0, over: SleepyTransport(switchboard, clock), clock: { clock.now })
      await #expect(throws: DeviceError.transport(.timedOut)) {
        _ = try await device.runOnce(TallyWorker(index: 0))
      }
      guard case .wait = try await device.runOnce(TallyWorker(index: 0)) else {
        Issue.record("the device is not heard any more")
        return
      }
    }
  }

  /// Revokes its own device while it trains.
  private struct RevokedAtWork: LocalWorker {
    let coordinator: Coordinator
    let device: VerificationKey

    func objection(to assignment: Assignment) async -> String? { nil }

    func terms(of assignment: Assignment) async throws -> ChargeTerms {
      try await TallyWorker(index: 0).terms(of: assignment)
    }

    func contribution(to assignment: Assignment) async throws -> RingVector {
      try await coordinator.revoke(device)
      return try await TallyWorker(index: 0).contribution(to: assignment)
    }
  }

  /// A device that is revoked before its contribution arrives is left out, and the round goes on.
  @Test(arguments: Way.allCases)
  func aDeviceThatIsRevokedDuringARoundIsLeftOut(way: Way) async throws {
    let world = try NodeWorld()
    let clock = StandingClock()
    try await Switchboard.open(world, way, clock: { clock.now }) { switchboard in
      let coordinator = await switchboard.coordinator
      var devices: [DeviceNode] = []
      for index in 0..<NodeWorld.deviceCount {
        let device = try world.device(index, over: switchboard, clock: { clock.now })
        try await device.join(world.code(from: switchboard))
        devices.append(device)
      }
      let revoked = devices[0].keys.verificationKey
      let workers = devices.enumerated().map { index, device in
        let worker: any LocalWorker =
          index == 0
          ? RevokedAtWork(coordinator: coordinator, device: revoked) : TallyWorker(index: index)
        return (device, worker)
      }
      try await Self.run(workers, switchboard) {
        if let round = try await switchboard.rounds().first?.key,
          await switchboard.coordinator.revoked.contains(revoked)
        {
          try await clock.skipWait(in: round, for: revoked, switchboard)
        }
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(try await switchboard.model() == [1, 0, 1, 1, 1, 0, 0, 0, 0])
      // It has paid: that its contribution is not wanted it learns afterwards.
      for device in devices { #expect(try await device.contributions().count == 1) }
      await #expect {
        _ = try await devices[0].runOnce(TallyWorker(index: 0))
      } throws: { error in
        guard case DeviceError.refused(let refusal) = error else { return false }
        return refusal.code == .revoked
      }
    }
  }
}
