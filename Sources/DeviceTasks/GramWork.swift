internal import NumericalMethods
package import ProfileModel

/// The task `gram` on a device: which items go together in its history beyond popularity.
package enum GramWork {
  /// Writes the packed upper triangle of r r' into `update`, zeros for an empty history.
  ///
  /// - Parameter update: overwritten. Shape: [M (M + 1) / 2].
  package static func update(
    _ history: InteractionHistory, coordinates: GramCoordinates, into update: inout [Float]
  ) {
    let centered = coordinates.centered(FeatureTable.wholeProfile(history))
    guard centered.remainderNorm > 1e-6 else {
      for index in update.indices { update[index] = 0 }
      return
    }
    VectorKernels.outerTriangle(
      centered.remainder.map { $0 / centered.remainderNorm }, into: &update)
  }
}
