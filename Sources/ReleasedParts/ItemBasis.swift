/// The shared item basis: the leading eigenvectors of the denoised gram matrix, shorter the less they
/// are worth.
package struct ItemBasis: Sendable, Equatable {
  /// M, the number of coordinates of the partition that this basis belongs to.
  package let coordinateCount: Int
  /// k, how many eigenvectors stood above the noise.
  package let rank: Int
  /// Row-major.
  ///
  /// Shape: [coordinateCount, rank].
  package let vectors: [Float]
  /// Shrunk eigenvalues, largest first.
  ///
  /// Shape: [rank].
  package let eigenvalues: [Float]
  /// The largest eigenvalue that noise alone would make.
  package let noiseEdge: Float

  package init(
    coordinateCount: Int, rank: Int, vectors: [Float], eigenvalues: [Float], noiseEdge: Float
  ) {
    precondition(vectors.count == coordinateCount * rank && eigenvalues.count == rank)
    self.coordinateCount = coordinateCount
    self.rank = rank
    self.vectors = vectors
    self.eigenvalues = eigenvalues
    self.noiseEdge = noiseEdge
  }
}
