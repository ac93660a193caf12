/// What a user did to an item.
package enum BehaviorKind: UInt8, CaseIterable, Sendable {
  case view, click, cart, buy, rate, search, like, dislike

  /// The name used in files and reports.
  package var name: String {
    switch self {
    case .view: "view"
    case .click: "click"
    case .cart: "cart"
    case .buy: "buy"
    case .rate: "rate"
    case .search: "search"
    case .like: "like"
    case .dislike: "dislike"
    }
  }

  package init?(name: String) {
    guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }

  /// Whether the event says that the user is interested in its item.
  package var isInterest: Bool { self != .dislike && self != .search }
}

/// One event of one device, with the item as an index into the catalogue.
package struct BehaviorEvent: Sendable, Equatable {
  package var item: Int32
  package var kind: BehaviorKind
  /// Rating, price paid, dwell: the source says which.
  ///
  /// NaN when the source has none.
  package var value: Float
  /// When it happened, on the clock of the log.
  ///
  /// `EventLog.clock` says whether these are seconds or positions; `unknownTime` sorts first.
  package var time: Int64

  package static let unknownTime = Int64.min

  package init(item: Int32, kind: BehaviorKind, value: Float = .nan, time: Int64 = unknownTime) {
    self.item = item
    self.kind = kind
    self.value = value
    self.time = time
  }

  package var hasTime: Bool { time != Self.unknownTime }
}

/// The events of one device in order of time.
///
/// In a deployment this never leaves the device.
package struct DeviceHistory: Sendable {
  package let events: ArraySlice<BehaviorEvent>
  package let clock: EventLog.Clock

  package init(events: ArraySlice<BehaviorEvent>, clock: EventLog.Clock) {
    self.events = events
    self.clock = clock
  }
}

/// The events of a whole simulated population, grouped by user and ordered by time.
package struct EventLog: Sendable {
  /// What the numbers in `BehaviorEvent.time` mean.
  package enum Clock: Sendable { case unixSeconds, ordinal }

  /// Identifiers of the users in the source, by dense index.
  package let userIDs: [String]
  package let clock: Clock
  private let events: [BehaviorEvent]
  /// `events[offsets[u]..<offsets[u + 1]]` are those of user `u`.
  private let offsets: [Int]

  /// Groups events by user and sorts each history by time, stably: events of one time keep the
  /// order in which the source gave them.
  /// - Parameter users: for each event the dense index of its user, below `userIDs.count`.
  package init(userIDs: [String], clock: Clock, users: [Int32], events unordered: [BehaviorEvent]) {
    precondition(users.count == unordered.count)
    var offsets = [Int](repeating: 0, count: userIDs.count + 1)
    for user in users { offsets[Int(user) + 1] += 1 }
    for user in 0..<userIDs.count { offsets[user + 1] += offsets[user] }
    var next = offsets
    var grouped = unordered
    for (user, event) in zip(users, unordered) {
      grouped[next[Int(user)]] = event
      next[Int(user)] += 1
    }
    for user in 0..<userIDs.count {
      let range = offsets[user]..<offsets[user + 1]
      let inOrder = zip(range, range.dropFirst()).allSatisfy {
        grouped[$0].time <= grouped[$1].time
      }
      if !inOrder { Self.sortStably(&grouped, in: range) }
    }
    self.userIDs = userIDs
    self.clock = clock
    self.events = grouped
    self.offsets = offsets
  }

  /// The library's sort does not promise stability, so the position breaks ties.
  private static func sortStably(_ events: inout [BehaviorEvent], in range: Range<Int>) {
    // A copy of the history alone: a slice would share the log's storage, and the first write
    // would copy the whole log.
    let source = Array(events[range])
    let order = source.indices.sorted { (source[$0].time, $0) < (source[$1].time, $1) }
    for (place, position) in zip(range, order) { events[place] = source[position] }
  }

  package var userCount: Int { userIDs.count }
  package var eventCount: Int { events.count }

  /// The history of one user, oldest event first.
  package func history(of user: Int) -> DeviceHistory {
    DeviceHistory(events: events[offsets[user]..<offsets[user + 1]], clock: clock)
  }
}
