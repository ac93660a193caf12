import CryptoPrimitives
import DeviceProfiling
import Foundation
import PlannedRounds
import PrivacyAuditing
import PrivacyMechanisms
import Report
import RoundVocabulary
import SecureAggregation
import Storage
import Testing

@testable import ClientNode
@testable import CoordinatorNode
@testable import Simulator
import SilhouetteClient

/// Canary devices in the rounds of a running plan.
@Suite struct CanaryDeviceTests {
  /// A plan without noise tells who was in: what is searched is what the devices sent.
  ///
  /// With noise so few canaries refute nothing: no two right guesses could.
  @Test(arguments: ["mechanism: none", "epsilon: 8"])
  func whatARunningTaskReleasesShowsItsCanaries(privacy: String) async throws {
    let world = try PlannedWorld(privacy: privacy)
    let isNoisy = privacy != "mechanism: none"
    let (coordinator, store) = try await world.coordinator()
    let hash = Blake2b.digest(world.document)
    let roles = try (0..<PlannedWorld.devices).map {
      // Other coins for other tasks.
      try CanaryRole(
        index: $0, count: PlannedWorld.devices, seed: 5,
        tasks: $0.isMultiple(of: 2) ? [.statistics, .gram] : [.ranker])
    }
    try await world.serving(coordinator, .inProcess) { transport, url, pin in
      let shelf = PlanShelf()
      var sessions: [DeviceSession] = []
      for role in roles {
        let session = try await world.device(
          role.index, over: transport, shelf: shelf,
          settings: isNoisy ? [] : ["privacy.leastNoise=0"])
        let file = world.folder + "/device-\(role.index)/canary.json"
        try JSONEncoder().encode(role).write(to: URL(fileURLWithPath: file))
        try await session.node.join(try await world.code(from: coordinator, url: url, pin: pin))
        sessions.append(session)
      }
      try await PlannedRoundsTests.finish(sessions, store, plan: hash)
      for session in sessions { try await session.close() }
    }
    let record = try #require(try await store.plan(hash))
    let lineage = try await PlanLineage(of: record, in: store)
    #expect(lineage.states.count == 5)
    for (task, rounds) in [(TaskKind.statistics, 1), (.gram, 1), (.ranker, 2)] {
      let releases = try #require(lineage.releases(of: task))
      #expect(releases.count == rounds && lineage.releaseCount(of: task) == rounds)
      let request = lineage.tasks.mechanism(for: task).request
      let set = try CanarySet(
        count: roles.count, of: task, dimension: request.dimension, clipNorm: request.clipNorm,
        seed: 5)
      let scores = try set.scores(of: releases)
      for role in roles where !isNoisy {
        #expect((scores[role.index] > 0.1) == role.tasks.contains(task), "\(task) \(role.index)")
      }
      let measured = try EmpiricalAudit.measure(
        lineage.tasks.audited(task, releases: lineage.releaseCount(of: task)), canaries: roles,
        releases: releases, significance: 0.05)
      #expect(isNoisy || measured.correct == measured.guesses)
      #expect(measured.canaries == roles.count && measured.guesses == 2)
      #expect((measured.claimedEpsilon != nil) == isNoisy && measured.verdict == "pass")
    }
    try store.close()
  }

  @Test func aCoinIsTossedOnceInAFolderOfItsOwn() async throws {
    let world = try PlannedWorld()
    let folder = DeviceFolder(path: world.folder + "/canary")
    #expect(try folder.canary() == nil)
    try folder.becomeCanary(2, of: 6, seed: 9)
    let role = try #require(try folder.canary())
    #expect(role == (try CanaryRole(index: 2, count: 6, seed: 9, tasks: role.tasks)))
    #expect(throws: CanaryFault.tossed(file: folder.canaryPath)) {
      try folder.becomeCanary(2, of: 6, seed: 9)
    }
    let contribution = try role.update(
      of: .statistics, dimension: 12, clipNorm: 2, inRelease: 0)
    let norm = contribution.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(
      abs(Double(norm) - (role.tasks.contains(.statistics) ? 2 * CanarySet.excess : 0)) < 1e-4)
  }

  /// 64 fair coins fall on one side all of them with probability 2^-63; those of two tasks alike with 2^-64.
  @Test func coinsFallOnBothSides() throws {
    let world = try PlannedWorld()
    let roles = try (0..<64).map { index in
      let folder = DeviceFolder(path: world.folder + "/canary-\(index)")
      try folder.becomeCanary(index, of: 64, seed: 1)
      return try #require(try folder.canary())
    }
    let sides = TaskKind.allCases.map { task in roles.map { $0.tasks.contains(task) } }
    for coins in sides { #expect(Set(coins) == [true, false]) }
    #expect(Set(sides).count == sides.count)
  }

  /// A device that is a canary for somebody and a person's for somebody else would be neither.
  @Test(arguments: [
    "", "{}", #"{"count": 6, "index": 6, "tasks": ["ranker"], "seed": 1}"#,
    #"{"count": 1, "index": 0, "tasks": ["ranker"], "seed": 1}"#,
  ])
  func aFileThatIsNoCanaryStopsTheDevice(text: String) async throws {
    let world = try PlannedWorld()
    let folder = DeviceFolder(path: world.folder + "/device-0")
    let session = try await world.device(0, over: OfflineTransport(), shelf: PlanShelf())
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.canaryPath))
    await #expect(throws: CanaryFault.unreadable(file: folder.canaryPath)) {
      try await session.takePart()
    }
    try await session.close()
  }

  @Test func canariesOfDifferentAuditsAreNotMixed() throws {
    let world = try PlannedWorld()
    let audited = try PlannedTasks(world.plan, hash: Blake2b.digest(world.document))
      .audited(.ranker)
    let (first, second) = (
      try CanaryRole(index: 0, count: 6, seed: 5, tasks: [.ranker]),
      try CanaryRole(index: 1, count: 6, seed: 5, tasks: [.ranker])
    )
    let release = [Float](repeating: 0, count: audited.mechanism.request.dimension)
    func obstacle(_ canaries: [CanaryRole], _ releases: [[Float]]) -> EmpiricalAudit.Obstacle? {
      do {
        _ = try EmpiricalAudit.measure(
          audited, canaries: canaries, releases: releases, significance: 0.05)
        return nil
      } catch { return error as? EmpiricalAudit.Obstacle }
    }
    #expect(obstacle([first, second], [release]) == nil)
    #expect(obstacle([first], [release]) == .tooFewCanaries(1))
    #expect(obstacle([first, first], [release]) == .unlikeCanaries(index: 0))
    #expect(obstacle([first, second], []) == .nothingReleased)
    for other in [
      try CanaryRole(index: 1, count: 6, seed: 6, tasks: [.ranker]),
      try CanaryRole(index: 1, count: 7, seed: 5, tasks: [.ranker]),
    ] {
      #expect(obstacle([first, other], [release]) == .unlikeCanaries(index: 1))
    }
  }
}
