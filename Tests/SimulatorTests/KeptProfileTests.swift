import Behavior
import Foundation
import ReleasedParts
import Report
import Scenarios
import Testing

@testable import Simulator

/// What a run released, kept in a file, and the profiles that follow from it.
@Suite struct KeptProfileTests {
  private func outcome(
    _ overrides: [String] = [], items: Int = 40, events: Int = 1500
  ) async throws -> (Simulation.Outcome, Population) {
    let effective = try ScenarioDecoder.decode(
      yaml: """
        name: small
        seed: 7
        threads: 2
        behavior:
          source: synthetic
          synthetic: { users: 60, items: \(items), events: \(events), interests: 4, seed: 3 }
        privacy: { mechanism: none }
        tasks:
          gram: { headItems: 20, tailGroups: 5, maxRank: 8 }
          ranker: { rounds: 2, negatives: 20 }
          encoder: { shape: mean, items: both, width: 4, rounds: 3, batch: 2, length: 8 }
        profile: { examples: 1 }
        evaluation: { sampledNegatives: 20, bootstrapResamples: 40, coldStart: [0] }
        """, file: "small.yaml", overrides: overrides)
    let population = try SyntheticPopulation(
      configuration: .init(users: 60, items: items, events: events, interests: 4, seed: 3)
    ).population()
    let simulation = Simulation(
      scenario: effective.scenario, population: population,
      plan: .init(yaml: effective.yaml, hash: effective.hash, file: "small.yaml"),
      command: "test", version: "0")
    return (try await simulation.outcome { _ in }, population)
  }

  @Test func aModelComesBackFromItsFileAndNoDamagePasses() async throws {
    let model = try await outcome().0.model
    let bytes = model.encoded
    #expect(ReleasedModel(decoding: bytes) == model)
    for count in stride(from: 0, to: bytes.count, by: 101) {
      #expect(ReleasedModel(decoding: Array(bytes[..<count])) == nil)
    }
    for index in stride(from: 0, to: bytes.count, by: 97) {
      var changed = bytes
      changed[index] ^= 0x10
      #expect(ReleasedModel(decoding: changed) == nil)
    }
    #expect(throws: ModelFileError.unreadable(path: "/nowhere/model")) {
      try ReleasedModel(path: "/nowhere/model")
    }
  }

  @Test func everybodyGetsAProfileAndNewItems() async throws {
    let (outcome, population) = try await outcome()
    let profiles = try KeptProfiles(outcome.model, population: population)
    for id in population.log.userIDs.prefix(10) {
      let profile = try profiles.profile(of: id)
      #expect(profile.state?.count == 4)
      #expect(profile.vector.allSatisfy(\.isFinite) && !profile.vector.isEmpty)
      let known = Set(
        population.log.history(
          of: population.log.userIDs.firstIndex(of: id) ?? 0
        ).events.map { population.catalogue.items[Int($0.item)].id })
      for ranking in KeptProfiles.Ranking.allCases {
        let items = try profiles.recommendations(for: id, count: 5, by: ranking)
        #expect(items.map(\.rank) == [1, 2, 3, 4, 5])
        #expect(items.allSatisfy { !known.contains($0.item) && !$0.isKnown })
        #expect(items.allSatisfy { item in item.reasons.allSatisfy { known.contains($0.item) } })
        let first = try profiles.explanation(for: id, item: nil, by: ranking, reasons: 3)
        #expect(first == items.first)
      }
    }
  }

  /// A reason of the encoder is what its score loses without the event.
  @Test func partsOfEventsAreDifferences() async throws {
    let (outcome, population) = try await outcome(["tasks.encoder.personalEpochs=1"])
    let profiles = try KeptProfiles(outcome.model, population: population)
    let id = try #require(population.log.userIDs.first)
    let explanation = try profiles.explanation(for: id, item: nil, by: .encoder, reasons: 100)
    let parts = explanation.reasons.compactMap(\.part)
    #expect(parts.count == explanation.reasons.count && parts.count <= 8)
    #expect(parts.allSatisfy { $0 > 0 } && parts == parts.sorted(by: >))
  }

  /// Unless told otherwise devices recommend by what was best for this population; the file keeps it.
  @Test func theModelKnowsWhatToRecommendBy() async throws {
    let (outcome, population) = try await outcome()
    #expect(
      outcome.model.recommended?.rawValue ?? "popularity" == outcome.figures.recommendedMethod)
    let id = try #require(population.log.userIDs.first)
    for ranking in KeptProfiles.Ranking.allCases + [nil] {
      var model = outcome.model
      model.recommended = ranking
      model.belowPopularity = []
      let profiles = try KeptProfiles(
        #require(ReleasedModel(decoding: model.encoded)), population: population)
      #expect(profiles.recommendedRanking == ranking)
      let items = try profiles.recommendations(for: id, count: 3, by: profiles.recommendedRanking)
      #expect(items.allSatisfy { $0.rankedBy == ranking?.rawValue ?? "popularity" })
    }
  }

  @Test func whoHasHadEverythingIsToldSo() async throws {
    let (outcome, population) = try await outcome(
      ["tasks.gram.headItems=6", "tasks.gram.tailGroups=2", "evaluation.sampledNegatives=2"],
      items: 12, events: 12_000)
    let profiles = try KeptProfiles(outcome.model, population: population)
    let place = try #require(
      population.log.userIDs.indices.first {
        Set(population.log.history(of: $0).events.map(\.item)).count == 12
      })
    let id = population.log.userIDs[place]
    #expect(throws: ModelFileError.nothingLeft(user: id)) {
      try profiles.recommendations(for: id, count: 3, by: .ranker)
    }
    #expect(throws: ModelFileError.nothingLeft(user: id)) {
      try profiles.explanation(for: id, item: nil, by: .ranker, reasons: 1)
    }
  }

  @Test func whatDoesNotBelongIsNamed() async throws {
    let (outcome, population) = try await outcome()
    let profiles = try KeptProfiles(outcome.model, population: population)
    #expect(throws: ModelFileError.self) { try profiles.profile(of: "nobody") }
    let id = try #require(population.log.userIDs.first)
    #expect(throws: ModelFileError.self) {
      try profiles.explanation(for: id, item: "nothing", by: .ranker, reasons: 1)
    }
    let other = try SyntheticPopulation(
      configuration: .init(users: 60, items: 40, events: 1500, interests: 4, seed: 4)
    ).population()
    #expect(throws: ModelFileError.otherBehavior) {
      try KeptProfiles(outcome.model, population: other)
    }
  }

  /// Never worse than popularity, nor silently: the run finds out, the file keeps it, devices heed it.
  @Test func whatIsWorseThanPopularityIsNotRecommendedBy() async throws {
    let (outcome, population) = try await outcome()
    #expect(
      outcome.model.belowPopularity.map(\.rawValue).sorted()
        == outcome.figures.methodsThatFallBack.sorted())
    var model = outcome.model
    model.belowPopularity = [.encoder]
    model = try #require(ReleasedModel(decoding: model.encoded))
    let profiles = try KeptProfiles(model, population: population)
    let id = try #require(population.log.userIDs.first)
    let items = try profiles.recommendations(for: id, count: 5, by: .encoder)
    #expect(items.allSatisfy { $0.rankedBy == "popularity" && $0.reasons.isEmpty })
    let popularity = model.popularity.values
    let known = Set(
      population.log.history(of: 0).events.map(\.item))
    let best = popularity.indices.filter { !known.contains(Int32($0)) }.map { popularity[$0] }.max()
    #expect(items.first?.score == best)
    model.belowPopularity = []
    let trusted = try KeptProfiles(model, population: population)
    #expect(
      try trusted.recommendations(for: id, count: 5, by: .encoder).allSatisfy {
        $0.rankedBy == "encoder"
      })
  }

  @Test func aRunWithoutAnEncoderSaysSo() async throws {
    let effective = try ScenarioDecoder.decode(
      yaml: """
        name: small
        behavior:
          source: synthetic
          synthetic: { users: 30, items: 30, events: 600, interests: 4, seed: 3 }
        privacy: { mechanism: none }
        tasks: { gram: { headItems: 10, tailGroups: 5 }, ranker: { rounds: 1, negatives: 10 } }
        evaluation: { sampledNegatives: 5, bootstrapResamples: 40, coldStart: [0] }
        """, file: "small.yaml", overrides: [])
    let population = try SyntheticPopulation(
      configuration: .init(users: 30, items: 30, events: 600, interests: 4, seed: 3)
    ).population()
    let model = try await Simulation(
      scenario: effective.scenario, population: population,
      plan: .init(yaml: effective.yaml, hash: effective.hash), command: "test", version: "0"
    ).outcome { _ in }.model
    let profiles = try KeptProfiles(model, population: population)
    let id = try #require(population.log.userIDs.first)
    #expect(try profiles.profile(of: id).state == nil)
    #expect(throws: ModelFileError.noEncoder) {
      try profiles.recommendations(for: id, count: 3, by: .encoder)
    }
  }
}
