internal import Behavior

/// A population's spread as one picture: how long histories are, and when events happened.
enum SummaryPicture {
  private static let width = 720
  private static let plotHeight = 160

  /// A self-contained SVG with one panel, or two where events have times.
  static func svg(of summary: PopulationSummary) -> String {
    var panels = [
      panel(
        title: "Users by number of events (from \(summary.eventsPerUser.minimum) to "
          + "\(summary.eventsPerUser.maximum))",
        bars: summary.historyLengths.map {
          (label: "\($0.lengths.lowerBound) to \($0.lengths.upperBound) events", count: $0.users)
        })
    ]
    if !summary.eventsOverTime.isEmpty {
      panels.append(
        panel(
          title: "Events over time (bars of \(summary.timeBinDays) days)",
          bars: summary.eventsOverTime.enumerated().map {
            (label: "from day \($0.offset * summary.timeBinDays)", count: $0.element.events)
          }))
    }
    let panelHeight = plotHeight + 60
    let groups = panels.enumerated().map {
      "<g transform=\"translate(0 \($0.offset * panelHeight))\">\n\($0.element)\n</g>"
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(panels.count * panelHeight)" \
      font-family="sans-serif" font-size="13" role="img">
      <rect width="100%" height="100%" fill="#fff"/>
      \(groups.joined(separator: "\n"))
      </svg>

      """
  }

  /// Bars from zero, each with its label and count as a tooltip.
  private static func panel(title: String, bars: [(label: String, count: Int)]) -> String {
    let highest = max(1, bars.map(\.count).max() ?? 1)
    let step = Double(width - 40) / Double(max(1, bars.count))
    let rectangles = bars.enumerated().map { index, bar in
      let height = Double(plotHeight) * Double(bar.count) / Double(highest)
      let x = tenth(20 + Double(index) * step)
      let y = tenth(30 + Double(plotHeight) - height)
      return "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(tenth(max(1, step - 1)))\" "
        + "height=\"\(tenth(height))\" fill=\"#3a6ea5\"><title>\(bar.label): \(bar.count)</title>"
        + "</rect>"
    }
    let heading = "<text x=\"20\" y=\"20\">\(title); highest bar \(highest)</text>"
    let axis =
      "<line x1=\"20\" x2=\"\(width - 20)\" y1=\"\(30 + plotHeight)\" y2=\"\(30 + plotHeight)\" "
      + "stroke=\"#333\"/>"
    return ([heading] + rectangles + [axis]).joined(separator: "\n")
  }

  private static func tenth(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
