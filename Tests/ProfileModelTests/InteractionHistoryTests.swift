import Behavior
import ProfileModel
import Testing

@Suite struct InteractionHistoryTests {
  private func history(_ events: [BehaviorEvent]) -> InteractionHistory {
    InteractionHistory(DeviceHistory(events: events[...], clock: .unixSeconds))
  }

  @Test func repeatedItemsCountOnceAtTheirLastEvent() {
    let found = history([
      BehaviorEvent(item: 1, kind: .view, time: 10), BehaviorEvent(item: 2, kind: .view, time: 20),
      BehaviorEvent(item: 1, kind: .buy, time: 30),
    ])
    #expect(found.items == [2, 1])
    #expect(found.times == [20, 30])
  }

  @Test func dislikesAndSearchesAreNoInterest() {
    let found = history([
      BehaviorEvent(item: 1, kind: .dislike, time: 1),
      BehaviorEvent(item: 2, kind: .search, time: 2),
      BehaviorEvent(item: 3, kind: .like, time: 3),
    ])
    #expect(found.items == [3])
  }

  @Test func recentItemsLeaveOutThoseOfUnknownTime() {
    let found = InteractionHistory(
      items: [5, 6, 7], times: [BehaviorEvent.unknownTime, 1, 2])
    #expect(found.newestFirst(limit: 10) == [7, 6])
    #expect(found.newestFirst(limit: 1) == [7])
    #expect(found.droppingLast().items == [5, 6])
    #expect(found.keepingLast(1).items == [7])
  }
}
