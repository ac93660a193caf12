/// Everything that a device needs from the federation to profile its user and to rank items.
package struct SharedParts: Sendable, Equatable {
  package var popularity: Popularity
  package var partition: ItemPartition
  package var basis: ItemBasis
  /// Weights of the ranker's features, in the order of `RankerFeature`.
  package var rankerWeights: [Float]

  package init(
    popularity: Popularity, partition: ItemPartition, basis: ItemBasis, rankerWeights: [Float]
  ) {
    self.popularity = popularity
    self.partition = partition
    self.basis = basis
    self.rankerWeights = rankerWeights
  }
}
