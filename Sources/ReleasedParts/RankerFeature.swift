/// The features of the small ranker, in the order of its weights.
///
/// All are computed on the device from public content and released parts; each is standardized over
/// the catalogue for one user and cut to [-4, 8].
package enum RankerFeature: Int, CaseIterable, Sendable {
  /// Logarithm of the released popularity.
  case popularity
  /// How popular the user's own items are, times `popularity`.
  case popularityTaste
  /// Cosine of the item's content to the whole history's.
  case contentHistory
  /// Cosine of the item's content to the recent history's.
  case contentRecent
  /// Score by the shared item basis.
  case gram
  /// Its square root, with the sign kept.
  case gramRoot
  /// Score by the shared item basis of the recent history alone.
  case gramRecent

  /// Whether the feature depends on the order of events.
  package var usesRecency: Bool { self == .contentRecent || self == .gramRecent }

  /// Whether it compares what items are about.
  package var usesContent: Bool { self == .contentHistory || self == .contentRecent }

  /// Whether it is a score by the shared item basis.
  package var usesBasis: Bool { self == .gram || self == .gramRoot || self == .gramRecent }

  /// The name in reports.
  package var name: String {
    switch self {
    case .popularity: "popularity"
    case .popularityTaste: "taste for the popular"
    case .contentHistory: "content, whole history"
    case .contentRecent: "content, recent events"
    case .gram: "item basis, whole history"
    case .gramRoot: "item basis, square root"
    case .gramRecent: "item basis, recent events"
    }
  }

  /// Weights before any training: popularity alone.
  package static let initialWeights: [Float] = allCases.map { $0 == .popularity ? 1 : 0 }
}
