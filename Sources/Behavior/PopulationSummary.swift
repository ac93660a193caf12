/// What a population looks like in numbers, for a description on one page.
package struct PopulationSummary: Sendable, Equatable {
  /// A name with how many there are and which part of all that is.
  package struct Share: Sendable, Equatable {
    package let name: String
    package let count: Int
    package let fraction: Double
  }

  /// Order statistics of the number of events per user.
  package struct Quantiles: Sendable, Equatable {
    package let minimum: Int
    package let lowerQuartile: Int
    package let median: Int
    package let upperQuartile: Int
    package let ninetiethPercentile: Int
    package let maximum: Int
    package let mean: Double
  }

  /// Users whose number of events lies in a range.
  package struct HistogramBin: Sendable, Equatable {
    package let lengths: ClosedRange<Int>
    package let users: Int
  }

  /// Events in one interval of time.
  package struct TimeBin: Sendable, Equatable {
    /// Seconds since 1970.
    package let start: Int64
    package let events: Int
  }

  package let source: Population.Source
  package let users: Int
  package let items: Int
  package let events: Int
  /// Items with at least one event.
  package let itemsWithEvents: Int
  /// Distinct pairs of user and item over all possible pairs, from 0 to 1.
  package let density: Double
  package let eventsPerUser: Quantiles
  /// The kinds that occur, in the order of `BehaviorKind`.
  package let kinds: [Share]
  /// First and last time on a clock of seconds; `nil` without times.
  package let timeSpan: ClosedRange<Int64>?
  /// Gini coefficient of the events per item: 0 when all items are equally popular.
  package let popularityGini: Double
  /// The part of the events that goes to the most popular fifth of the items.
  package let topFifthShare: Double
  /// For each category the events with its items, most first; an event counts in every category.
  package let categories: [Share]
  /// Bins that double in width: 0, 1, 2...3, 4...7, and so on.
  package let historyLengths: [HistogramBin]
  /// One bin per `timeBinDays` days, without gaps; empty without times.
  package let eventsOverTime: [TimeBin]
  /// A day where that gives at most 120 bins, else a week.
  package let timeBinDays: Int
  package let cleaning: CleaningReport

  /// Goes through all events a few times.
  package init(_ population: Population) {
    let counts = EventCounts(population)
    source = population.source
    cleaning = population.cleaning
    users = population.log.userCount
    items = population.catalogue.count
    events = population.log.eventCount
    itemsWithEvents = counts.perItem.count { $0 > 0 }
    density =
      users == 0 || items == 0 ? 0 : Double(counts.pairs) / (Double(users) * Double(items))
    eventsPerUser = Quantiles(lengths: counts.perUser)
    let all = max(1, events)
    kinds = BehaviorKind.allCases.compactMap { kind in
      let count = counts.perKind[Int(kind.rawValue)]
      return count == 0
        ? nil : Share(name: kind.name, count: count, fraction: Double(count) / Double(all))
    }
    timeSpan = counts.timeSpan
    popularityGini = Self.gini(counts.perItem)
    topFifthShare = Self.topFifthShare(counts.perItem)
    categories = zip(population.catalogue.categoryNames, counts.perCategory)
      .map { Share(name: $0, count: $1, fraction: Double($1) / Double(all)) }
      .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    historyLengths = Self.histogram(counts.perUser)
    (timeBinDays, eventsOverTime) = Self.timeBins(population.log, span: counts.timeSpan)
  }
}

/// One pass over the events.
private struct EventCounts {
  var perUser: [Int] = []
  var perItem: [Int]
  var perKind = [Int](repeating: 0, count: BehaviorKind.allCases.count)
  var perCategory: [Int]
  var pairs = 0
  var timeSpan: ClosedRange<Int64>?

  init(_ population: Population) {
    perItem = [Int](repeating: 0, count: population.catalogue.count)
    perCategory = [Int](repeating: 0, count: population.catalogue.categoryNames.count)
    var lastUser = [Int](repeating: -1, count: population.catalogue.count)
    for user in 0..<population.log.userCount {
      let history = population.log.history(of: user)
      perUser.append(history.events.count)
      for event in history.events {
        let item = Int(event.item)
        perItem[item] += 1
        perKind[Int(event.kind.rawValue)] += 1
        if lastUser[item] != user { pairs += 1 }
        lastUser[item] = user
        if history.clock == .unixSeconds, event.hasTime { extend(to: event.time) }
      }
    }
    for (item, count) in zip(population.catalogue.items, perItem) {
      for category in item.categories { perCategory[Int(category)] += count }
    }
  }

  private mutating func extend(to time: Int64) {
    guard let span = timeSpan else {
      timeSpan = time...time
      return
    }
    timeSpan = min(span.lowerBound, time)...max(span.upperBound, time)
  }
}
