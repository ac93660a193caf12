/// The coordinates of the gram task: the most popular items each on their own, the rest in groups
/// of similar public content.
///
/// Follows from released popularity and the public catalogue alone.
package struct ItemPartition: Sendable, Equatable {
  /// Catalogue indices of the items with a coordinate of their own, most popular first.
  ///
  /// Coordinate
  /// `j` is item `head[j]`.
  package let head: [Int32]
  /// How many groups share the remaining items; group `g` is coordinate `head.count + g`.
  package let groupCount: Int
  /// For every item of the catalogue its coordinate, below `coordinateCount`.
  ///
  /// Shape: [items].
  package let coordinates: [Int32]

  /// - Parameter coordinates: for every catalogue item its coordinate; `head[j]` has coordinate `j`.
  package init(head: [Int32], groupCount: Int, coordinates: [Int32]) {
    self.head = head
    self.groupCount = groupCount
    self.coordinates = coordinates
  }

  /// M, the order of the gram matrix.
  package var coordinateCount: Int { head.count + groupCount }

  /// M for a catalogue of this many items.
  package static func coordinateCount(items: Int, headItems: Int, tailGroups: Int) -> Int {
    let head = min(headItems, items)
    return head + min(tailGroups, items - head)
  }
}
