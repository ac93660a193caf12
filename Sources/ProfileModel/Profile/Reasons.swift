internal import ReleasedParts

/// Which own events speak for a recommendation.
///
/// The ranker is linear in its features and these are linear in the history once its norm is fixed,
/// so each own item has an exact part in the score. Of the public encoder's score, which is not, an item's
/// part is the difference that it makes to leave it out. Popularity and the constants of standardization
/// belong to no item and are left out.
package struct Reasons: Sendable {
  private let model: FeatureModel
  private let weights: [Float]

  package init(model: FeatureModel, weights: [Float]) {
    self.model = model
    self.weights = weights
  }

  /// The own items with the largest positive part in the score of `candidate`, most first.
  ///
  /// - Parameter table: the features of this history, filled by `FeatureTable.fill`.
  package func reasons(
    for candidate: Int32, history: InteractionHistory, table: FeatureTable, limit: Int
  ) -> [Int32] {
    var parts: [Int32: Float] = [:]
    add(
      FeatureTable.wholeProfile(history), gram: .gram, content: .contentHistory,
      candidate: candidate, table: table, parts: &parts)
    add(
      FeatureTable.recentProfile(history), gram: .gramRecent, content: .contentRecent,
      candidate: candidate, table: table, parts: &parts)
    addPublicEncoder(history, candidate, table, &parts)
    return parts.filter { $0.value > 0 }
      .sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
      .prefix(limit).map(\.key)
  }

  private func add(
    _ profile: [(item: Int32, weight: Float)], gram: RankerFeature, content: RankerFeature,
    candidate: Int32, table: FeatureTable, parts: inout [Int32: Float]
  ) {
    guard !profile.isEmpty else { return }
    let scale = model.scorer.coordinates.centered(profile).scale
    var centroid: [Float] = []
    let contentNorm = max(model.content.sum(profile, into: &centroid), 1e-9)
    let gramWeight = weight(gram, table) + (gram == .gram ? rootWeight(candidate, table) : 0)
    for (item, weightInProfile) in profile {
      let byGram = model.scorer.part(of: item, in: candidate, scale: scale)
      let byContent = model.content.similarity(item, candidate) / contentNorm
      parts[item, default: 0] +=
        weightInProfile * (gramWeight * byGram + weight(content, table) * byContent)
    }
  }

  private func addPublicEncoder(
    _ history: InteractionHistory, _ candidate: Int32, _ table: FeatureTable,
    _ parts: inout [Int32: Float]
  ) {
    let column = RankerFeature.allCases.count
    guard var scorer = model.publicEncoder, weights[column] != 0 else { return }
    let weight = weights[column] / (table.moments[column].standardDeviation + 1e-9)
    do throws(EncoderError) {
      for found in try scorer.parts(
        of: FeatureModel.publicSequence(history, scorer), in: candidate)
      {
        parts[found.item, default: 0] += weight * found.part
      }
    } catch {
      preconditionFailure("the table was filled for a history of other items: \(error)")
    }
  }

  private func weight(_ feature: RankerFeature, _ table: FeatureTable) -> Float {
    weights[feature.rawValue] / (table.moments[feature.rawValue].standardDeviation + 1e-9)
  }

  /// The root of a score s gives each part of s the factor 1 / sqrt|s|.
  private func rootWeight(_ candidate: Int32, _ table: FeatureTable) -> Float {
    let moments = table.moments[RankerFeature.gramRoot.rawValue]
    let root =
      table.columns[RankerFeature.gramRoot.rawValue][Int(candidate)] * moments.standardDeviation
      + moments.mean
    return weight(.gramRoot, table) / max(abs(root), 1e-6)
  }
}
