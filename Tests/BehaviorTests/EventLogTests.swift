import Testing

@testable import Behavior

struct EventLogTests {
  @Test func eventsOfOneTimeKeepTheOrderOfTheSource() {
    // 200 events at 3 times: long enough for the library to leave its insertion sort.
    let events = (0..<200).map {
      BehaviorEvent(item: Int32($0), kind: .view, time: Int64(2 - $0 % 3))
    }
    let log = EventLog(
      userIDs: ["a"], clock: .ordinal, users: [Int32](repeating: 0, count: 200), events: events)
    let expected: [BehaviorEvent] = (0..<3).flatMap { (time: Int64) in
      events.filter { $0.time == time }
    }
    #expect(log.history(of: 0).events.map(\.item) == expected.map(\.item))
  }

  @Test func eventsWithoutTimeComeFirst() {
    let log = EventLog(
      userIDs: ["a", "b"], clock: .ordinal, users: [1, 0, 1],
      events: [
        BehaviorEvent(item: 1, kind: .view, time: 0), BehaviorEvent(item: 2, kind: .view),
        BehaviorEvent(item: 3, kind: .view),
      ])
    #expect(log.history(of: 0).events.map(\.item) == [2])
    #expect(log.history(of: 1).events.map(\.item) == [3, 1])
  }
}
