/// What one device spends.
enum DeviceCostSection {
  static func render(_ figures: RunFigures) -> ReportSection? {
    guard !figures.deviceCost.isEmpty else { return nil }
    let up = figures.deviceCost.reduce(0) { $0 + $1.uploadBytes }
    let down = figures.deviceCost.reduce(0) { $0 + $1.downloadBytes }
    let times = figures.timings.deviceCPUMilliseconds
    let total = times.reduce(0) { $0 + $1.milliseconds }
    let effort: Markup =
      times.isEmpty ? "" : " and computes for \(FigureText.seconds(total / 1000))"
    let rows = figures.deviceCost.map { cost -> HTMLTable.Row in
      let time = times.first { $0.task == cost.task }
      return HTMLTable.Row([
        "\(RunFigures.displayName(ofTask: cost.task))", "\(FigureText.count(cost.uploads))",
        "\(FigureText.bytes(cost.uploadBytes))", "\(FigureText.bytes(cost.downloadBytes))",
        "\(time.map { FigureText.fixed($0.milliseconds, digits: 1) } ?? FigureText.missing)",
      ])
    }
    let table = HTMLTable(
      caption: "One device over the whole run",
      columns: [
        .text("Task"), .number("Uploads"), .number("Sent"), .number("Received"),
        .number("CPU, ms (mean, this machine)"),
      ], rows: rows)
    return ReportSection(
      anchor: "device", heading: "What it costs a device",
      lead: """
        Over the whole run one device sends \(FigureText.bytes(up)), receives \
        \(FigureText.bytes(down))\(effort).
        """, content: table.render())
  }
}
