import Behavior
import CryptoPrimitives
import DeviceLedger
import DeviceProfiling
import FederatedRounds
import Foundation
import PlannedRounds
import RoundVocabulary
import Scenarios
import SecureAggregation
import SeededDevices
import SilhouetteClient
import Simulator
import Storage
import TestSupport
import Testing

@testable import ClientNode
@testable import CoordinatorNode

/// Whole plans: statistics, gram and ranker over real devices' own events.
@Suite(.serialized) struct PlannedRoundsTests {
  /// What the simulator releases for the same plan, seed and participants.
  private func simulated(_ world: PlannedWorld) async throws -> ModelState {
    try await PlanReplay(
      world.plan, hash: Blake2b.digest(world.document), catalogue: world.population.catalogue,
      histories: (0..<PlannedWorld.devices).map { world.history(of: $0) }
    ).run().model
  }

  private func joined(
    _ world: PlannedWorld, _ coordinator: Coordinator, over transport: any NodeTransport,
    url: String, pin: Bytes32?
  ) async throws -> [DeviceSession] {
    let shelf = PlanShelf()
    var sessions: [DeviceSession] = []
    for user in 0..<PlannedWorld.devices {
      let session = try await world.device(
        user, over: transport, shelf: shelf,
        source: SimulatedRandomness(seed: PlannedWorld.seed, epsilon: 8, device: user))
      try await session.node.join(
        try await world.code(from: coordinator, url: url, pin: pin))
      sessions.append(session)
    }
    return sessions
  }

  /// Devices check in until the plan is done.
  static func finish(
    _ sessions: [DeviceSession], _ store: SQLiteCoordinatorStore, plan: Bytes32
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for session in sessions {
        tasks.addTask {
          while !Task.isCancelled {
            if case .round = try await session.takePart() { continue }
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
  }

  /// The rule that simulation and deployment are the same: not a bit of what is released differs.
  @Test(arguments: Way.allCases)
  func aPlanReleasesWhatTheSimulatorReleases(way: Way) async throws {
    let world = try PlannedWorld()
    let expected = try await simulated(world)
    let log = CapturedLog()
    let (coordinator, store) = try await world.coordinator(logger: log.logger)
    let hash = Blake2b.digest(world.document)
    try await world.serving(coordinator, way) { transport, url, pin in
      let sessions = try await joined(world, coordinator, over: transport, url: url, pin: pin)
      try await Self.finish(sessions, store, plan: hash)
      let devices = sessions.map(\.node.keys.verificationKey.encoding)
      #expect(log.text.contains("round committed"))
      #expect(CapturedLog.named(devices, in: log.text).isEmpty, "\(log.text)")
      for item in world.population.catalogue.items {
        #expect(!log.text.contains(item.id), "an event is in the log: \(item.id)")
      }
      try await check(sessions, of: PlannedTasks(world.plan, hash: hash))
      for session in sessions { try await session.close() }
    }
    #expect(try await store.plan(hash)?.state == .done)
    let models = try await store.models(plan: hash)
    #expect(models.count == 5, "four rounds, each a version")
    let current = try #require(try await store.currentModel(plan: hash))
    #expect(try ModelState(decoding: try await store.blob(current.hash)) == expected)
    #expect(current.hash == Blake2b.digest(expected.encoded))
    try store.close()
  }

  /// What a device sees of it afterwards.
  private func check(_ sessions: [DeviceSession], of tasks: PlannedTasks) async throws {
    let calendar = PlanCalendar(of: tasks, mostPerDay: 100, from: .init(time: PlannedWorld.now()))
    for session in sessions {
      try await session.node.refreshServedModel()
      let ledger = try await session.ledger()
      #expect(ledger.entries.map(\.task) == ["statistics", "gram", "ranker"])
      #expect(ledger.entries.map(\.contributions) == [1, 1, 2])
      let epsilon = try #require(ledger.epsilon)
      #expect(epsilon > 4 && epsilon <= 8, "everything that the plan asks for was contributed")
      // As it was foretold.
      let forecast = try tasks.epsilon(
        of: calendar.days.last?.contributions ?? [:], against: .coordinatorWithColludingClients,
        delta: 1e-5)
      #expect(abs(forecast / epsilon - 1) < 1e-6)
      let profile = try await session.profile()
      #expect(!profile.vector.isEmpty && !profile.categories.isEmpty)
      let items = try await session.recommendations(5)
      #expect(items.count == 5)
      #expect(items.contains { !$0.reasons.isEmpty })
    }
  }

  /// Nothing is asked of anybody while the owner, or the app, does not want to take part.
  @Test func aDeviceThatMayNotTakePartSaysWhy() async throws {
    let world = try PlannedWorld()
    let folder = DeviceFolder(path: world.folder + "/eligible")
    _ = try folder.change([])
    let onBattery = try DeviceSession(
      folder: folder, transport: OfflineTransport(), shelf: PlanShelf(),
      condition: { "on battery" }, clock: PlannedWorld.now)
    #expect(try await onBattery.takePart() == .objection("on battery"))
    try await onBattery.close()

    let session = try DeviceSession(
      folder: folder, transport: OfflineTransport(), shelf: PlanShelf(), clock: PlannedWorld.now)
    await #expect(throws: DeviceError.notJoined(folder.path)) { try await session.takePart() }
    // What the owner changes holds at once, without a restart.
    let hour = Calendar.current.component(.hour, from: Date())
    _ = try folder.change(
      ["rounds.fromHour=\((hour + 2) % 24)", "rounds.toHour=\((hour + 3) % 24)"])
    guard case .objection(let reason) = try await session.takePart() else {
      Issue.record("it takes part outside of its hours")
      return
    }
    #expect(reason.contains("rounds.fromHour"))
    // Settings that cannot be read are no settings; they may be stricter than any others.
    try FileManager.default.removeItem(atPath: folder.settingsPath)
    try FileManager.default.createDirectory(
      atPath: folder.settingsPath, withIntermediateDirectories: false)
    await #expect(throws: ScenarioError.self) { try await session.takePart() }
    try await session.close()
  }

  @Test func aDeviceTakesNoPartInWhatIsNotItsPlanOrAboveItsCeilings() async throws {
    let world = try PlannedWorld()
    let (coordinator, store) = try await world.coordinator()
    try await world.serving(coordinator, .inProcess) { transport, url, pin in
      let shelf = PlanShelf()
      for (user, settings, reasons) in [
        // With less than the plan's own 8 in all, though the first contribution alone would fit.
        (
          0, ["privacy.epsilon=7.5"],
          ["privacy.epsilon is 7.5", "all that the plan may ask", "--set privacy.epsilon="]
        ),
        (1, ["privacy.mostContributions=0"], ["privacy.mostContributions"]),
        // Everything that has to be allowed, and how, at once.
        (
          2,
          [
            "rounds.leastCohort=64", "rounds.leastSurvivors=60", "rounds.leastHonest=50",
            "privacy.leastNoise=90", "privacy.mostClipNorm=0.001", "work.mostCoordinates=4",
          ],
          [
            "rounds.leastCohort is 64", "rounds.leastSurvivors is 60", "rounds.leastHonest is 50",
            "privacy.leastNoise is 90.0", "privacy.mostClipNorm is 0.001",
            "work.mostCoordinates is 4", "--set rounds.leastCohort=",
          ]
        ),
        (3, ["rounds.mostPerDay=1"], ["rounds.mostPerDay", "--set rounds.mostPerDay=2"]),
        (
          4, ["privacy.epsilonPerTask=1"],
          ["privacy.epsilonPerTask is 1.0", "for one task", "--set privacy.epsilonPerTask="]
        ),
        (
          5, ["privacy.epsilonPerDay=0.5"],
          ["privacy.epsilonPerDay is 0.5", "one contribution", "--set privacy.epsilonPerDay="]
        ),
      ] {
        let session = try await world.device(
          user, over: transport, shelf: shelf, settings: settings)
        if user == 3 { try await session.node.beginsARoundToday() }
        try await session.node.join(
          try await world.code(from: coordinator, url: url, pin: pin))
        var outcome = try await session.takePart()
        for _ in 0..<10_000 {
          guard case .wait = outcome else { break }
          try await Task.sleep(for: .milliseconds(20))
          outcome = try await session.takePart()
        }
        switch outcome {
        case .objection(let text):
          for reason in reasons { #expect(text.contains(reason)) }
          if user == 2 {
            // Done as it says, they are allowed: nothing is left but the plan.
            try Self.follow(text, world.folder + "/device-2")
            #expect(
              try UnmetSetting.all(
                of: session.settings, in: PlannedTasks(world.plan, hash: Bytes32())
              ).isEmpty)
          }
        default: Issue.record("device \(user) took part: \(outcome)")
        }
        #expect(try await session.node.contributions().isEmpty)
        try await session.close()
      }
    }
    try store.close()
  }

  /// A contribution that fits into the plan, but not into this day, or not so soon after the last.
  @Test func aDeviceWaitsForAnotherDayAndForItsSeparation() async throws {
    let world = try PlannedWorld()
    let (coordinator, store) = try await world.coordinator()
    let tasks = try PlannedTasks(world.plan, hash: Blake2b.digest(world.document))
    let elsewhere = VerificationKey(encoding: Blake2b.digest([1]))
    let table = EpsilonTable()
    func epsilon(_ counts: [TaskKind: Int]) throws -> Double {
      try table.epsilon(
        of: counts.map {
          TaskAccount(charge: tasks.charge(of: $0, at: elsewhere), count: $1, last: 0)
        }, delta: 1e-5)
    }
    let once = try PlannedTasks.order.map { try epsilon([$0: 1]) }.max() ?? 0
    let today = try epsilon([.statistics: 1, .gram: 1])
    #expect(once < today)
    try await world.serving(coordinator, .inProcess) { transport, url, pin in
      for (user, settings, reasons) in [
        (
          0, ["privacy.epsilonPerDay=\((once + today) / 2)"],
          ["privacy.epsilonPerDay is", "the next day", "--set privacy.epsilonPerDay="]
        ),
        (
          1, ["rounds.leastSeparation=1 h"],
          ["rounds.leastSeparation is 3600 s", "--set rounds.leastSeparation="]
        ),
      ] {
        let session = try await world.device(
          user, over: transport, shelf: PlanShelf(), settings: settings)
        try await session.node.join(try await world.code(from: coordinator, url: url, pin: pin))
        // The same plan at another coordinator: its contributions count here, too.
        try await session.node.debit(
          RoundCharge(task: tasks.charge(of: .gram, at: elsewhere), configuration: [], checked: 0),
          of: RoundName(task: Bytes32(), round: 1))
        var outcome = try await session.takePart()
        for _ in 0..<10_000 {
          guard case .wait = outcome else { break }
          try await Task.sleep(for: .milliseconds(20))
          outcome = try await session.takePart()
        }
        guard case .objection(let text) = outcome else {
          Issue.record("device \(user) took part: \(outcome)")
          continue
        }
        for reason in reasons { #expect(text.contains(reason), "\(text)") }
        #expect(text.contains("--dir \(world.folder)/device-\(user)"))
        try await session.close()
      }
    }
    try store.close()
  }

  /// Runs what an objection says: `silhouette client settings --dir DIR --set KEY=VALUE ...`.
  private static func follow(_ objection: String, _ folder: String) throws {
    let words = objection.split(separator: " ").map(String.init)
    let place = try #require(words.firstIndex(of: "--dir"))
    #expect(words[place + 1] == folder)
    let changes = words.indices.filter { words[$0] == "--set" }.map { words[$0 + 1] }
    _ = try DeviceFolder(path: folder).change(changes)
  }
}

extension DeviceNode {
  /// As if a round had been begun and ended.
  fileprivate func beginsARoundToday() async throws {
    let key = RoundKey(task: Bytes32(), number: 1)
    let time = Int64(clock())
    try await store.begin(
      ParticipationRecord(key: key, transcript: Bytes32(), day: time / 86_400, expiry: time - 1))
    try await store.end(key)
  }
}
