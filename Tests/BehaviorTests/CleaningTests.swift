import Testing

@testable import Behavior

struct CleaningTests {
  private let catalogue = Catalogue(
    items: [Catalogue.Item(id: "a", title: "A"), Catalogue.Item(id: "b", title: "B")],
    categoryNames: [])
  private let present: Int64 = 1_700_000_000

  private func table(
    _ events: [BehaviorEvent], clock: EventLog.Clock = .unixSeconds
  ) -> EventTable {
    var table = EventTable(userIDs: ["u", "v"], clock: clock)
    for event in events { table.append(user: 0, event) }
    return table
  }

  @Test func soundEventsPassUntouched() {
    let events = [
      BehaviorEvent(item: 0, kind: .rate, value: 4, time: present),
      BehaviorEvent(item: 0, kind: .rate, value: 3, time: present),
      BehaviorEvent(item: 1, kind: .view, time: DropImpossibleTimes.earliestTime),
      BehaviorEvent(item: 1, kind: .buy),
    ]
    var cleaned = table(events)
    let findings = Cleaning.standardSteps(latestTime: present)
      .clean(&cleaned, catalogue: catalogue)
    // NaN differs from itself, so the values are compared by their text.
    #expect(cleaned.events.map { "\($0)" } == events.map { "\($0)" })
    #expect(findings.map(\.count) == [0, 0, 0, 0])
    #expect(findings.allSatisfy { !$0.action.isEmpty })
  }

  @Test func everyStepDropsAndCountsItsOwnKind() {
    var dirty = table([
      BehaviorEvent(item: EventTable.unknownItem, kind: .view, time: present),
      BehaviorEvent(item: 2, kind: .view, time: present),
      BehaviorEvent(item: 0, kind: .rate, time: present),
      BehaviorEvent(item: 0, kind: .view, time: DropImpossibleTimes.earliestTime - 1),
      BehaviorEvent(item: 0, kind: .view, time: present + 1),
      BehaviorEvent(item: 0, kind: .view, time: present),
      BehaviorEvent(item: 0, kind: .view, time: present),
      BehaviorEvent(item: 0, kind: .view, time: present),
    ])
    dirty.append(user: 1, BehaviorEvent(item: 0, kind: .view, time: present))
    let findings = Cleaning.standardSteps(latestTime: present).clean(&dirty, catalogue: catalogue)
    let counts = Dictionary(uniqueKeysWithValues: findings.map { ($0.step, $0.count) })
    #expect(
      counts == [
        "unknown items": 2, "missing values": 1, "impossible times": 2, "duplicate events": 2,
      ])
    // The same event of another user is no duplicate.
    #expect(dirty.users == [0, 1])
    #expect(dirty.log().eventCount == 2)
  }

  @Test func positionsAreNoImpossibleTimes() {
    var positions = table([BehaviorEvent(item: 0, kind: .view, time: 3)], clock: .ordinal)
    let finding = DropImpossibleTimes(latestTime: present)
      .apply(to: &positions, catalogue: catalogue)
    #expect(finding.count == 0)
    #expect(positions.count == 1)
  }
}
