import Testing

@testable import Behavior

struct PopulationSummaryTests {
  private func population(times: [Int64], clock: EventLog.Clock = .unixSeconds) -> Population {
    let catalogue = Catalogue(
      items: [
        Catalogue.Item(id: "a", title: "A", categories: [0, 1]),
        Catalogue.Item(id: "b", title: "B", categories: [1]),
        Catalogue.Item(id: "c", title: "C"),
      ], categoryNames: ["x", "y"])
    let items: [Int32] = [0, 0, 1, 0]
    return Population(
      source: Population.Source(name: "test", licence: nil, isSynthetic: true),
      catalogue: catalogue,
      log: EventLog(
        userIDs: ["u", "v", "w"], clock: clock, users: [0, 0, 0, 1],
        events: zip(items, times).map { BehaviorEvent(item: $0, kind: .view, time: $1) }),
      cleaning: CleaningReport(rowsRead: 4, eventsKept: 4))
  }

  @Test func figuresOfASmallPopulation() {
    let day: Int64 = 86_400
    let summary = PopulationSummary(population(times: [10, 20, 2 * day, 3 * day - 1]))
    #expect(
      [summary.users, summary.items, summary.events, summary.itemsWithEvents] == [3, 3, 4, 2])
    // Pairs u-a, u-b, v-a of nine.
    #expect(summary.density == 3.0 / 9)
    #expect(summary.eventsPerUser.minimum == 0)
    #expect(summary.eventsPerUser.median == 1)
    #expect(summary.eventsPerUser.maximum == 3)
    #expect(summary.kinds.map(\.name) == ["view"])
    #expect(summary.timeSpan == 10...(3 * day - 1))
    #expect(summary.categories.map(\.name) == ["y", "x"])
    #expect(summary.categories.map(\.count) == [4, 3])
    #expect(summary.topFifthShare == 0.75)
    #expect(summary.historyLengths.map(\.users) == [1, 1, 1])
    #expect(summary.historyLengths.map(\.lengths) == [0...0, 1...1, 2...3])
    #expect(summary.timeBinDays == 1)
    #expect(summary.eventsOverTime.map(\.events) == [2, 0, 2])
    #expect(summary.eventsOverTime.map(\.start) == [0, day, 2 * day])
  }

  @Test func longSpansAreCountedByWeek() {
    let summary = PopulationSummary(population(times: [0, 1, 2, 400 * 86_400]))
    #expect(summary.timeBinDays == 7)
    #expect(summary.eventsOverTime.map(\.events).reduce(0, +) == 4)
  }

  @Test func positionsGiveNoTimeSeries() {
    let summary = PopulationSummary(population(times: [0, 1, 2, 3], clock: .ordinal))
    #expect(summary.timeSpan == nil)
    #expect(summary.eventsOverTime.isEmpty)
  }

  @Test func giniOfKnownCounts() {
    let known: [([Int], Double)] = [
      ([5, 5, 5, 5], 0), ([0, 0, 0, 8], 0.75), ([], 0), ([0, 0], 0), ([1, 3], 0.25),
    ]
    for (counts, gini) in known {
      #expect(abs(PopulationSummary.gini(counts) - gini) < 1e-12)
    }
  }
}
