internal import PrivacyAccounting
internal import RoundVocabulary

/// What the parameters of a case describe.
struct Subject: Sendable {
  enum Kind: Sendable {
    /// A mechanism that is run `count` times.
    case mechanism([MechanismEvent], count: Int)
    /// Noise that is correlated over rounds, with its standard deviation where the case states it.
    case strategy(NoiseStrategy, noise: Double?)
    /// A mechanism whose noise is to be found.
    case noiseFamily(@Sendable (Double) -> [MechanismEvent])
    /// A mechanism whose count is to be found.
    case countFamily(@Sendable (Int) -> [MechanismEvent])
    case clippingBit(total: Double, deviation: Double)
    case elsewhere(reason: String)
  }

  var kind: Kind
  /// Nil where every query states it.
  var neighbors: NeighboringRelation?
}

extension VectorCase {
  /// The mechanism and relation of this case.
  ///
  /// - Throws: `VectorError`, also for a mechanism that is not known.
  func subject(in file: String) throws(VectorError) -> Subject {
    let place = VectorPlace(file: file, caseID: id, field: "")
    if let reason = Self.elsewhere[mechanism] {
      return Subject(kind: .elsewhere(reason: reason), neighbors: nil)
    }
    let neighbors = try Self.neighbors(adjacency, at: place.appending("adjacency"))
    var fields = try VectorFields(parameters, at: place.appending("params"))
    let kind = try Subject.kind(of: mechanism, &fields, at: place)
    try fields.finish()
    return Subject(kind: kind, neighbors: neighbors)
  }

  /// Mechanisms of the schema that no accountant answers for.
  static let elsewhere: [String: String] = {
    let auditing = "empirical auditing is not part of the accountant"
    let sampling = "samplers are tested where they are made"
    return [
      "one_run_audit": auditing, "multi_run_audit": auditing, "one_shot_estimate": auditing,
      "discrete_gaussian_sampler": sampling, "discrete_laplace_sampler": sampling,
      "bernoulli_exp_sampler": sampling, "sum_discrete_gaussian_sampler": sampling,
      "skellam_sampler": sampling,
    ]
  }()

  /// The relation that an adjacency names; nil for "see at".
  ///
  /// A shift is one contribution against none, in either direction.
  static func neighbors(
    _ adjacency: String, at place: VectorPlace
  ) throws(VectorError) -> NeighboringRelation? {
    switch adjacency {
    case "add_or_remove_one", "L1 sensitivity 1, add_or_remove_one", "integer shift",
      "shift by sensitivity", "shift by delta_vector", "add_or_remove_one / shift":
      return .addOrRemoveOne
    case "replace_one": return .replaceOne
    case "replace_special", "as of the mechanism": return .zeroOut
    case "see at": return nil
    default: throw .unknownWord(place, found: "\"\(adjacency)\"")
    }
  }
}

extension Subject {
  fileprivate static func kind(
    of mechanism: String, _ fields: inout VectorFields, at place: VectorPlace
  ) throws(VectorError) -> Kind {
    if let event = try event(of: mechanism, &fields) {
      // Calibration cases leave out what is to be found.
      let count = try fields.whole("count")
      return .mechanism([event], count: count)
    }
    switch mechanism {
    case "gaussian", "poisson_subsampled_gaussian": return try family(of: mechanism, &fields)
    case "composition":
      var events: [MechanismEvent] = []
      for (index, value) in try fields.list("events").enumerated() {
        var part = try VectorFields(value, at: fields.place.appending("events[\(index)]"))
        let type = try part.text("type")
        guard let event = try event(of: type, &part) else {
          throw .unknownWord(part.place.appending("type"), found: "\"\(type)\"")
        }
        events.append(event.times(try part.whole("count")))
        try part.finish()
      }
      return .mechanism(events, count: 1)
    case "repeat_and_select": return .mechanism([try selection(&fields)], count: 1)
    case "zcdp":
      return .mechanism([.zeroConcentrated(rho: try fields.finite("rho"))], count: 1)
    case "amplified_bandmf":
      fields.skip("note")
      let rounds = try fields.whole("iterations", atLeast: 1)
      let bands = try fields.whole("bands", atLeast: 1)
      let event = MechanismEvent.sampledGaussian(
        noiseMultiplier: try fields.finite("noise_multiplier"),
        sampling: .poisson(probability: try fields.finite("sampling_probability_within_group")))
      // One group after the other takes part, and the columns of a group do not overlap.
      return .mechanism([event], count: (rounds + bands - 1) / bands)
    case "adaptive_clipping":
      fields.skip("formula")
      return .clippingBit(
        total: try fields.finite("noise_multiplier_total"),
        deviation: try fields.finite("sigma_b"))
    default:
      guard let kind = try strategy(of: mechanism, &fields) else {
        throw .unknownWord(place.appending("mechanism"), found: "\"\(mechanism)\"")
      }
      return kind
    }
  }

  /// A mechanism of which one parameter is missing, to be found.
  private static func family(
    of mechanism: String, _ fields: inout VectorFields
  ) throws(VectorError) -> Kind {
    if mechanism == "gaussian" {
      let sensitivity = try fields.finite("sensitivity")
      return .noiseFamily { [.gaussian(noiseMultiplier: $0 / sensitivity)] }
    }
    let sampling = MechanismEvent.Sampling.poisson(
      probability: try fields.finite("sampling_probability"))
    if let noise = try fields.optionalNumber("noise_multiplier") {
      return .countFamily {
        [MechanismEvent.sampledGaussian(noiseMultiplier: noise, sampling: sampling).times($0)]
      }
    }
    let count = try fields.whole("count")
    return .noiseFamily {
      [MechanismEvent.sampledGaussian(noiseMultiplier: $0, sampling: sampling).times(count)]
    }
  }
}
