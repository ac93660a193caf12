package import ReleasedParts

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// How a history becomes a vector over the coordinates of the gram task.
///
/// Follows from released popularity and the partition alone, so that it is the same on all devices.
package struct GramCoordinates: Sendable {
  package let partition: ItemPartition
  /// Unit vector of the popularity of each coordinate.
  ///
  /// Shape: [coordinates].
  package let popularityDirection: [Float]
  /// What an item's share of its coordinate's score is.
  ///
  /// Shape: [items].
  package let itemFactors: [Float]

  /// An item of a group weighs half as much as one with a coordinate of its own.
  private static let groupWeight: Float = 0.5
  /// Exponent of the popularity prior in the score.
  private static let popularityExponent: Float = 0.25

  package init(popularity: Popularity, partition: ItemPartition) {
    var coordinatePopularity = [Float](repeating: 0, count: partition.coordinateCount)
    for (item, coordinate) in partition.coordinates.enumerated() {
      coordinatePopularity[Int(coordinate)] += popularity.values[item]
    }
    let norm = coordinatePopularity.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let top = partition.head.first.map { popularity.values[Int($0)] } ?? 1
    self.partition = partition
    popularityDirection = coordinatePopularity.map { $0 / max(norm, 1e-9) }
    itemFactors = partition.coordinates.enumerated().map { item, coordinate in
      let value = popularity.values[item]
      let prior = powf(value / top, Self.popularityExponent)
      guard Int(coordinate) >= partition.head.count else { return prior }
      return 2 * prior * value / (coordinatePopularity[Int(coordinate)] + 1e-9)
    }
  }

  /// A history in coordinates: its part along popularity, and the rest.
  package struct Centered: Sendable {
    /// How much of the unit history y points to what everybody likes: its product with p~.
    package var alongPopularity: Float
    /// What is left of y without that part along p~.
    ///
    /// Shape: [coordinates].
    package var remainder: [Float]
    /// The norm of `remainder`.
    package var remainderNorm: Float
    /// What one item of weight 1 adds to y.
    package var scale: Float
  }

  /// Centers a weighted history by popularity; an empty history gives zeros.
  package func centered(_ items: [(item: Int32, weight: Float)]) -> Centered {
    var y = [Float](repeating: 0, count: partition.coordinateCount)
    for (item, weight) in items {
      let coordinate = Int(partition.coordinates[Int(item)])
      y[coordinate] += coordinate < partition.head.count ? weight : Self.groupWeight * weight
    }
    let norm = y.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let scale = 1 / max(norm, 1e-9)
    var along: Float = 0
    for index in y.indices {
      y[index] *= scale
      along += y[index] * popularityDirection[index]
    }
    var squared: Float = 0
    for index in y.indices {
      y[index] -= along * popularityDirection[index]
      squared += y[index] * y[index]
    }
    return Centered(
      alongPopularity: along, remainder: y, remainderNorm: squared.squareRoot(), scale: scale)
  }

  /// The rows of a shared item basis for every item, with mean square norm 1.
  ///
  /// Items of one group share a row.
  /// - Parameter width: at least the rank of the basis; columns beyond it are zeros.
  /// - Returns: Shape: [items, width].
  package func itemVectors(_ basis: ItemBasis, width: Int) -> [Float] {
    precondition(width >= basis.rank)
    var rows = [Float](repeating: 0, count: partition.coordinates.count * width)
    for (item, coordinate) in partition.coordinates.enumerated() {
      for column in 0..<basis.rank {
        rows[item * width + column] = basis.vectors[Int(coordinate) * basis.rank + column]
      }
    }
    let squared = rows.reduce(0.0) { $0 + Double($1) * Double($1) }
    let scale = Float((Double(partition.coordinates.count) / max(squared, 1e-12)).squareRoot())
    for index in rows.indices { rows[index] *= scale }
    return rows
  }

  /// What an item adds to its coordinate before scaling.
  func coordinateWeight(of item: Int32) -> Float {
    Int(partition.coordinates[Int(item)]) < partition.head.count ? 1 : Self.groupWeight
  }
}
