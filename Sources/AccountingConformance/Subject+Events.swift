internal import PrivacyAccounting

extension Subject {
  /// One run of a mechanism that is an event; nil where it is something else, or misses a parameter.
  static func event(
    of mechanism: String, _ fields: inout VectorFields
  ) throws(VectorError) -> MechanismEvent? {
    switch mechanism {
    case "gaussian":
      guard fields.names.contains("noise_multiplier") else { return nil }
      return .gaussian(noiseMultiplier: try fields.finite("noise_multiplier"))
    case "poisson_subsampled_gaussian":
      guard fields.names.contains("noise_multiplier"), fields.names.contains("count") else {
        return nil
      }
      return .sampledGaussian(
        noiseMultiplier: try fields.finite("noise_multiplier"),
        sampling: .poisson(probability: try fields.finite("sampling_probability")))
    case "sampled_without_replacement_gaussian":
      // Their noise is relative to one replacement, which moves the sum by two of our clip norms.
      return .sampledGaussian(
        noiseMultiplier: 2 * (try fields.finite("noise_multiplier")),
        sampling: .fixedSize(
          size: try fields.whole("sample_size"),
          population: try fields.whole("source_dataset_size")))
    case "truncated_poisson_subsampled_gaussian":
      return .sampledGaussian(
        noiseMultiplier: try fields.finite("noise_multiplier"),
        sampling: .truncatedPoisson(
          probability: try fields.finite("sampling_probability"),
          cap: try fields.whole("truncated_batch_size"),
          population: try fields.whole("dataset_size")))
    case "laplace": return .laplace(noiseMultiplier: try fields.finite("noise_multiplier"))
    case "discrete_laplace":
      return .discreteLaplace(
        decay: try fields.finite("noise_parameter"), sensitivity: try fields.whole("sensitivity"))
    case "randomized_response":
      return .randomizedResponse(
        noise: try fields.finite("noise_parameter"), buckets: try fields.whole("num_buckets"))
    default: return try integerEvent(of: mechanism, &fields)
    }
  }

  private static func integerEvent(
    of mechanism: String, _ fields: inout VectorFields
  ) throws(VectorError) -> MechanismEvent? {
    switch mechanism {
    case "discrete_gaussian":
      return .discreteGaussian(
        variance: try fields.finite("sigma2"), shift: try shift(&fields))
    case "sum_discrete_gaussian":
      // Follows from the other parameters.
      fields.skip("tau")
      return .discreteGaussianSum(
        variance: try fields.finite("sigma2_local"), contributors: try fields.whole("clients"),
        shift: try shift(&fields))
    case "skellam":
      return .skellam(variance: try fields.finite("mu"), shift: try shift(&fields))
    default: return nil
    }
  }

  /// A vector of differences, or one coordinate of them.
  private static func shift(
    _ fields: inout VectorFields
  ) throws(VectorError) -> MechanismEvent.IntegerShift {
    guard fields.names.contains("delta_vector") else {
      return .exactly([try fields.whole("sensitivity")])
    }
    let place = fields.place.appending("delta_vector")
    return .exactly(
      try fields.list("delta_vector").map { value throws(VectorError) in
        try VectorFields.whole(value, at: place, atLeast: -(1 << 40))
      })
  }

  /// The count belongs to the mechanism inside: the whole selection is done once.
  static func selection(
    _ fields: inout VectorFields
  ) throws(VectorError) -> MechanismEvent {
    let run = MechanismEvent.gaussian(noiseMultiplier: try fields.finite("noise_multiplier"))
    let mean = try fields.finite("mean")
    let shape = try fields.number("shape")
    return .selection(
      of: run.times(try fields.whole("count")),
      repetitions: shape == .infinity
        ? .poisson(mean: mean) : .truncatedNegativeBinomial(mean: mean, shape: shape))
  }

  /// Correlated noise.
  static func strategy(
    of mechanism: String, _ fields: inout VectorFields
  ) throws(VectorError) -> Kind? {
    switch mechanism {
    case "tree_aggregation_single_participation":
      let steps = try fields.required("step_counts")
      let place = fields.place.appending("step_counts")
      let list: [VectorValue]
      if case .list(let several) = steps { list = several } else { list = [steps] }
      let leaves = try list.map { value throws(VectorError) in
        try VectorFields.whole(value, at: place, atLeast: 1)
      }
      return .strategy(
        .treeOnce(leaves: leaves, trees: try fields.whole("count")),
        noise: try fields.finite("noise_multiplier"))
    case "tree_aggregation_multi_participation":
      fields.skip("tree")
      return .strategy(
        .tree(
          leaves: try fields.whole("leaves", atLeast: 1),
          separation: try fields.whole("min_separation", atLeast: 1),
          participations: try fields.whole("max_participations", atLeast: 1)), noise: nil)
    case "toeplitz_matrix_factorization": return .strategy(try toeplitz(&fields), noise: nil)
    case "banded_matrix_factorization":
      let place = fields.place.appending("matrix_rows")
      fields.skip("n")
      let rows = try fields.list("matrix_rows").map { row throws(VectorError) in
        try VectorFields.numbers(row, at: place)
      }
      return .strategy(
        .banded(
          rows: rows, bands: try fields.whole("bands", atLeast: 1),
          separation: try fields.whole("min_separation", atLeast: 1),
          participations: try fields.whole("max_participations", atLeast: 1)), noise: nil)
    default: return nil
    }
  }

  private static func toeplitz(
    _ fields: inout VectorFields
  ) throws(VectorError) -> NoiseStrategy {
    fields.skip("rule", "coefficients")
    let name = try fields.text("coefficient_rule")
    let bands = try fields.whole("bands", atLeast: 1)
    // By rule, not as listed: lists are rounded, and left out where they are long.
    let coefficients: [Double]
    switch name {
    case "optimal":
      coefficients = products(bands) { Double(2 * $0 - 1) / Double(2 * $0) }
    case "geom":
      coefficients = products(bands) { _ in 0.9 }
    case "lin": coefficients = (0..<bands).map { 1 - Double($0) / Double(bands + 1) }
    case "ones", "id": coefficients = [Double](repeating: 1, count: bands)
    default:
      throw .unknownWord(fields.place.appending("coefficient_rule"), found: "\"\(name)\"")
    }
    return .toeplitz(
      coefficients: coefficients, rounds: try fields.whole("n", atLeast: 1),
      separation: try fields.whole("min_separation", atLeast: 1),
      participations: try fields.whole("max_participations", atLeast: 1))
  }

  /// 1, then each number the one before it times `ratio`.
  private static func products(_ count: Int, ratio: (Int) -> Double) -> [Double] {
    var list = [1.0]
    for k in 1..<max(count, 1) { list.append(list[k - 1] * ratio(k)) }
    return list
  }
}
