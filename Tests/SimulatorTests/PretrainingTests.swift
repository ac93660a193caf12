import Behavior
import ProfileModel
import ReleasedParts
import Report
import Scenarios
import Testing

@testable import Simulator

/// Encoders that were trained on public people before any device takes part.
@Suite struct PretrainingTests {
  private func population(users: Int, seed: UInt64) throws -> Population {
    try SyntheticPopulation(
      configuration: .init(users: users, items: 40, events: 30 * users, interests: 4, seed: seed)
    ).population()
  }

  private func simulation(
    publicPopulation: Population?, _ overrides: [String] = []
  ) throws -> Simulation {
    let scenario = try ScenarioDecoder.decode(
      yaml: """
        name: small
        seed: 7
        threads: 2
        behavior:
          source: synthetic
          synthetic: { users: 60, items: 40, events: 1800, interests: 4, seed: 3 }
        privacy: { epsilon: 8, split: { gram: 0.58, encoder: 0.2 } }
        tasks:
          gram: { headItems: 20, tailGroups: 5, maxRank: 8 }
          ranker: { rounds: 2, negatives: 20 }
          encoder:
            { shape: transformer, blocks: 1, width: 8, inner: 8, rounds: 2, length: 8,
              pretraining: movielens-1m, pretrainingEpochs: 3, trained: output }
        profile: { examples: 1 }
        evaluation: { sampledNegatives: 20, bootstrapResamples: 40, coldStart: [0] }
        """, file: "small.yaml", overrides: overrides
    ).scenario
    return Simulation(
      scenario: scenario, population: try population(users: 60, seed: 3),
      plan: .init(yaml: "name: small\n", hash: "00"), command: "test", version: "0",
      publicPopulation: publicPopulation)
  }

  /// Devices train the last normalization and nothing else; the assumption about public people is stated.
  @Test func devicesMoveALittleOfWhatPublicPeopleMade() async throws {
    let outcome = try await simulation(publicPopulation: population(users: 80, seed: 3)).outcome {
      _ in
    }
    let rounds = outcome.figures.rounds.filter { $0.task == "encoder" }
    #expect(rounds.count == 2 && rounds.allSatisfy { $0.dimension == 16 })
    #expect(
      outcome.figures.guarantees[0].assumptions.contains {
        $0.contains("people's behavior is public")
      })
    #expect(outcome.figures.methods.filter { $0.method == "encoder" }.count == 2)
  }

  /// The ranker weighs the public encoder with its other features, and the model's file has it.
  @Test func theRankerSeesThePublicEncoder() async throws {
    let outcome = try await simulation(publicPopulation: population(users: 80, seed: 3)).outcome {
      _ in
    }
    #expect(outcome.figures.rounds.filter { $0.task == "ranker" }.allSatisfy { $0.dimension == 8 })
    let model = outcome.model
    #expect(model.rankerWeights.count == 8 && model.rankerWeights[7] != 0)
    #expect(model.publicEncoder.count == model.encoder.count)
    #expect(model.publicEncoder != model.encoder)
    #expect(ReleasedModel(decoding: model.encoded) == model)
  }

  @Test func oneSeedGivesTheSameBytes() async throws {
    let people = try population(users: 80, seed: 3)
    func bytes() async throws -> [UInt8] {
      try ReportRenderer.json(
        await simulation(publicPopulation: people).run { _ in }, includingTimings: false)
    }
    #expect(try await bytes() == bytes())
  }

  @Test func withoutPublicPeopleNothingIsTrained() async throws {
    let simulation = try simulation(publicPopulation: nil)
    await #expect(throws: SimulationError.nothingToPretrainOn) {
      try await simulation.run { _ in }
    }
  }

  /// Items are matched by title; those that public people never met start by released popularity.
  @Test func itemsAreMatchedByTitle() throws {
    let people = try population(users: 20, seed: 3)
    var items = people.catalogue.items
    items[0].title = "  " + items[0].title.uppercased() + " "
    items[1].title = "A title that nobody knows"
    let catalogue = Catalogue(
      items: items, categoryNames: people.catalogue.categoryNames, isPublic: true)
    let pretraining = try PublicPretraining(people, catalogue: catalogue)
    #expect(pretraining.matchedItemCount == 39)
    #expect(pretraining.sequences.allSatisfy { !$0.items.contains(1) })
    #expect(pretraining.sequences.contains { $0.items.contains(0) })
    var configuration = SequenceEncoder.Configuration(itemCount: 40)
    configuration.width = 4
    configuration.shape = .mean
    let encoder = try SequenceEncoder(configuration)
    var parameters = [Float](repeating: 1, count: encoder.layout.count)
    var popularity = [Float](repeating: 1, count: 40)
    popularity[1] = 2.718_281_8
    pretraining.complete(&parameters, of: encoder, popularity: Popularity(values: popularity))
    let bias = try #require(encoder.items.bias)
    #expect(parameters[bias.start] == 1)
    #expect(abs(parameters[bias.start + 1] - 2) < 1e-5)
    let identity = try #require(encoder.items.identity)
    #expect(identity.row(1).allSatisfy { parameters[$0] == 0 })
    #expect(identity.row(2).allSatisfy { parameters[$0] == 1 })
  }
}
