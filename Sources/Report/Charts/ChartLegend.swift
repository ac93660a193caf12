/// The names of a chart's lines below its horizontal axis, for where there is no room beside them.
struct ChartLegend {
  static let lineHeight = 19.0

  let lines: [(name: String, color: ChartColor, isEmphasized: Bool)]
  /// Names of the dashed lines.
  let references: [String]

  func render(in frame: ChartFrame) -> Markup {
    let top = frame.bottom + 62
    let own = lines.enumerated().map { index, line in
      entry(
        line.name, at: top + Double(index) * Self.lineHeight,
        stroke: line.isEmphasized
          ? "line \(line.color.className) strong" : "line \(line.color.className)",
        text: line.isEmphasized
          ? "label \(line.color.className) strong" : "label \(line.color.className)")
    }
    let dashed = references.enumerated().map { index, name in
      entry(
        name, at: top + Double(lines.count + index) * Self.lineHeight, stroke: "reference",
        text: "label \(ChartColor.gray.className)")
    }
    return Markup(joining: own + dashed)
  }

  private func entry(_ name: String, at y: Double, stroke: Markup, text: Markup) -> Markup {
    """
    <line class="\(stroke)" x1="4" x2="30" y1="\(at: y - 4)" y2="\(at: y - 4)"/>\
    <text class="\(text)" x="38" y="\(at: y)">\(name)</text>
    """
  }
}
