internal import NumericalMethods
package import ReleasedParts

/// Scores every item for one history with the shared item basis.
///
/// **Formula**: with y the unit history in coordinates and p~ the popularity direction,
/// S = (y.p~) p~ + V V'(y - (y.p~) p~); an item of the head scores S_j (p_j / p_max)^(1/4), an item
/// of group g scores 2 S_g (p_j / p_g) (p_j / p_max)^(1/4).
package struct GramScorer: Sendable {
  package let coordinates: GramCoordinates
  package let basis: ItemBasis
  /// V'p~.
  ///
  /// Shape: [rank].
  private let popularityProjection: [Float]

  package init(coordinates: GramCoordinates, basis: ItemBasis) {
    precondition(basis.coordinateCount == coordinates.partition.coordinateCount)
    self.coordinates = coordinates
    self.basis = basis
    var projection = [Float](repeating: 0, count: basis.rank)
    VectorKernels.transposedMatrixVector(
      basis.vectors, rows: basis.coordinateCount, columns: basis.rank,
      x: coordinates.popularityDirection, into: &projection)
    popularityProjection = projection
  }

  /// V'r of the unnormalised remainder.
  ///
  /// Shape: [rank].
  package func project(_ centered: GramCoordinates.Centered) -> [Float] {
    var projection = [Float](repeating: 0, count: basis.rank)
    VectorKernels.transposedMatrixVector(
      basis.vectors, rows: basis.coordinateCount, columns: basis.rank, x: centered.remainder,
      into: &projection)
    return projection
  }

  /// Scores all items.
  ///
  /// - Parameter scores: overwritten. Shape: [items].
  package func score(_ items: [(item: Int32, weight: Float)], into scores: inout [Float]) {
    guard !items.isEmpty else {
      for index in scores.indices { scores[index] = 0 }
      return
    }
    let centered = coordinates.centered(items)
    var byCoordinate = [Float](repeating: 0, count: basis.coordinateCount)
    VectorKernels.matrixVector(
      basis.vectors, rows: basis.coordinateCount, columns: basis.rank, x: project(centered),
      into: &byCoordinate)
    for index in byCoordinate.indices {
      byCoordinate[index] += centered.alongPopularity * coordinates.popularityDirection[index]
    }
    let partition = coordinates.partition
    for item in scores.indices {
      scores[item] = byCoordinate[Int(partition.coordinates[item])] * coordinates.itemFactors[item]
    }
  }

  /// How much of the score of `candidate` comes from `own`, an item of weight 1 in the history.
  ///
  /// The scores are linear in the scaled history: these parts over all own items, each times its
  /// weight, sum to the score.
  package func part(of own: Int32, in candidate: Int32, scale: Float) -> Float {
    let partition = coordinates.partition
    let from = Int(partition.coordinates[Int(own)])
    let to = Int(partition.coordinates[Int(candidate)])
    let direction = coordinates.popularityDirection
    var sum = direction[from] * direction[to]
    for column in 0..<basis.rank {
      // V'(e_from - p~_from p~): the second term is what centring takes away.
      let centred =
        basis.vectors[from * basis.rank + column] - direction[from] * popularityProjection[column]
      sum += basis.vectors[to * basis.rank + column] * centred
    }
    return sum * scale * coordinates.coordinateWeight(of: own)
      * coordinates.itemFactors[Int(candidate)]
  }
}
