package import Behavior

/// The events of one user as an encoder reads them, oldest first.
package struct EventSequence: Sendable, Equatable {
  /// Catalogue indices.
  package private(set) var items: [Int32] = []
  /// Raw values of `BehaviorKind`.
  package private(set) var kinds: [UInt8] = []
  /// `TimeGap` buckets.
  package private(set) var gaps: [UInt8] = []

  /// Nobody's events.
  package init() {}

  /// Events given one list per field.
  ///
  /// - Throws: `EncoderError.unequalLists`, or `.unknownItem` for an item outside of the table.
  package init(
    items: [Int32], kinds: [BehaviorKind], gaps: [UInt8], itemCount: Int
  ) throws(EncoderError) {
    guard kinds.count == items.count else {
      throw .unequalLists(field: "kinds", found: kinds.count, expected: items.count)
    }
    guard gaps.count == items.count else {
      throw .unequalLists(field: "gaps", found: gaps.count, expected: items.count)
    }
    try Self.check(items, itemCount: itemCount)
    self.items = items
    self.kinds = kinds.map(\.rawValue)
    self.gaps = gaps.map { min($0, UInt8(TimeGap.bucketCount - 1)) }
  }

  /// The distinct items of a history in the order of the last interest, without those whose order
  /// is unknown.
  ///
  /// - Parameter limit: only the newest events are kept.
  package init(
    _ history: InteractionHistory, clock: EventLog.Clock, limit: Int = .max, itemCount: Int
  ) throws(EncoderError) {
    let known = history.times.firstIndex { $0 != BehaviorEvent.unknownTime } ?? history.count
    let start = max(known, history.count - min(limit, history.count))
    items = Array(history.items[start...])
    try Self.check(items, itemCount: itemCount)
    kinds = history.kinds[start...].map(\.rawValue)
    gaps = (start..<history.count).map { index in
      index == known
        ? 0 : TimeGap.bucket(from: history.times[index - 1], to: history.times[index], clock)
    }
  }

  package var count: Int { items.count }
  package var isEmpty: Bool { items.isEmpty }

  /// A part of the sequence.
  package func part(_ range: Range<Int>) -> EventSequence {
    var part = EventSequence()
    part.items = Array(items[range])
    part.kinds = Array(kinds[range])
    part.gaps = Array(gaps[range])
    return part
  }

  /// The sequence without one of its events.
  func leavingOut(_ index: Int) -> EventSequence {
    var rest = self
    rest.items.remove(at: index)
    rest.kinds.remove(at: index)
    rest.gaps.remove(at: index)
    return rest
  }

  private static func check(_ items: [Int32], itemCount: Int) throws(EncoderError) {
    for item in items where item < 0 || item >= itemCount {
      throw .unknownItem(index: item, itemCount: itemCount)
    }
  }
}

/// How long an event came after the one before, in a few buckets of growing width.
package enum TimeGap {
  /// First event or no clock; same second; a minute; an hour; a day; a week; a month; more.
  package static let bucketCount = 8
  private static let bounds: [Int64] = [0, 60, 3_600, 86_400, 604_800, 2_592_000]

  /// A gap that is negative, as after a clock was set back, counts as none.
  package static func bucket(from earlier: Int64, to later: Int64, _ clock: EventLog.Clock) -> UInt8
  {
    guard clock == .unixSeconds, earlier != BehaviorEvent.unknownTime,
      later != BehaviorEvent.unknownTime
    else { return 0 }
    let (gap, overflow) = later.subtractingReportingOverflow(earlier)
    if overflow { return UInt8(bucketCount - 1) }
    return UInt8(1 + (bounds.firstIndex { gap <= $0 } ?? bounds.count))
  }
}

/// Events of several sequences in packed rows, with items as rows of a table.
package struct EventBatch: Sendable, Equatable {
  package var sequences = PackedSequences()
  /// Rows of the table that the batch is used with.
  package var tableRows: [Int32] = []
  package var kinds: [UInt8] = []
  package var gaps: [UInt8] = []

  package init() {}

  /// Forgets the events and keeps the space.
  package mutating func removeAll() {
    sequences.removeAll()
    tableRows.removeAll(keepingCapacity: true)
    kinds.removeAll(keepingCapacity: true)
    gaps.removeAll(keepingCapacity: true)
  }

  /// Appends a part of a sequence.
  ///
  /// - Parameter tableRow: from a catalogue index to a row of the table.
  package mutating func append(
    _ sequence: EventSequence, _ range: Range<Int>, tableRow: (Int32) -> Int32
  ) {
    for index in range {
      tableRows.append(tableRow(sequence.items[index]))
      kinds.append(sequence.kinds[index])
      gaps.append(sequence.gaps[index])
    }
    sequences.append(length: range.count)
  }
}
