/// How the numbers on an axis are written.
package enum AxisFormat: Sendable {
  case plain
  /// Rates between 0 and 1, in percent.
  case percent

  package func text(_ value: Double) -> String {
    switch self {
    case .plain:
      return abs(value) >= 1e6 || (value != 0 && abs(value) < 0.001)
        ? FigureText.scientific(value) : FigureText.short(value)
    case .percent:
      return FigureText.short(value * 100, digits: 2) + "\u{202F}%"
    }
  }
}

/// A mark on an axis and what is written at it.
package struct AxisTick: Sendable {
  package var value: Double
  package var label: String

  package init(value: Double, label: String) {
    self.value = value
    self.label = label
  }
}

/// One axis with its marks, grid lines and title.
package struct Axis: Sendable {
  package var title: String
  package var scale: Scale
  package var ticks: [AxisTick]

  package init(title: String, scale: Scale, format: AxisFormat) {
    self.init(
      title: title, scale: scale,
      ticks: scale.ticks.map { AxisTick(value: $0, label: format.text($0)) })
  }

  package init(title: String, scale: Scale, ticks: [AxisTick]) {
    self.title = title
    self.scale = scale
    self.ticks = ticks
  }

  /// Along the bottom of the plot, the title centered below it.
  package func horizontal(in frame: ChartFrame, hasGrid: Bool = false) -> Markup {
    let marks = ticks.map { tick -> Markup in
      let x = scale.position(tick.value)
      let end = hasGrid ? frame.top : frame.bottom + 5
      return """
        <line class="\(hasGrid ? "grid" : "axis")" x1="\(at: x)" x2="\(at: x)" \
        y1="\(at: frame.bottom)" y2="\(at: end)"/>\
        <text x="\(at: x)" y="\(at: frame.bottom + 19)" text-anchor="middle">\(tick.label)</text>
        """
    }
    let middle = (frame.left + frame.right) / 2
    return Markup(joining: marks)
      + """
      <line class="axis" x1="\(at: frame.left)" x2="\(at: frame.right)" y1="\(at: frame.bottom)" \
      y2="\(at: frame.bottom)"/><text class="axis-title" x="\(at: middle)" \
      y="\(at: frame.bottom + 39)" text-anchor="middle">\(title)</text>
      """
  }

  /// Along the left of the plot with grid lines across it, the title above the axis.
  package func vertical(in frame: ChartFrame) -> Markup {
    let marks = ticks.map { tick -> Markup in
      let y = scale.position(tick.value)
      return """
        <line class="grid" x1="\(at: frame.left)" x2="\(at: frame.right)" y1="\(at: y)" \
        y2="\(at: y)"/><text x="\(at: frame.left - 8)" y="\(at: y + 4)" \
        text-anchor="end">\(tick.label)</text>
        """
    }
    return Markup(joining: marks)
      + """
      <text class="axis-title" x="4" y="\(at: frame.top - 14)">\(title)</text>
      """
  }
}
