/// Metrics that the federation measured on itself under the same protection.
enum PrivateEvaluationSection {
  static func render(_ figures: RunFigures) -> ReportSection? {
    let metrics = figures.privateEvaluation
    guard !metrics.isEmpty else { return nil }
    let isPrivate = figures.scenario.isPrivate
    let sums = isPrivate ? "private sums" : "sums, without noise,"
    let largest = metrics.map { abs(shown($0) - $0.exact) }.max() ?? 0
    let rows = metrics.map { metric in
      HTMLTable.Row([
        "\(metric.metric)", "\(FigureText.fixed(shown(metric), digits: 4))",
        "\(FigureText.fixed(metric.exact, digits: 4))",
        "\(signed(shown(metric) - metric.exact))",
        "\(FigureText.fixed(metric.noiseStandardDeviation, digits: 4))",
      ])
    }
    let table = HTMLTable(
      caption: "Released metrics against what the simulator knows",
      columns: [
        .text("Metric"), .number("Released"), .number("Exact"), .number("Difference"),
        .number("Noise, standard deviation"),
      ], rows: rows)
    return ReportSection(
      anchor: "self-evaluation",
      heading: isPrivate ? "Quality, measured privately" : "Quality, measured by the federation",
      lead: """
        An operator would see these figures through the same \(sums) as everything else; \
        they miss the truth by \(FigureText.fixed(largest, digits: 4)) at most.
        """,
      content: table.render() + zeros
        + (metrics.contains { shown($0) != $0.released } ? outside : ""))
  }

  /// Noise can carry a rate out of its range; nobody would believe it there.
  private static func shown(_ metric: RunFigures.PrivateMetricFigures) -> Double {
    min(max(metric.released, 0), 1)
  }

  private static let zeros: Markup = """
    <p class="note">Means over everybody who was asked. Who has no item to find counts as zero, \
    here as in the column “Exact”: who that is must not show.</p>

    """

  private static let outside: Markup = """
    <p class="note">Noise carried some sums out of the range from 0 to 1; they are shown at its \
    nearer end, and in report.json as they were released.</p>

    """

  private static func signed(_ value: Double) -> String {
    let text = FigureText.fixed(value, digits: 4)
    return value > 0 ? "+" + text : text.replacing("-", with: "−")
  }
}
