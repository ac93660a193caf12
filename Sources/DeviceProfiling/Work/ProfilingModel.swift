package import Behavior
internal import NumericalMethods
package import PlannedRounds
internal import ProfileModel
internal import ReleasedParts
internal import Scenarios

/// What a device computes with: the public catalogue, and one version of the released parts.
package struct ProfilingModel: Sendable {
  package let tasks: PlannedTasks
  package let catalogue: Catalogue
  let content: ContentFeatures
  let state: ModelState
  /// Present once popularity is released.
  let coordinates: GramCoordinates?
  /// Present once the item basis is released.
  let features: FeatureModel?

  /// - Throws: `ModelError` if the version is not over the plan's items and coordinates.
  package init(
    _ tasks: PlannedTasks, catalogue: Catalogue, state: ModelState
  ) throws(ModelError) {
    try self.init(
      tasks, catalogue: catalogue, content: ContentFeatures(catalogue: catalogue), state: state)
  }

  private init(
    _ tasks: PlannedTasks, catalogue: Catalogue, content: ContentFeatures, state: ModelState
  ) throws(ModelError) {
    try tasks.check(state)
    self.tasks = tasks
    self.catalogue = catalogue
    self.content = content
    self.state = state
    let plan = tasks.plan
    // Groups follow from what is public, so every device makes the same ones.
    let coordinates = state.popularity.map { popularity in
      GramCoordinates(
        popularity: popularity,
        partition: ItemPartition(
          popularity: popularity, content: content, headItems: plan.gram.headItems,
          tailGroups: plan.gram.tailGroups, seed: plan.seed))
    }
    self.coordinates = coordinates
    if let popularity = state.popularity, let basis = state.basis, let coordinates {
      features = FeatureModel(
        content: content, popularity: popularity,
        scorer: GramScorer(coordinates: coordinates, basis: basis))
    } else {
      features = nil
    }
  }

  /// The same with another version; what only ranker weights change is not computed again.
  package func with(_ state: ModelState) throws(ModelError) -> ProfilingModel {
    guard state.popularity == self.state.popularity, state.basis == self.state.basis else {
      return try ProfilingModel(tasks, catalogue: catalogue, content: content, state: state)
    }
    try tasks.check(state)
    return ProfilingModel(self, state: state)
  }

  private init(_ other: ProfilingModel, state: ModelState) {
    tasks = other.tasks
    catalogue = other.catalogue
    content = other.content
    self.state = state
    coordinates = other.coordinates
    features = other.features
  }
}
