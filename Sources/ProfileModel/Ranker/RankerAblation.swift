internal import ReleasedParts

/// Something that the ranker sees, and is trained without to show what it is worth.
package enum RankerAblation: String, CaseIterable, Sendable, CustomStringConvertible {
  /// The order of events, which is all that a ranker knows of a sequence.
  case recency
  /// What items are about, in the features that compare it; the item basis still groups rare items by it.
  case content
  /// The shared item basis.
  case basis

  package var description: String { rawValue }

  /// Whether the ranker does not see this column of a feature table.
  ///
  /// Columns after those of `RankerFeature` are encoders', which go by the order of events.
  package func hides(column: Int) -> Bool {
    guard let feature = RankerFeature(rawValue: column) else { return self == .recency }
    return switch self {
    case .recency: feature.usesRecency
    case .content: feature.usesContent
    case .basis: feature.usesBasis
    }
  }

  /// Sets what belongs to hidden columns to zero.
  ///
  /// - Parameter values: one for each feature.
  package func hide(in values: inout [Float]) {
    for column in values.indices where hides(column: column) { values[column] = 0 }
  }
}
