import Behavior
import FederatedTasks
import ProfileModel
import ReleasedParts
import Report
import Scenarios
import Testing

@testable import Simulator

/// Histories of nobody, from what was released of all.
@Suite struct SynthesizedHistoriesTests {
  private static let itemCount = 40
  private static let length = 10

  /// Every item has a coordinate; the first half of them and the second half oppose each other.
  private static func histories(
    popularity: [Float], eigenvalue: Float, seed: UInt64 = 1
  ) throws -> SynthesizedHistories {
    let people = try SyntheticPopulation(
      configuration: .init(users: 20, items: itemCount, events: 600, interests: 4, seed: 3)
    ).population()
    let released = Popularity(values: popularity)
    let partition = ItemPartition(
      head: (0..<itemCount).map { Int32($0) }, groupCount: 0,
      coordinates: (0..<itemCount).map { Int32($0) })
    let size = 1 / Float(itemCount).squareRoot()
    return SynthesizedHistories(
      ItemKnowledge(
        popularity: released,
        coordinates: GramCoordinates(popularity: released, partition: partition),
        basis: ItemBasis(
          coordinateCount: itemCount, rank: 1,
          vectors: (0..<itemCount).map { $0 < itemCount / 2 ? size : -size },
          eigenvalues: [eigenvalue], noiseEdge: 0),
        content: ContentFeatures(catalogue: people.catalogue)), seed: seed)
  }

  private static let flat = [Float](repeating: 1, count: itemCount)

  @Test func aHistoryHasEachItemOnceAndFollowsFromTheSeed() throws {
    let histories = try Self.histories(popularity: Self.flat, eigenvalue: 1)
    let people = try histories.sequences(count: 50, length: Self.length)
    #expect(people.count == 50)
    for person in people {
      #expect(person.items.count == Self.length && Set(person.items).count == Self.length)
    }
    #expect(try histories.sequences(count: 50, length: Self.length) == people)
    let others = try Self.histories(popularity: Self.flat, eigenvalue: 1, seed: 2)
    #expect(try others.sequences(count: 50, length: Self.length) != people)
    // No longer than the catalogue is.
    #expect(try histories.sequences(count: 1, length: 1_000)[0].items.count == Self.itemCount)
  }

  /// Without a spectrum, items are drawn by popularity alone.
  ///
  /// One item is nineteen times as popular as any other: it is the first of ten draws with probability 19/58, and in
  /// a history with more than .95. Of 400 people fewer than 350 would have it with probability below 1e-6.
  @Test func popularItemsAreMetMoreOften() throws {
    var popularity = Self.flat
    popularity[7] = 19
    let people = try Self.histories(popularity: popularity, eigenvalue: 0)
      .sequences(count: 400, length: Self.length)
    let met = people.count { $0.items.contains(7) }
    #expect(met > 350)
    let other = people.count { $0.items.contains(8) }
    #expect(other < 200)
  }

  /// Who likes one item of a half likes the others: halves are as unequal as interests make them.
  ///
  /// The share of the first half in a history without interests has a standard deviation of .14; its mean
  /// distance from one half over 400 people is .11, with a standard error below .006.
  @Test func itemsThatGoTogetherAreMetTogether() throws {
    func meanDistance(_ eigenvalue: Float) throws -> Double {
      let people = try Self.histories(popularity: Self.flat, eigenvalue: eigenvalue)
        .sequences(count: 400, length: Self.length)
      return people.reduce(0) { sum, person in
        let first = person.items.count { $0 < Self.itemCount / 2 }
        return sum + abs(Double(first) / Double(Self.length) - 0.5)
      } / 400
    }
    #expect(try meanDistance(0) < 0.14)
    #expect(try meanDistance(1) > 0.18)
  }

  /// What follows from releases costs nothing: the same rounds are charged, and no public people are needed.
  @Test func pretrainingOnThemIsNotCharged() async throws {
    func outcome(_ pretraining: String, threads: Int) async throws -> Simulation.Outcome {
      let scenario = try ScenarioDecoder.decode(
        yaml: """
          name: small
          seed: 7
          threads: \(threads)
          behavior:
            source: synthetic
            synthetic: { users: 60, items: 40, events: 1800, interests: 4, seed: 3 }
          privacy: { epsilon: 8, split: { gram: 0.58, encoder: 0.2 } }
          tasks:
            gram: { headItems: 20, tailGroups: 5, maxRank: 8 }
            ranker: { rounds: 2, negatives: 20 }
            encoder:
              { shape: mean, items: projected, width: 8, rounds: 2, length: 8,
                pretraining: \(pretraining), pretrainingEpochs: 2 }
          profile: { examples: 1 }
          evaluation: { sampledNegatives: 20, bootstrapResamples: 40, coldStart: [0] }
          """, file: "small.yaml", overrides: []
      ).scenario
      let people = try SyntheticPopulation(
        configuration: .init(users: 60, items: 40, events: 1_800, interests: 4, seed: 3)
      ).population()
      return try await Simulation(
        scenario: scenario, population: people, plan: .init(yaml: "name: small\n", hash: "00"),
        command: "test", version: "0"
      ).outcome { _ in }
    }
    let (none, synthesized, again) = (
      try await outcome("none", threads: 2), try await outcome("synthesized", threads: 2),
      try await outcome("synthesized", threads: 1)
    )
    #expect(
      none.figures.guarantees.map(\.epsilon) == synthesized.figures.guarantees.map(\.epsilon))
    #expect(
      none.figures.rounds.map { $0.task } == synthesized.figures.rounds.map { $0.task })
    #expect(none.model.encoder != synthesized.model.encoder)
    #expect(synthesized.model.encoder == again.model.encoder)
    // The ranker goes by none of it: it is trained before.
    #expect(synthesized.model.publicEncoder.isEmpty)
  }
}
