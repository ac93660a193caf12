/// Events as a source gave them, before they are cleaned and grouped by user.
package struct EventTable: Sendable {
  /// Stands for an item that the catalogue lacks, until cleaning drops the event.
  package static let unknownItem: Int32 = -1

  /// Identifiers of the users in the source, by dense index.
  package var userIDs: [String]
  package var clock: EventLog.Clock
  /// For each event the dense index of its user.
  package private(set) var users: [Int32] = []
  package private(set) var events: [BehaviorEvent] = []

  package init(userIDs: [String] = [], clock: EventLog.Clock) {
    self.userIDs = userIDs
    self.clock = clock
  }

  package var count: Int { events.count }

  package mutating func append(user: Int32, _ event: BehaviorEvent) {
    users.append(user)
    events.append(event)
  }

  /// Drops the events for which the condition holds, keeping the order of the others.
  /// - Returns: how many were dropped.
  package mutating func remove(where isWrong: (Int32, BehaviorEvent) -> Bool) -> Int {
    var kept = 0
    for position in events.indices where !isWrong(users[position], events[position]) {
      users[kept] = users[position]
      events[kept] = events[position]
      kept += 1
    }
    let removed = events.count - kept
    users.removeLast(removed)
    events.removeLast(removed)
    return removed
  }

  /// The events grouped by user and ordered by time.
  ///
  /// Call it after cleaning: an event with `unknownItem` has no place in a log.
  package func log() -> EventLog {
    EventLog(userIDs: userIDs, clock: clock, users: users, events: events)
  }
}
