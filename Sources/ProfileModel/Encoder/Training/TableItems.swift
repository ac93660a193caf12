internal import NumericalMethods

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The items that one call of training touches: a user's own, then negatives.
///
/// Rows of the table are numbered in that order. Space is kept from call to call.
struct TableItems: Sendable {
  /// Catalogue indices of the rows.
  private(set) var items: [Int32] = []
  /// Rows that are negatives.
  private(set) var negatives = 0..<0
  private let itemCount: Int
  /// For each item its row, or -1.
  ///
  /// Shape: [items].
  private var rows: [Int32]

  init(itemCount: Int) {
    self.itemCount = itemCount
    rows = [Int32](repeating: -1, count: itemCount)
  }

  func row(of item: Int32) -> Int32 { rows[Int(item)] }

  /// Logarithm of how many items each negative stands for.
  var logExcess: Float {
    let outside = itemCount - negatives.lowerBound
    guard !negatives.isEmpty, outside > negatives.count else { return 0 }
    return logf(Float(outside) / Float(negatives.count))
  }

  /// Starts over with a user's own items.
  mutating func reset() {
    for item in items { rows[Int(item)] = -1 }
    items.removeAll(keepingCapacity: true)
    negatives = 0..<0
  }

  mutating func insert(_ item: Int32) {
    guard rows[Int(item)] < 0 else { return }
    rows[Int(item)] = Int32(items.count)
    items.append(item)
  }

  /// Draws distinct negatives uniformly among the other items; fewer where there are no more.
  mutating func drawNegatives(_ wanted: Int, _ generator: inout DeterministicGenerator) {
    let first = items.count
    let count = min(wanted, itemCount - first)
    // Where most items are wanted, drawing until enough differ would take long.
    if 2 * (first + count) > itemCount {
      var others = (0..<Int32(itemCount)).filter { rows[Int($0)] < 0 }
      others.shuffle(using: &generator)
      for item in others.prefix(count) { insert(item) }
    } else {
      while items.count < first + count {
        insert(Int32(generator.nextIndex(below: itemCount)))
      }
    }
    negatives = first..<items.count
  }
}
