import Behavior
import ClientNode
import CryptoPrimitives
import DeviceProfiling
import FederatedRounds
import FederatedTasks
import Foundation
import PlannedRounds
import ProfileModel
import ReleasedParts
import Scenarios
import SilhouetteClient
import Storage
import Testing

@testable import CoordinatorNode
@testable import Simulator

/// Whole plans: statistics, gram and ranker over real devices' own events.
@Suite(.serialized) struct PlannedRoundsTests {
  /// What the simulator releases for the same plan, seed and participation.
  private func simulated(_ world: PlannedWorld) async throws -> ModelState {
    var scenario = try ScenarioDecoder.decode(
      yaml: """
        name: small
        seed: \(PlannedWorld.seed)
        threads: 1
        behavior: { source: synthetic }
        privacy: { epsilon: 8 }
        tasks:
          gram: { headItems: 10, tailGroups: 4, maxRank: 6 }
          ranker: { rounds: 2, negatives: 10 }
        """, file: "small.yaml", overrides: []
    ).scenario
    let split = world.plan.privacy.split
    scenario.privacy.split.statistics = split.statistics
    scenario.privacy.split.gram = split.gram
    scenario.privacy.split.ranker = split.ranker
    let devices = DeviceSplit.split(world.population, scenario: scenario)
    let model = try await FederatedTraining(
      plan: ScenarioPlan(scenario, users: devices.count, items: world.population.catalogue.count),
      content: ContentFeatures(catalogue: world.population.catalogue), devices: devices,
      workers: Workers(count: 1), federation: nil
    ).run { _ in }
    return ModelState(
      plan: Blake2b.digest(world.document), popularity: model.parts.popularity,
      basis: model.parts.basis,
      ranker: .init(weights: model.parts.rankerWeights, velocity: [], completedRounds: 2))
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
  private static func finish(
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
      for _ in 0..<2_000 {
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
    let (coordinator, store) = try await world.coordinator()
    let hash = Blake2b.digest(world.document)
    try await world.serving(coordinator, way) { transport, url, pin in
      let sessions = try await joined(world, coordinator, over: transport, url: url, pin: pin)
      try await Self.finish(sessions, store, plan: hash)
      try await check(sessions)
      for session in sessions { try await session.close() }
    }
    #expect(try await store.plan(hash)?.state == .done)
    let models = try await store.models(plan: hash)
    #expect(models.count == 5, "four rounds, each a version")
    let current = try #require(try await store.currentModel(plan: hash))
    var found = try ModelState(decoding: try await store.blob(current.hash))
    found.ranker.velocity = []
    #expect(found == expected)
    try store.close()
  }

  /// What a device sees of it afterwards.
  private func check(_ sessions: [DeviceSession]) async throws {
    for session in sessions {
      try await session.node.refreshServedModel()
      let ledger = try await session.ledger()
      #expect(ledger.entries.map(\.task) == ["statistics", "gram", "ranker"])
      #expect(ledger.entries.map(\.contributions) == [1, 1, 2])
      let epsilon = try #require(ledger.epsilon)
      #expect(epsilon > 4 && epsilon <= 8, "everything that the plan asks for was contributed")
      let profile = try await session.profile()
      #expect(!profile.vector.isEmpty && !profile.categories.isEmpty)
      let items = try await session.recommendations(5)
      #expect(items.count == 5)
      #expect(items.contains { !$0.reasons.isEmpty })
    }
  }

  @Test func aDeviceTakesNoPartInWhatIsNotItsPlanOrAboveItsCeilings() async throws {
    let world = try PlannedWorld()
    let (coordinator, store) = try await world.coordinator()
    try await world.serving(coordinator, .inProcess) { transport, url, pin in
      let shelf = PlanShelf()
      for (user, setting, reason) in [
        (0, "privacy.epsilon=0.5", "ceiling"), (1, "work.mostCoordinates=4", ""),
        (2, "privacy.mostContributions=0", ""),
      ] {
        let session = try await world.device(
          user, over: transport, shelf: shelf, settings: [setting])
        try await session.node.join(
          try await world.code(from: coordinator, url: url, pin: pin))
        var outcome = try await session.takePart()
        for _ in 0..<100 {
          guard case .wait = outcome else { break }
          try await Task.sleep(for: .milliseconds(20))
          outcome = try await session.takePart()
        }
        switch outcome {
        case .objection(let text): #expect(text.contains(reason) && !reason.isEmpty)
        case .round(.stopped(_)): #expect(reason.isEmpty)
        default: Issue.record("device \(user) took part: \(outcome)")
        }
        #expect(try await session.node.contributions().isEmpty)
        try await session.close()
      }
    }
    try store.close()
  }
}
