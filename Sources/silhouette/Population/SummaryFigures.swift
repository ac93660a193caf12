internal import Behavior

/// A population's summary as JSON.
struct SummaryFigures: Encodable {
  struct Share: Encodable {
    let name: String
    let count: Int
    let fraction: Double
  }

  struct Bin: Encodable {
    let from: Int64
    let count: Int
  }

  let name: String
  let isSynthetic: Bool
  let license: String?
  let users: Int
  let items: Int
  let itemsWithEvents: Int
  let events: Int
  let density: Double
  let medianEventsPerUser: Int
  let meanEventsPerUser: Double
  let maximumEventsPerUser: Int
  let popularityGini: Double
  let topFifthShare: Double
  let firstEvent: Int64?
  let lastEvent: Int64?
  let kinds: [Share]
  let categories: [Share]
  /// Users by the least number of events in the bin.
  let historyLengths: [Bin]
  /// Events by the time at which the bin starts, seconds since 1970.
  let eventsOverTime: [Bin]
  let rowsRead: Int
  let badRows: Int
  let cleaning: [Share]

  init(_ summary: PopulationSummary) {
    name = summary.source.name
    isSynthetic = summary.source.isSynthetic
    license = summary.source.licence
    users = summary.users
    items = summary.items
    itemsWithEvents = summary.itemsWithEvents
    events = summary.events
    density = summary.density
    medianEventsPerUser = summary.eventsPerUser.median
    meanEventsPerUser = summary.eventsPerUser.mean
    maximumEventsPerUser = summary.eventsPerUser.maximum
    popularityGini = summary.popularityGini
    topFifthShare = summary.topFifthShare
    firstEvent = summary.timeSpan?.lowerBound
    lastEvent = summary.timeSpan?.upperBound
    kinds = summary.kinds.map { Share(name: $0.name, count: $0.count, fraction: $0.fraction) }
    categories = summary.categories.map {
      Share(name: $0.name, count: $0.count, fraction: $0.fraction)
    }
    historyLengths = summary.historyLengths.map {
      Bin(from: Int64($0.lengths.lowerBound), count: $0.users)
    }
    eventsOverTime = summary.eventsOverTime.map { Bin(from: $0.start, count: $0.events) }
    rowsRead = summary.cleaning.rowsRead
    badRows = summary.cleaning.badRows.count
    let rows = Double(max(1, summary.cleaning.rowsRead))
    cleaning = summary.cleaning.findings.map {
      Share(name: $0.step, count: $0.count, fraction: Double($0.count) / rows)
    }
  }
}
