import NumericalMethods
import Testing

@testable import Behavior

struct SyntheticPopulationTests {
  private static let configuration = SyntheticPopulation.Configuration(
    users: 600, items: 300, events: 24_000, interests: 10, seed: 7)

  private func make(seed: UInt64 = 7) throws -> SyntheticPopulation {
    var configuration = Self.configuration
    configuration.seed = seed
    return try SyntheticPopulation(configuration: configuration)
  }

  private func allEvents(_ synthetic: SyntheticPopulation) -> [[String]] {
    var users: [[String]] = []
    synthetic.forEachUser { _, events in users.append(events.map { "\($0)" }) }
    return users
  }

  @Test func oneSeedGivesOnePopulationAndAnotherSeedAnother() throws {
    let first = try make()
    let again = try make()
    #expect(first.catalogue.items == again.catalogue.items)
    #expect(allEvents(first) == allEvents(again))
    #expect(allEvents(first) != allEvents(try make(seed: 8)))
  }

  @Test func countsAreExactAndTimesAscend() throws {
    let synthetic = try make()
    var total = 0
    var seen = 0
    synthetic.forEachUser { user, events in
      #expect(user == seen)
      #expect(!events.isEmpty)
      #expect(zip(events, events.dropFirst()).allSatisfy { $0.time < $1.time })
      total += events.count
      seen += 1
    }
    #expect(seen == 600)
    #expect(total == 24_000)
  }

  @Test(arguments: [(1, 1, 1, 1), (5, 3, 5, 3), (3, 1, 40, 1), (40, 20, 41, 20)])
  func smallestSizesWork(_ size: (Int, Int, Int, Int)) throws {
    let synthetic = try SyntheticPopulation(
      configuration: .init(users: size.0, items: size.1, events: size.2, interests: size.3))
    #expect(synthetic.population().log.eventCount == size.2)
  }

  @Test func impossibleSizesAreRefusedByName() {
    #expect(
      throws: SyntheticPopulationError.outOfRange(
        field: "events", value: 9, range: 10...Int(Int32.max))
    ) { try SyntheticPopulation(configuration: .init(users: 10, events: 9)) }
    #expect(throws: SyntheticPopulationError.self) {
      try SyntheticPopulation(configuration: .init(users: 0))
    }
    #expect(throws: SyntheticPopulationError.self) {
      try SyntheticPopulation(configuration: .init(items: 3, interests: 4))
    }
  }

  @Test func cleaningFindsNothingWrong() throws {
    let population = try make().population()
    var table = EventTable(userIDs: population.log.userIDs, clock: .unixSeconds)
    for user in 0..<population.log.userCount {
      for event in population.log.history(of: user).events {
        table.append(user: Int32(user), event)
        let published = population.catalogue.items[Int(event.item)].publishedAt ?? .max
        #expect(event.time >= published)
      }
    }
    let findings = Cleaning.standardSteps(latestTime: 1_800_000_000)
      .clean(&table, catalogue: population.catalogue)
    #expect(findings.allSatisfy { $0.count == 0 })
  }

  /// Interests counted from the events agree with the truth.
  ///
  /// The seed is fixed, so this either always holds or never.
  @Test func truthCanBeRecoveredFromTheEvents() throws {
    let synthetic = try make()
    var hits = 0
    var judged = 0
    synthetic.forEachUser { user, events in
      let truth = synthetic.truth(of: user, at: 0.5)
      #expect(abs(truth.reduce(0, +) - 1) < 1e-12)
      guard events.count >= 60 else { return }
      var counts = [Double](repeating: 0, count: truth.count)
      for event in events { counts[Int(synthetic.interestOfItem[Int(event.item)])] += 1 }
      let distance = zip(truth, counts).map { abs($0 - $1 / Double(events.count)) }.reduce(0, +)
      judged += 1
      if distance / 2 < 0.4 { hits += 1 }
    }
    #expect(judged > 50)
    #expect(Double(hits) > 0.85 * Double(judged))
  }

  @Test func halfOfTheUsersDrift() throws {
    let synthetic = try make()
    let drifting = (0..<600).count { synthetic.truth(of: $0, at: 0) != synthetic.truth(of: $0) }
    #expect((240...360).contains(drifting))
  }

  @Test func funnelsNarrow() throws {
    let summary = PopulationSummary(try make().population())
    let counts = Dictionary(uniqueKeysWithValues: summary.kinds.map { ($0.name, $0.count) })
    let funnel = ["view", "click", "cart", "buy"].compactMap { counts[$0] }
    #expect(funnel.count == 4)
    #expect(zip(funnel, funnel.dropFirst()).allSatisfy { $0 > $1 })
    #expect(["rate", "like", "dislike"].allSatisfy { counts[$0, default: 0] > 0 })
  }

  /// Items that go together with the history predict the last item far better than popularity.
  @Test func coOccurrenceBeatsPopularity() throws {
    let population = try make().population()
    let itemCount = population.catalogue.count
    var together = [[Float]](
      repeating: [Float](repeating: 0, count: itemCount), count: itemCount)
    var popularity = [Float](repeating: 0, count: itemCount)
    var cases: [(history: Set<Int>, last: Int)] = []
    for user in 0..<population.log.userCount {
      var order: [Int] = []
      for event in population.log.history(of: user).events where !order.contains(Int(event.item)) {
        order.append(Int(event.item))
      }
      guard order.count >= 5, let last = order.popLast() else { continue }
      for one in order {
        popularity[one] += 1
        for other in order where other != one { together[one][other] += 1 }
      }
      cases.append((Set(order), last))
    }
    func hitRate(_ score: (Set<Int>, Int) -> Float) -> Double {
      let hits = cases.count { test in
        let aim = score(test.history, test.last)
        let better = (0..<itemCount).count {
          !test.history.contains($0) && score(test.history, $0) > aim
        }
        return better < 10
      }
      return Double(hits) / Double(cases.count)
    }
    let popular = hitRate { popularity[$1] }
    let collaborative = hitRate { history, item in
      history.reduce(0) { sum, other in
        sum + together[item][other] / (popularity[item] * popularity[other] + 1).squareRoot()
      }
    }
    #expect(collaborative > 1.5 * popular, "\(collaborative) against \(popular)")
  }
}
