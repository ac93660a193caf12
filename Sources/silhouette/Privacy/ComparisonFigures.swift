internal import Foundation
internal import PrivacyAccounting
internal import RoundVocabulary

/// Epsilon of the same mechanisms by every way of accounting.
struct ComparisonFigures: Encodable {
  /// One way; epsilon is nil where it does not apply.
  struct Row: Encodable {
    let method: String
    let epsilon: Double?
    /// Epsilon over the least of all rows.
    let ratio: Double?
    let note: String?
  }

  let delta: Double
  let neighbors: String
  let mechanisms: String
  let rows: [Row]

  init(_ plan: EventPlan, delta: Double, neighbors: NeighboringRelation) throws {
    var rows: [(method: String, epsilon: Double?, note: String?)] = []
    for method in Accountant.Method.allCases {
      do throws(AccountingError) {
        let bound = try Accountant.epsilon(
          of: plan.events, delta: delta, neighbors: neighbors, by: method)
        rows.append(
          (MethodWords.words(method.rawValue), bound?.upper, bound == nil ? "does not apply" : nil))
      } catch {
        guard case .unsupported(_, let reason) = error else { throw error }
        rows.append((MethodWords.words(method.rawValue), nil, reason))
      }
    }
    let textbook = try TextbookComposition(plan, delta: delta, neighbors: neighbors)
    rows.append(("advanced composition", textbook.advanced, nil))
    rows.append(("naive composition", textbook.naive, "sum of the rounds at delta / rounds"))
    let least = rows.compactMap(\.epsilon).min() ?? 0
    self.delta = delta
    self.neighbors = neighbors.rawValue
    mechanisms = plan.summary
    self.rows = rows.map { row in
      Row(
        method: row.method, epsilon: row.epsilon,
        ratio: row.epsilon.flatMap { least > 0 && $0.isFinite ? $0 / least : nil },
        note: row.note)
    }
  }

  var text: String {
    var lines = [["method", "epsilon", "larger by", ""]]
    for row in rows {
      lines.append([
        row.method, row.epsilon.map { CertifiedText.upward($0) } ?? "-",
        row.ratio.map { String(format: $0 < 10 ? "%.2f %%" : "%.0f %%", ($0 - 1) * 100) } ?? "-",
        row.note ?? "",
      ])
    }
    return "\(mechanisms), delta \(CertifiedText.upward(delta)), one \(PrivacyUnit.user.rawValue), "
      + "\(NeighboringRelation(rawValue: neighbors)?.word ?? neighbors) neighbors\n\n"
      + ResultTable.aligned(lines)
  }
}

/// What textbooks add up from the guarantees of single rounds.
struct TextbookComposition {
  /// The sum of epsilons, each round at its part of delta.
  let naive: Double
  /// Half of delta for the rounds, half for the tail of their sum.
  ///
  /// - Source: Dwork, Roth 2014, "The algorithmic foundations of differential privacy", Theorem
  ///   3.20, whose proof adds squares and means of unequal rounds as well.
  let advanced: Double

  init(_ plan: EventPlan, delta: Double, neighbors: NeighboringRelation) throws {
    let rounds = Double(plan.items.reduce(0) { $0 + $1.rounds })
    var naive = 0.0
    var squares = 0.0
    var means = 0.0
    for item in plan.items {
      func single(_ delta: Double) throws -> Double {
        try Accountant.epsilon(of: [item.event], delta: delta, neighbors: neighbors).upper
      }
      let count = Double(item.rounds)
      naive += count * (try single(delta / rounds))
      let epsilon = try single(delta / (2 * rounds))
      squares += count * epsilon * epsilon
      means += count * epsilon * expm1(epsilon)
    }
    self.naive = naive
    advanced = (2 * log(2 / delta) * squares).squareRoot() + means
  }
}
