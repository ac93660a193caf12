internal import Foundation
internal import PrivacyAccounting
internal import RoundVocabulary

/// An accounted guarantee, ready to be printed.
struct GuaranteeFigures: Encodable {
  /// An interval that contains the least value; `upper` is the number to state.
  struct Interval: Encodable {
    let upper: Double
    let lower: Double
  }

  let epsilon: Interval
  let delta: Interval
  let neighbors: String
  let unit: String
  let adversaries: [String]
  let method: String
  let mechanisms: String
  let assumptions: [String]

  /// A guarantee by an answer for epsilon at a given delta.
  ///
  /// - Parameter noiseOfDevices: what has to be true of the cohort, where devices make the noise.
  init(
    epsilon bound: Accountant.Bound, delta: Double, of plan: EventPlan,
    _ neighbors: NeighboringRelation, noiseOfDevices: String? = nil
  ) {
    self.init(
      epsilon: Interval(upper: bound.upper, lower: bound.lower),
      delta: Interval(upper: delta, lower: delta), bound.method, plan, neighbors,
      noiseOfDevices: noiseOfDevices)
  }

  /// A guarantee by an answer for delta at a given epsilon.
  init(
    delta bound: Accountant.Bound, epsilon: Double, of plan: EventPlan,
    _ neighbors: NeighboringRelation
  ) {
    self.init(
      epsilon: Interval(upper: epsilon, lower: epsilon),
      delta: Interval(upper: bound.upper, lower: bound.lower), bound.method, plan, neighbors)
  }

  private init(
    epsilon: Interval, delta: Interval, _ method: Accountant.Method, _ plan: EventPlan,
    _ neighbors: NeighboringRelation, noiseOfDevices: String? = nil
  ) {
    self.epsilon = epsilon
    self.delta = delta
    self.neighbors = neighbors.rawValue
    unit = PrivacyUnit.user.rawValue
    // Whoever sees contributions sees who took part and, with noise added later, no noise at all.
    let seeReleases: [Adversary] = [.modelUser, .anyClientOrPublic]
    let seeSums: [Adversary] = [.honestButCuriousCoordinator, .coordinatorWithColludingClients]
    adversaries = (seeReleases + (noiseOfDevices == nil ? [] : seeSums)).map(\.rawValue)
    observed = noiseOfDevices == nil ? "releases" : "releases or sums"
    self.method = method.rawValue
    mechanisms = plan.summary
    relation = neighbors
    self.assumptions =
      ["every contribution is clipped to the stated sensitivity before noise is added"]
      + (plan.isSampled ? ["nobody learns who was sampled in which round"] : [])
      + [noiseOfDevices].compactMap(\.self)
  }

  private let relation: NeighboringRelation
  private let observed: String

  private enum CodingKeys: String, CodingKey {
    case epsilon, delta, neighbors, unit, adversaries, method, mechanisms, assumptions
  }

  /// The guarantee as a sentence, and how sharp it is.
  var text: String {
    let sentence =
      epsilon.upper.isFinite && delta.upper < 1
      ? "(epsilon, delta) = (\(CertifiedText.upward(epsilon.upper)), "
        + "\(CertifiedText.upward(delta.upper))) for one \(unit), \(relation.word) neighbors, "
        + "against those who see \(observed) (\(adversaries.joined(separator: ", ")))."
      : "Nothing is guaranteed: the loss of \(mechanisms) has no bound."
    var lines = [sentence, "mechanisms   \(mechanisms)"]
    if epsilon.lower < epsilon.upper, epsilon.upper.isFinite {
      lines.append(
        "epsilon      between \(CertifiedText.downward(epsilon.lower)) and "
          + "\(CertifiedText.upward(epsilon.upper)), certified")
    }
    if delta.lower < delta.upper, delta.upper < 1 {
      lines.append(
        "delta        between \(CertifiedText.downward(delta.lower)) and "
          + "\(CertifiedText.upward(delta.upper)), certified")
    }
    lines.append("method       \(MethodWords.words(method))")
    lines += assumptions.map { "assumed      \($0)" }
    return lines.joined(separator: "\n")
  }

  func json() throws -> String { try FigureJSON.text(of: self) }
}

/// Accounting methods as people call them.
enum MethodWords {
  static func words(_ method: String) -> String {
    switch Accountant.Method(rawValue: method) {
    case .gaussian: "exact Gaussian"
    case .lossDistribution: "privacy loss distributions"
    case .renyi: "Renyi divergences"
    case nil: method
    }
  }
}

/// JSON as all privacy commands print it.
enum FigureJSON {
  /// Keys in alphabetical order; an infinite number is the text `inf`.
  static func text(of figures: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(figures), as: UTF8.self)
  }
}
