internal import Behavior

/// Collects the rows of a generic source and makes a population of them.
///
/// Users are numbered as they first appear; so are items when there is no catalogue,
/// which then is not public.
struct PopulationAssembly {
  var badRows: BadRows
  private(set) var rowsRead = 0
  private var table = EventTable(clock: .ordinal)
  private var userIndex: [String: Int32] = [:]
  private var itemIndex: [String: Int32] = [:]
  private var records: [CatalogueRecord] = []
  private let hasCatalogue: Bool

  init(hasCatalogue: Bool, limits: ReadingLimits) {
    self.hasCatalogue = hasCatalogue
    self.badRows = BadRows(limit: limits.maxBadRows)
  }

  /// Counts one row, good or bad.
  mutating func countRow() { rowsRead += 1 }

  /// Marks the end of the catalogue: from here on rows are events, and only those are reported.
  mutating func beginEvents() { rowsRead = 0 }

  /// Adds an item; call it for the whole catalogue before the first event.
  mutating func add(_ record: CatalogueRecord) throws(RowProblem) {
    guard itemIndex[record.item.id] == nil else {
      throw RowProblem(reason: "the item is listed already; the first one stays")
    }
    itemIndex[record.item.id] = Int32(records.count)
    records.append(record)
  }

  mutating func add(_ record: EventRecord) throws(RowProblem) {
    var event = record.event
    if let known = itemIndex[record.item] {
      event.item = known
    } else if !hasCatalogue {
      event.item = Int32(records.count)
      try add(
        CatalogueRecord(
          id: record.item, title: nil, categories: [], text: nil, price: nil, creator: nil,
          time: nil))
    }
    let user = userIndex[record.user] ?? Int32(table.userIDs.count)
    if Int(user) == table.userIDs.count {
      userIndex[record.user] = user
      table.userIDs.append(record.user)
    }
    // Times count as seconds as soon as one event has one.
    if event.hasTime { table.clock = .unixSeconds }
    table.append(user: user, event)
  }

  /// The items so far.
  var catalogue: Catalogue { Catalogue(records: records, isPublic: hasCatalogue) }

  /// Runs cleaning and groups the events by user.
  consuming func population(
    source: Population.Source, file: String, limits: ReadingLimits
  ) throws(ReaderError) -> Population {
    guard table.count > 0 else { throw .noRows(file: file) }
    return Population(
      source: source, catalogue: Catalogue(records: records, isPublic: hasCatalogue), table: table,
      rowsRead: rowsRead,
      badRows: badRows.rows, limits: limits)
  }
}

extension Population {
  /// Cleans the table with the standard steps and makes the log of it.
  init(
    source: Source, catalogue: Catalogue, table: consuming EventTable,
    publishedTests: [PublishedTest]? = nil, rowsRead: Int, badRows: [CleaningReport.BadRow],
    limits: ReadingLimits
  ) {
    let findings = Cleaning.standardSteps(latestTime: limits.latestTime)
      .clean(&table, catalogue: catalogue)
    self.init(
      source: source, catalogue: catalogue, log: table.log(), publishedTests: publishedTests,
      cleaning: CleaningReport(
        rowsRead: rowsRead, eventsKept: table.count, findings: findings, badRows: badRows))
  }
}
