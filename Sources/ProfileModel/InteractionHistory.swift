package import Behavior

/// The distinct items that a device's user showed interest in, in the order of the last interest.
///
/// Items whose time is unknown come first. This is what every task and the profile are computed
/// from; it stays on the device.
package struct InteractionHistory: Sendable, Equatable {
  /// Catalogue indices, oldest last interest first, each once.
  package let items: [Int32]
  /// For each item the time of its last event, or `BehaviorEvent.unknownTime`.
  package let times: [Int64]
  /// For each item what its last event was.
  package let kinds: [BehaviorKind]

  /// - Parameter kinds: nil for ratings only.
  package init(items: [Int32], times: [Int64], kinds: [BehaviorKind]? = nil) {
    let kinds = kinds ?? [BehaviorKind](repeating: .rate, count: items.count)
    precondition(items.count == times.count && items.count == kinds.count)
    self.items = items
    self.times = times
    self.kinds = kinds
  }

  /// Reads the interest out of a history of events: dislikes and searches are left out.
  package init(_ history: DeviceHistory) {
    var lastPosition: [Int32: Int] = [:]
    for (position, event) in zip(history.events.indices, history.events)
    where event.kind.isInterest { lastPosition[event.item] = position }
    let positions = lastPosition.values.sorted()
    items = positions.map { history.events[$0].item }
    times = positions.map { history.events[$0].time }
    kinds = positions.map { history.events[$0].kind }
  }

  package var count: Int { items.count }
  package var isEmpty: Bool { items.isEmpty }

  /// Catalogue indices in ascending order, for membership tests.
  package var sortedItems: [Int32] { items.sorted() }

  /// The history without its last item.
  package func droppingLast() -> InteractionHistory {
    InteractionHistory(
      items: items.dropLast(), times: times.dropLast(), kinds: kinds.dropLast())
  }

  /// The last items only.
  package func keepingLast(_ kept: Int) -> InteractionHistory {
    InteractionHistory(
      items: items.suffix(kept), times: times.suffix(kept), kinds: kinds.suffix(kept))
  }

  /// The last `limit` items whose time is known, newest first.
  package func newestFirst(limit: Int) -> [Int32] {
    zip(items, times).suffix(limit).reversed()
      .filter { $0.1 != BehaviorEvent.unknownTime }.map(\.0)
  }
}
