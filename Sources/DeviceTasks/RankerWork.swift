package import NumericalMethods
package import ProfileModel

/// The task `ranker` on a device: learn to rank the own last item first.
package enum RankerWork {
  /// Prepares the example that the device trains on, or `nil` when it has fewer than two items.
  ///
  /// The last item is held out of the history before features are computed.
  ///
  /// - Parameter table: scratch space, overwritten.
  package static func example(
    _ history: InteractionHistory, model: FeatureModel, negatives: Int,
    table: inout FeatureTable, generator: inout DeterministicGenerator
  ) -> RankerExample? {
    guard history.count >= 2, let target = history.items.last else { return nil }
    let rest = history.droppingLast()
    table.fill(for: rest, model: model)
    return RankerExample(
      target: target, history: rest, table: table, negatives: negatives,
      generator: &generator)
  }

  /// The update of one round; zeros for a device without an example.
  ///
  /// Shape: [features].
  ///
  /// - Parameter missing: what the ranker is trained without.
  package static func update(
    _ example: RankerExample?, weights: [Float], without missing: RankerAblation? = nil
  ) -> [Float] {
    example?.ascent(weights: weights, without: missing)
      ?? [Float](repeating: 0, count: weights.count)
  }
}
