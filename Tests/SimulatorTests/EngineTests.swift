import Behavior
import NumericalMethods
import PrivacyMechanisms
import ProfileModel
import ReleasedParts
import RoundVocabulary
import Scenarios
import Synchronization
import Testing

@testable import Simulator

/// What a round holds in memory, however many devices are in it.
@Suite struct EngineTests {
  private func training(
    _ overrides: [String] = [], threads: Int = 3
  ) throws -> FederatedTraining {
    let population = try SyntheticPopulation(
      configuration: .init(users: 200, items: 120, events: 8000, interests: 6, seed: 3)
    ).population()
    let scenario = try Scenario.small(overrides)
    let devices = DeviceSplit.split(population, scenario: scenario)
    return FederatedTraining(
      plan: ScenarioPlan(scenario, users: devices.count, items: population.catalogue.count),
      content: ContentFeatures(catalogue: population.catalogue), devices: devices,
      clock: population.log.clock, workers: Workers(count: threads))
  }

  /// How many local models there are.
  private final class Census: Sendable {
    private let count = Mutex((live: 0, most: 0, made: 0))

    func enter() {
      count.withLock {
        $0.live += 1
        $0.made += 1
        $0.most = max($0.most, $0.live)
      }
    }

    func leave() { count.withLock { $0.live -= 1 } }

    var figures: (live: Int, most: Int, made: Int) { count.withLock { $0 } }
  }

  /// What a device works in.
  private final class LocalModel: Sendable {
    private let census: Census

    init(_ census: Census) {
      self.census = census
      census.enter()
    }

    deinit { census.leave() }
  }

  /// One for each thread, made once for the whole round, and none that outlives it.
  @Test(arguments: [10, 200]) func localModelsAreAsManyAsThreads(cohort: Int) async throws {
    let training = try training(["privacy.mechanism=none"])
    let census = Census()
    let items = training.plan.items
    var releases: [ReleaseRecord] = []
    let release = try await training.round(
      RoundID(task: .statistics, number: 1), training.plan.mechanism(for: .statistics),
      cohort: Array(0..<Int32(cohort)), scratch: { LocalModel(census) }, &releases
    ) { _, device in
      .sparse(SparseUpdate(ranges: [(device % items)..<(device % items + 1)], values: [1]))
    }
    #expect(release.contributors == cohort)
    #expect((1...3).contains(census.figures.made) && census.figures.most <= 3)
    #expect(census.figures.live == 0)
  }

  /// No thread is without work while another has more than a small part of its share before it.
  @Test func theLastBlockIsShort() {
    for threads in [1, 2, 3, 16, 100] {
      let workers = Workers(count: threads)
      for total in [1, 5, 16, 95, 1_000, 1_000_000] {
        let block = workers.block(of: total)
        #expect(block >= 1 && (block == 1 || block * 32 * threads <= total))
      }
    }
    #expect(Workers(count: 2).block(of: 1_000_000) == 8)
  }

  /// Examples of the ranker are kept within a fixed space, and only where devices come back.
  @Test func keptExamplesHaveAFixedSpace() throws {
    var training = try training()
    let bytes = 4 * (training.scenario.ranker.negatives + 1) * 7
    #expect(training.keptExampleCount(features: 7) == 200)
    training.mostExampleBytes = 50 * bytes + 1
    #expect(training.keptExampleCount(features: 7) == 50)
    let sampled = try self.training(["tasks.ranker.cohort=50"])
    #expect(sampled.keptExampleCount(features: 7) == 0)
  }

  /// An example that was not kept is made again, the same.
  @Test func aKeptExampleIsTheOneThatIsMadeAgain() async throws {
    var training = try training(["privacy.mechanism=none"])
    let kept = try await training.run { _ in }.parts.rankerWeights
    training.mostExampleBytes = 90_000
    let mixed = try await training.run { _ in }.parts.rankerWeights
    #expect(mixed == kept)
  }
}
