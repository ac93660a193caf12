/// How a number compares with what is known.
package enum Outcome: Sendable, Equatable {
  case ok
  /// Less loss is claimed than there is: a violation of privacy.
  case unsound
  /// More loss is stated than a good accountant has to.
  case loose
  case unsupported(reason: String)
}

/// An outcome, and the rule that led to it.
package struct Judgement: Sendable, Equatable {
  package var outcome: Outcome
  /// The comparison in words, such as `epsilon within 1e-3 of ref.tilted_pld`.
  package var rule: String
}

/// The rules of the vectors' README, and what takes their place where no reference is known.
///
/// A value is the number that would be stated: a bound from above, except for counts.
enum Judge {
  static func judge(_ value: Double, lower: Double?, _ result: VectorResult) -> Judgement {
    guard !value.isNaN else {
      return Judgement(outcome: .unsound, rule: "not a number claims nothing")
    }
    switch result.quantity {
    case "epsilon": return epsilon(value, lower, result)
    case "delta": return delta(value, lower, result)
    case "noise_multiplier": return noise(value, result)
    case "max_count": return count(value, result)
    default: return exact(value, result)
    }
  }

  /// The slack of the soundness rule: 10^-9 (1 + ref).
  static func slack(_ reference: Double) -> Double { 1e-9 * (1 + reference) }

  // MARK: Epsilon

  private static func epsilon(
    _ value: Double, _ lower: Double?, _ result: VectorResult
  ) -> Judgement {
    func tight(_ reference: VectorResult.Reference) -> Double {
      reference.value + reference.error + max(1e-3, 1e-3 * reference.value)
    }
    if let floor = result.reference("ref.gaussian_exact"),
      let ceiling = result.reference("ref.tight")
    {
      // Gaussian noise is one of the mechanisms that zero concentration allows.
      return between(
        value, atLeast: floor.value - slack(floor.value), atMost: tight(ceiling),
        "epsilon between ref.gaussian_exact and ref.tight")
    }
    if let reference = result.exactReference {
      let rule = "epsilon within 1e-3 of \(reference.method)"
      let least = reference.value - reference.error - slack(reference.value)
      if let lower, lower > reference.value + reference.error + slack(reference.value) {
        return Judgement(outcome: .unsound, rule: "lower end not above \(reference.method)")
      }
      return between(value, atLeast: least, atMost: tight(reference), rule)
    }
    guard let peer = result.bestPeer else { return unknown(result) }
    let single = result.reference("dp_accounting.rdp_single_run")
    return between(
      value, atLeast: single?.value ?? 0, atMost: tight(peer),
      "epsilon at most 1e-3 above \(peer.method)"
        + (single.map { ", at least \($0.method)" } ?? ""))
  }

  /// What a Renyi accountant that is given a peer's orders may return: no more than the peer.
  static func epsilonByOrders(_ value: Double, _ result: VectorResult) -> Judgement? {
    guard let peer = result.reference("dp_accounting.rdp") else { return nil }
    let reference = result.exactReference ?? result.reference("ref.gaussian_exact")
    let least = reference.map { $0.value - $0.error - slack($0.value) } ?? 0
    // The peer's own divergences lose digits where a single step loses almost nothing.
    return between(
      value, atLeast: least, atMost: peer.value * (1 + 1e-8),
      "epsilon by Renyi orders at most \(peer.method)")
  }

  // MARK: Others

  /// Soundness is relative here: an absolute 10^-9 would excuse every small delta.
  private static func delta(
    _ value: Double, _ lower: Double?, _ result: VectorResult
  ) -> Judgement {
    let floor = result.reference("ref.gaussian_exact") ?? result.exactReference
    let ceiling = result.reference("ref.tight") ?? result.exactReference ?? result.bestPeer
    guard let ceiling else { return unknown(result) }
    if let floor, let lower, lower > ceiling.value * (1 + 1e-9) + ceiling.error {
      return Judgement(outcome: .unsound, rule: "lower end not above \(floor.method)")
    }
    return between(
      value, atLeast: floor.map { $0.value * (1 - 1e-9) - $0.error } ?? 0,
      atMost: max(ceiling.value * 1.01, ceiling.value + 1e-15) + ceiling.error,
      "delta within 1 % of \(ceiling.method)")
  }

  /// The noise one part in a thousand lower must not be enough.
  private static func noise(_ value: Double, _ result: VectorResult) -> Judgement {
    guard let reference = result.exactReference ?? result.bestPeer else { return unknown(result) }
    let least = reference.value - reference.error - slack(reference.value)
    return between(
      value, atLeast: least, atMost: (reference.value + reference.error) / (1 - 1e-3),
      "noise within 1e-3 of \(reference.method)")
  }

  /// More rounds than are safe are unsound, fewer are loose; one round of rounding is allowed.
  private static func count(_ value: Double, _ result: VectorResult) -> Judgement {
    guard let reference = result.exactReference ?? result.bestPeer else { return unknown(result) }
    let allowance = max(1, 1e-3 * reference.value)
    let rule = "count within 1e-3, or one, of \(reference.method)"
    if value > reference.value + allowance { return Judgement(outcome: .unsound, rule: rule) }
    return Judgement(
      outcome: value < reference.value - allowance ? .loose : .ok, rule: rule)
  }

  /// Closed forms, to nine digits; a proven bound may stand in for what is hard to compute.
  private static func exact(_ value: Double, _ result: VectorResult) -> Judgement {
    guard let reference = result.exactReference else {
      guard let peer = result.bestPeer else { return unknown(result) }
      return between(
        value, atLeast: 0, atMost: peer.value * (1 + 1e-9), "at most \(peer.method)")
    }
    let margin = 1e-9 * abs(reference.value) + reference.error
    let bound = result.provenBounds.max()
    return between(
      value, atLeast: reference.value - margin,
      atMost: max(reference.value + margin, bound.map { $0 * (1 + 1e-9) } ?? 0),
      bound == nil
        ? "within 1e-9 of \(reference.method)" : "between \(reference.method) and a proven bound")
  }

  private static func between(
    _ value: Double, atLeast least: Double, atMost most: Double, _ rule: String
  ) -> Judgement {
    // An infinite reference makes both ends infinite, or not a number where it has an error.
    if value < least { return Judgement(outcome: .unsound, rule: rule) }
    return Judgement(outcome: value <= most ? .ok : .loose, rule: rule)
  }

  private static func unknown(_ result: VectorResult) -> Judgement {
    Judgement(
      outcome: .unsupported(reason: "there is no number to compare with"),
      rule: "no reference for \(result.quantity)")
  }
}

extension VectorResult {
  /// The value that is taken for the truth, where there is one alone.
  var exactReference: Reference? {
    let own = references.filter { $0.method.hasPrefix("ref.") }
    return own.count == 1 ? own[0] : nil
  }

  /// The smallest number of a peer that is not known to be wrong; for counts the greatest.
  var bestPeer: Reference? {
    let peers = references.filter {
      !$0.method.hasPrefix("ref.") && !$0.isBelowTruth && !$0.method.hasSuffix("single_run")
    }
    return quantity == "max_count"
      ? peers.max { $0.value < $1.value } : peers.min { $0.value < $1.value }
  }
}
