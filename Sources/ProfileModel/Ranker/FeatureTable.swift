internal import Behavior
internal import NumericalMethods
package import ReleasedParts

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What the feature computation needs and every device shares: content, coordinates, item basis.
package struct FeatureModel: Sendable {
  package let content: ContentFeatures
  package let scorer: GramScorer
  /// An encoder that was trained on public people, whose score is one more feature, after those of
  /// `RankerFeature`; nil where there is none.
  package let publicEncoder: SequenceScorer?
  /// Standardized log popularity.
  ///
  /// Shape: [items].
  package let popularity: [Float]
  /// log(p / p_max + 0.001).
  ///
  /// Shape: [items].
  let logPopularity: [Float]
  /// Mean and half the standard deviation of log popularity under the popularity itself.
  let tasteCenter: Float
  let tasteScale: Float

  /// How many recent items the recency features look at, and what each further one counts.
  package static let recentItems = 10
  package static let recentDecay: Float = 0.8

  package init(
    content: ContentFeatures, popularity released: Popularity, scorer: GramScorer,
    publicEncoder: SequenceScorer? = nil
  ) {
    precondition(
      publicEncoder.map { $0.encoder.configuration.itemCount == released.values.count } ?? true)
    let top = released.values.max() ?? 1
    let logs = released.values.map { logf($0 / top + 1e-3) }
    var total: Float = 0
    var weighted: Float = 0
    for (value, log) in zip(released.values, logs) {
      total += value
      weighted += value * log
    }
    let center = weighted / total
    var spread: Float = 0
    for (value, log) in zip(released.values, logs) {
      spread += value * (log - center) * (log - center)
    }
    var standardized = logs
    VectorKernels.standardize(&standardized, low: -4, high: 8)
    self.content = content
    self.scorer = scorer
    self.publicEncoder = publicEncoder
    self.popularity = standardized
    logPopularity = logs
    tasteCenter = center
    tasteScale = 0.5 * (spread / total).squareRoot() + 1e-9
  }

  package var itemCount: Int { popularity.count }

  /// What the public encoder sees of a history: the newest items in their order, without times.
  static func publicSequence(
    _ history: InteractionHistory, _ scorer: SequenceScorer
  ) throws(EncoderError) -> EventSequence {
    let configuration = scorer.encoder.configuration
    return try EventSequence(
      history.keepingLast(configuration.length), clock: .ordinal,
      itemCount: configuration.itemCount)
  }

  /// Features of an item.
  package var featureCount: Int {
    RankerFeature.allCases.count + (publicEncoder == nil ? 0 : 1)
  }

  /// Weights before any training: popularity alone.
  package var initialWeights: [Float] {
    RankerFeature.initialWeights + (publicEncoder == nil ? [] : [0])
  }
}

/// The ranker's features of all items for one history.
///
/// Reused from device to device, so that scoring allocates little.
package struct FeatureTable: Sendable {
  /// One column of values per feature.
  ///
  /// Shape: [features][items].
  package private(set) var columns: [[Float]]
  /// Mean and standard deviation of each column before standardization.
  package private(set) var moments: [(mean: Float, standardDeviation: Float)]
  private var centroid: [Float] = []
  /// Has the space of its own that scoring takes.
  private var publicEncoder: SequenceScorer?

  package init(itemCount: Int) {
    columns = RankerFeature.allCases.map { _ in [Float](repeating: 0, count: itemCount) }
    moments = RankerFeature.allCases.map { _ in (0, 1) }
  }

  /// Every item of the history with weight 1.
  package static func wholeProfile(_ history: InteractionHistory) -> [(item: Int32, weight: Float)]
  {
    history.items.map { ($0, 1) }
  }

  /// The newest items, each further one counting less.
  package static func recentProfile(_ history: InteractionHistory) -> [(item: Int32, weight: Float)]
  {
    var weight: Float = 1
    return history.newestFirst(limit: FeatureModel.recentItems).map { item in
      defer { weight *= FeatureModel.recentDecay }
      return (item, weight)
    }
  }

  /// Computes all columns for a history.
  package mutating func fill(for history: InteractionHistory, model: FeatureModel) {
    let whole = Self.wholeProfile(history)
    let recent = Self.recentProfile(history)
    fillPopularity(history, model)
    fillContent(.contentHistory, profile: whole, model)
    fillContent(.contentRecent, profile: recent, model)
    model.scorer.score(whole, into: &columns[RankerFeature.gram.rawValue])
    for index in columns[RankerFeature.gram.rawValue].indices {
      let score = columns[RankerFeature.gram.rawValue][index]
      columns[RankerFeature.gramRoot.rawValue][index] =
        score < 0 ? -(-score).squareRoot() : score.squareRoot()
    }
    model.scorer.score(recent, into: &columns[RankerFeature.gramRecent.rawValue])
    fillPublic(history, model)
    for feature in columns.indices[2...] { standardize(feature) }
  }

  /// The score of the public encoder, in a column of its own.
  private mutating func fillPublic(_ history: InteractionHistory, _ model: FeatureModel) {
    guard let shared = model.publicEncoder else { return }
    let itemCount = shared.encoder.configuration.itemCount
    if publicEncoder == nil {
      publicEncoder = shared
      columns.append([Float](repeating: 0, count: itemCount))
      moments.append((0, 1))
    }
    do throws(EncoderError) {
      try publicEncoder?.score(
        FeatureModel.publicSequence(history, shared), into: &columns[RankerFeature.allCases.count])
    } catch {
      preconditionFailure("a history names items of the model's catalogue: \(error)")
    }
  }

  /// The linear score of every item.
  ///
  /// - Parameter scores: overwritten. Shape: [items].
  package func score(weights: [Float], into scores: inout [Float]) {
    for index in scores.indices { scores[index] = 0 }
    for (weight, column) in zip(weights, columns) where weight != 0 {
      VectorKernels.axpy(weight, column, into: &scores)
    }
  }

  /// The features of one item.
  ///
  /// Shape: [features].
  package func features(of item: Int32) -> [Float] { columns.map { $0[Int(item)] } }

  private mutating func fillPopularity(_ history: InteractionHistory, _ model: FeatureModel) {
    let own = history.items.reduce(Float(0)) { $0 + model.logPopularity[Int($1)] }
    let mean = history.isEmpty ? model.tasteCenter : own / Float(history.count)
    let taste = (mean - model.tasteCenter) / model.tasteScale
    columns[RankerFeature.popularity.rawValue] = model.popularity
    for (index, value) in model.popularity.enumerated() {
      columns[RankerFeature.popularityTaste.rawValue][index] = min(max(taste * value, -4), 8)
    }
  }

  private mutating func fillContent(
    _ feature: RankerFeature, profile: [(item: Int32, weight: Float)], _ model: FeatureModel
  ) {
    let norm = model.content.sum(profile, into: &centroid)
    for index in centroid.indices { centroid[index] /= max(norm, 1e-9) }
    model.content.products(with: centroid, into: &columns[feature.rawValue])
  }

  private mutating func standardize(_ feature: Int) {
    let found = VectorKernels.moments(columns[feature])
    moments[feature] = (Float(found.mean), Float(found.standardDeviation))
    VectorKernels.standardize(&columns[feature], low: -4, high: 8)
  }
}
