internal import Foundation
internal import Report

/// The few figures that a run ends with on the console.
enum ResultTable {
  /// One line per method and epsilon under the full protocol, with 95 % intervals.
  static func text(_ figures: RunFigures) -> String {
    var rows = [["method", "epsilon", "HR@10", "NDCG@10", "HR@10 of non-private"]]
    for method in figures.methods {
      rows.append([
        method.displayName + (method.isCentral ? " (central)" : ""),
        method.epsilon.map(FigureText.upperBound) ?? "not private",
        interval(method.full.hitRateAt10), interval(method.full.ndcgAt10),
        share(of: method, in: figures.methods),
      ])
    }
    let notice = figures.population.standsInFor.map {
      "\nNobody did any of this, and no figure says anything about \($0): it was not at hand."
    }
    let fallbacks = figures.methodsThatFallBack.map {
      "\nThe \(RunFigures.displayName(ofMethod: $0).lowercased()) ranks worse than popularity (NDCG@10): devices fall back and recommend what is popular."
    }
    return figures.title + (notice ?? "") + "\n\n" + aligned(rows)
      + (fallbacks.isEmpty ? "" : "\n" + fallbacks.joined())
  }

  /// HR@10 over that of the same method without noise; empty where there is nothing to compare.
  private static func share(
    of method: RunFigures.MethodFigures, in methods: [RunFigures.MethodFigures]
  ) -> String {
    guard method.epsilon != nil,
      let reference = methods.first(where: { $0.method == method.method && $0.epsilon == nil }),
      reference.full.hitRateAt10.value > 0
    else { return "" }
    return percent(method.full.hitRateAt10.value / reference.full.hitRateAt10.value)
  }

  private static func percent(_ value: Double) -> String {
    (value * 100).formatted(.number.precision(.fractionLength(0)).locale(Locale(identifier: "C")))
      + " %"
  }

  private static func interval(_ estimate: RunFigures.Estimate) -> String {
    "\(digits(estimate.value)) [\(digits(estimate.low)), \(digits(estimate.high))]"
  }

  private static func digits(_ value: Double) -> String {
    value.formatted(.number.precision(.fractionLength(3)).locale(Locale(identifier: "C")))
  }

  /// Columns side by side, each as wide as its widest cell.
  static func aligned(_ rows: [[String]]) -> String {
    let widths = (rows.first ?? []).indices.map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
        .joined(separator: "  ").trimmingCharacters(in: .whitespaces)
    }.joined(separator: "\n")
  }
}
