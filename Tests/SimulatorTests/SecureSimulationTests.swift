import Behavior
import Report
import Scenarios
import Testing

@testable import Simulator

/// Rounds through secure aggregation, with every message, inside a simulation.
@Suite struct SecureSimulationTests {
  /// Complete graphs of 24 devices, some of which leave before each step.
  private func figures(
    users: Int = 24, isSecure: Bool, overrides: [String] = []
  ) async throws -> RunFigures {
    var scenario = try Scenario.small(overrides)
    scenario.privacy.dropoutShare = 0.1
    scenario.privacy.colludingShare = 0.05
    scenario.gram.headItems = 8
    scenario.gram.tailGroups = 4
    scenario.ranker.rounds = 1
    scenario.imitation.secureAggregation = isSecure
    scenario.imitation.dropouts = Scenario.Dropouts(
      beforeAdvertise: 0, beforeShare: 0.05, beforeInput: 0.05, beforeUnmask: 0.1)
    let population = try SyntheticPopulation(
      configuration: .init(
        users: users, items: 40, events: 40 * users, interests: 3, seed: 3)
    ).population()
    return try await Simulation(
      scenario: scenario, population: population,
      plan: .init(yaml: "name: small\n", hash: "00"), command: "test", version: "0"
    ).run { _ in }
  }

  /// The rule that nothing depends on how sums are made: not a bit of what is released.
  @Test func masksChangeNoBitOfWhatIsReleased() async throws {
    var plain = try await figures(isSecure: false)
    let secure = try await figures(isSecure: true)
    #expect(secure.rounds.first?.cohort == 22, "two of 24 leave before they contribute")
    // What differs is what is claimed, and nothing else.
    #expect(plain.guarantees[2].assumptions != secure.guarantees[2].assumptions)
    plain.guarantees = secure.guarantees
    #expect(
      try ReportRenderer.json(plain, includingTimings: false)
        == ReportRenderer.json(secure, includingTimings: false))
  }

  /// Updates of an encoder are masked like all others.
  @Test func anEncoderLearnsTheSameFromMaskedSums() async throws {
    let encoder = [
      "privacy.split.gram=0.58", "privacy.split.encoder=0.2", "tasks.encoder.shape=mean",
      "tasks.encoder.items=projected", "tasks.encoder.width=4", "tasks.encoder.rounds=2",
      "tasks.encoder.cohort=20", "tasks.encoder.length=8",
    ]
    var plain = try await figures(isSecure: false, overrides: encoder)
    let secure = try await figures(isSecure: true, overrides: encoder)
    #expect(secure.rounds.filter { $0.task == "encoder" }.count == 2)
    plain.guarantees = secure.guarantees
    #expect(
      try ReportRenderer.json(plain, includingTimings: false)
        == ReportRenderer.json(secure, includingTimings: false))
  }

  /// Masks bound what a coordinator sees that enrolls no devices of its own; nobody says that A5 does not.
  @Test func guaranteesFollowFromHowSumsAreMade() async throws {
    let plain = try await figures(isSecure: false).guarantees.map(\.epsilon)
    let secure = try await figures(isSecure: true).guarantees.map(\.epsilon)
    #expect(plain[3] != nil && plain[3] == secure[3])
    #expect(plain[4] == nil && secure[4] == nil, "nothing is promised against A5")
    #expect(secure[5] == plain[5], "A6 is the coordinator without secure aggregation")
  }

  @Test func aCohortThatIsTooSmallIsNamed() async throws {
    await #expect(throws: SecureRoundError.self) { try await figures(users: 2, isSecure: true) }
  }
}
