internal import PrivacyAccounting
internal import RoundVocabulary

extension Subject {
  /// What one result of a case asks.
  ///
  /// - Throws: `VectorError`, also for a quantity that is not known.
  func question(
    _ result: VectorResult, at place: VectorPlace
  ) throws(VectorError) -> Question {
    if let reason = Self.notAccounting[result.quantity] {
      return .elsewhere(reason: reason)
    }
    if case .elsewhere(let reason) = kind { return .elsewhere(reason: reason) }
    var query = try VectorFields(result.query, at: place.appending("at"))
    var neighbors = neighbors
    if neighbors == nil {
      neighbors = try VectorCase.neighbors(
        try query.text("adjacency"), at: query.place.appending("adjacency"))
    }
    guard let neighbors else { throw .missingField(query.place.appending("adjacency")) }
    let question = try question(result.quantity, &query, neighbors)
    guard let question else {
      throw .unknownWord(place.appending("quantity"), found: "\"\(result.quantity)\"")
    }
    try query.finish()
    return question
  }

  /// Quantities of the schema that are no privacy loss.
  private static let notAccounting: [String: String] = {
    let auditing = "empirical auditing is not part of the accountant"
    let sampling = "samplers are tested where they are made"
    return [
      "p_value": auditing, "epsilon_lower_bound": auditing, "epsilon_estimate": auditing,
      "pmf": sampling, "moment": sampling, "probability": sampling, "proposals_mean": sampling,
    ]
  }()

  private func question(
    _ quantity: String, _ query: inout VectorFields, _ neighbors: NeighboringRelation
  ) throws(VectorError) -> Question? {
    switch kind {
    case .mechanism(let events, let count):
      return try Self.question(quantity, of: events, count: count, &query, neighbors)
    case .strategy(let strategy, let noise):
      return try Self.question(quantity, of: strategy, noise: noise, &query)
    case .noiseFamily(let family):
      guard quantity == "noise_multiplier" else { return nil }
      return .noiseMultiplier(try Self.target(&query, neighbors), family)
    case .countFamily(let family):
      guard quantity == "max_count" else { return nil }
      return .rounds(try Self.target(&query, neighbors), family)
    case .clippingBit(let total, let deviation):
      guard quantity == "noise_multiplier_delta" else { return nil }
      return .clippedNoiseMultiplier(total: total, bitDeviation: deviation)
    case .elsewhere(let reason): return .elsewhere(reason: reason)
    }
  }

  private static func target(
    _ query: inout VectorFields, _ neighbors: NeighboringRelation
  ) throws(VectorError) -> Question.Target {
    Question.Target(
      epsilon: try query.finite("epsilon"), delta: try query.finite("delta"),
      neighbors: neighbors)
  }

  private static func question(
    _ quantity: String, of events: [MechanismEvent], count: Int, _ query: inout VectorFields,
    _ neighbors: NeighboringRelation
  ) throws(VectorError) -> Question? {
    let all = events.map { $0.times(count) }
    switch quantity {
    case "epsilon": return .epsilon(all, delta: try query.finite("delta"), neighbors)
    case "delta": return .delta(all, epsilon: try query.finite("epsilon"), neighbors)
    case "rdp": return .renyi(all, order: try query.finite("order"), neighbors)
    case "rdp_per_step": return .renyi(events, order: try query.finite("order"), neighbors)
    default: return nil
    }
  }

  private static func question(
    _ quantity: String, of strategy: NoiseStrategy, noise: Double?, _ query: inout VectorFields
  ) throws(VectorError) -> Question? {
    switch quantity {
    case "sensitivity_squared": return .squaredSensitivity(strategy)
    case "max_prefix_sum_error_sq_unit_noise": return .prefixSumError(strategy, .greatest)
    case "mean_prefix_sum_error_sq_unit_noise": return .prefixSumError(strategy, .mean)
    case "epsilon":
      let delta = try query.finite("delta")
      if let noise { return .strategyEpsilon(strategy, noise: noise, delta: delta) }
      let name =
        query.names.contains("noise_std_per_node") ? "noise_std_per_node" : "noise_std"
      return .strategyEpsilon(strategy, noise: try query.finite(name), delta: delta)
    case "rdp":
      guard let noise else { return nil }
      return .strategyRenyi(strategy, noise: noise, order: try query.finite("order"))
    default: return nil
    }
  }
}
