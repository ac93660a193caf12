package import CryptoPrimitives
package import FederatedTasks
package import ReleasedParts

/// A version of what a plan has released: everything that the next round follows from.
package struct ModelState: Sendable, Equatable {
  /// The plan that the version belongs to.
  package let plan: Bytes32
  package var popularity: Popularity?
  package var basis: ItemBasis?
  package var ranker: Ranker

  /// The ranker between two rounds.
  package struct Ranker: Sendable, Equatable {
    /// Shape: [features].
    package var weights: [Float]
    /// Shape: [features].
    package var velocity: [Float]
    package var completedRounds: Int

    package init(weights: [Float], velocity: [Float], completedRounds: Int) {
      self.weights = weights
      self.velocity = velocity
      self.completedRounds = completedRounds
    }

    package init(_ task: RankerTask) {
      self.init(
        weights: task.weights, velocity: task.velocity, completedRounds: task.completedRounds)
    }
  }

  /// The version before the first round.
  package static func first(of plan: Bytes32) -> ModelState {
    ModelState(
      plan: plan, popularity: nil, basis: nil,
      ranker: Ranker(
        weights: RankerFeature.initialWeights,
        velocity: RankerFeature.initialWeights.map { _ in 0 }, completedRounds: 0))
  }

  package init(plan: Bytes32, popularity: Popularity?, basis: ItemBasis?, ranker: Ranker) {
    self.plan = plan
    self.popularity = popularity
    self.basis = basis
    self.ranker = ranker
  }
}

/// Why bytes are not a model version.
package enum ModelError: Error, Equatable, CustomStringConvertible {
  /// The bytes do not begin as model versions do, or are of a later format.
  case format
  /// The field ends after the bytes do, or there are more bytes than fields.
  case length(field: String)
  case range(field: String)
  /// The version is not over the plan's catalogue, partition or features.
  case otherPlan(field: String)

  package var description: String {
    switch self {
    case .format: "the bytes are no model version of a format that this program knows; update it"
    case .length(let field): "the model version is cut off or too long at \(field)"
    case .range(let field): "the model version has an impossible \(field)"
    case .otherPlan(let field): "the model version is another plan's: \(field) differs"
    }
  }
}
