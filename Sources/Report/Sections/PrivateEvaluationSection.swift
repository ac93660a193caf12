/// Metrics that the federation measured on itself under the same protection.
enum PrivateEvaluationSection {
  static func render(_ figures: RunFigures) -> ReportSection? {
    let metrics = figures.privateEvaluation
    guard !metrics.isEmpty else { return nil }
    let isPrivate = figures.scenario.isPrivate
    let sums = isPrivate ? "private sums" : "sums, without noise,"
    let largest = metrics.map { abs($0.released - $0.exact) }.max() ?? 0
    let rows = metrics.map { metric in
      HTMLTable.Row([
        "\(metric.metric)", "\(FigureText.fixed(metric.released, digits: 4))",
        "\(FigureText.fixed(metric.exact, digits: 4))",
        "\(signed(metric.released - metric.exact))",
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
        """, content: table.render())
  }

  private static func signed(_ value: Double) -> String {
    let text = FigureText.fixed(value, digits: 4)
    return value > 0 ? "+" + text : text.replacing("-", with: "−")
  }
}
