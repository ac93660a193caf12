internal import PrivacyAccounting
internal import RoundVocabulary
internal import Scenarios
internal import Yams

/// Reads a plan of mechanisms strictly: an unknown key or an impossible value is an error.
enum EventPlanDecoder {
  /// Decodes YAML, of which JSON is a part.
  static func decode(_ text: String, file: String) throws(EventPlanError) -> EventPlan {
    guard let root = try composed(text, file: file) else {
      throw .problems([
        EventPlanError.Problem(file: file, key: "plan", fault: "is empty; write events: [...]")
      ])
    }
    var top = PlanSection(root, key: "", file: file)
    var plan = EventPlan(items: [], neighbors: nil)
    if let word = top.word("neighbors", among: NeighboringRelation.words, isRequired: false) {
      plan.neighbors = NeighboringRelation(word: word)
    }
    let entries = top.list("events")
    top.finish()
    var problems = top.problems
    for (index, node) in entries.enumerated() {
      var section = PlanSection(node, key: "events[\(index)]", file: file)
      let item = item(&section)
      section.finish()
      problems += section.problems
      if let item, section.problems.isEmpty { plan.items.append(item) }
    }
    guard problems.isEmpty else {
      throw .problems(
        problems.sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) })
    }
    return plan
  }

  private static func composed(_ text: String, file: String) throws(EventPlanError) -> Node? {
    do {
      return try compose(yaml: text)
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        throw .notYAML(file: file, line: mark.line, reason: problem)
      case .duplicatedKeysInMapping(let duplicates, let context):
        throw .notYAML(
          file: file, line: context.mark.line,
          reason: "\(duplicates.sorted().joined(separator: ", ")) stands twice in one section")
      default: throw .notYAML(file: file, line: nil, reason: "\(error)")
      }
    } catch {
      throw .notYAML(file: file, line: nil, reason: "\(error)")
    }
  }

  private static let mechanisms = [
    "gaussian", "discreteGaussian", "skellam", "laplace", "discreteLaplace",
    "randomizedResponse", "zeroConcentrated",
  ]

  private static func item(_ section: inout PlanSection) -> EventPlan.Item? {
    let word = section.word("mechanism", among: mechanisms, isRequired: true)
    guard let word else {
      // Without the mechanism nobody can say which other keys belong here.
      section.forgive()
      return nil
    }
    let rounds = section.whole("rounds", standard: 1, in: 1...1_000_000_000)
    guard let event = event(word, &section), let rounds else { return nil }
    return EventPlan.Item(event: event, rounds: rounds)
  }

  private static func event(_ word: String, _ section: inout PlanSection) -> MechanismEvent? {
    switch word {
    case "gaussian":
      let noise = section.number("noiseMultiplier", in: 0...Double.greatestFiniteMagnitude)
      guard let sampling = sampling(&section) else {
        return noise.map { .gaussian(noiseMultiplier: $0) }
      }
      return noise.map { .sampledGaussian(noiseMultiplier: $0, sampling: sampling) }
    case "discreteGaussian", "skellam": return integerNoise(word, &section)
    case "laplace":
      return section.number("noiseMultiplier", in: 0...Double.greatestFiniteMagnitude)
        .map { .laplace(noiseMultiplier: $0) }
    case "discreteLaplace":
      let decay = section.number("decay", in: 0...Double.greatestFiniteMagnitude)
      let sensitivity = section.whole("sensitivity", standard: 1, in: 0...(1 << 40))
      guard let decay, let sensitivity else { return nil }
      return .discreteLaplace(decay: decay, sensitivity: sensitivity)
    case "randomizedResponse":
      let noise = section.number("noise", in: 0...1)
      let buckets = section.whole("buckets", standard: 2, in: 1...(1 << 40))
      guard let noise, let buckets else { return nil }
      return .randomizedResponse(noise: noise, buckets: buckets)
    default:
      return section.number("rho", in: 0...Double.greatestFiniteMagnitude)
        .map { .zeroConcentrated(rho: $0) }
    }
  }

  private static func integerNoise(
    _ word: String, _ section: inout PlanSection
  ) -> MechanismEvent? {
    let variance = section.number("variance", in: 0...Double.greatestFiniteMagnitude)
    let norm = section.number("squaredSensitivity", in: 0...Double.greatestFiniteMagnitude)
    let dimension = section.whole("dimension", standard: 1, in: 1...(1 << 40))
    let devices =
      word == "skellam" ? 1 : section.whole("contributors", standard: 1, in: 1...(1 << 40))
    guard let variance, let norm, let dimension, let devices else { return nil }
    let shift = MechanismEvent.IntegerShift.norm(squared: norm, dimension: dimension)
    if word == "skellam" { return .skellam(variance: variance, shift: shift) }
    return devices == 1
      ? .discreteGaussian(variance: variance, shift: shift)
      : .discreteGaussianSum(variance: variance, contributors: devices, shift: shift)
  }

  /// How users are sampled, where the section says that they are.
  private static func sampling(_ section: inout PlanSection) -> MechanismEvent.Sampling? {
    if section.has("sampleSize") {
      let population = section.whole("population", standard: nil, in: 1...(1 << 40))
      let size = section.whole("sampleSize", standard: nil, in: 0...(population ?? 1 << 40))
      guard let size, let population else { return nil }
      return .fixedSize(size: size, population: population)
    }
    guard section.has("samplingRate") else { return nil }
    let rate = section.number("samplingRate", in: 0...1)
    if section.has("cap") {
      let cap = section.whole("cap", standard: nil, in: 1...(1 << 40))
      let population = section.whole("population", standard: nil, in: 1...(1 << 40))
      guard let rate, let cap, let population else { return nil }
      return .truncatedPoisson(probability: rate, cap: cap, population: population)
    }
    return rate.map { .poisson(probability: $0) }
  }
}

extension MechanismEvent.IntegerShift {
  /// A bound on the norm; on a single coordinate the greatest whole shift under it, exactly.
  static func norm(squared: Double, dimension: Int) -> Self {
    guard dimension == 1, squared < 0x1p60 else {
      return .bounded(squaredNorm: squared, dimension: dimension)
    }
    return .exactly([Int(squared.squareRoot().rounded(.down))])
  }
}
