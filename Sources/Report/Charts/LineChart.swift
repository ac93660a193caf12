/// Lines over a numeric axis, each labeled at its end, with optional intervals and reference lines.
package struct LineChart: Sendable {
  /// One point, with its interval when it has one.
  package struct Point: Sendable {
    package var x: Double
    package var y: Double
    package var interval: ClosedRange<Double>?

    package init(x: Double, y: Double, interval: ClosedRange<Double>? = nil) {
      self.x = x
      self.y = y
      self.interval = interval
    }
  }

  /// One line.
  package struct Series: Sendable {
    package var name: String
    package var points: [Point]
    package var color: ChartColor
    package var isEmphasized: Bool
    /// False draws the line alone, for curves of many points.
    package var hasMarks: Bool

    package init(
      name: String, points: [Point], color: ChartColor, isEmphasized: Bool = false,
      hasMarks: Bool = true
    ) {
      self.name = name
      self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
      self.color = color
      self.isEmphasized = isEmphasized
      self.hasMarks = hasMarks
    }
  }

  /// A level to compare with, drawn across the whole plot.
  package struct Reference: Sendable {
    package var name: String
    package var value: Double

    package init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  package var title: String
  package var xTitle: String
  package var yTitle: String
  package var series: [Series]
  package var references: [Reference] = []
  package var xKind: Scale.Kind = .linear
  /// `nil` marks round values.
  package var xTicks: [AxisTick]?
  package var xFormat: AxisFormat = .plain
  package var yFormat: AxisFormat = .percent
  package var yIncludesZero = true
  /// Draws y = x, the line of guessing.
  package var hasDiagonal = false
  package var width = 720.0
  package var height = 380.0
  /// Puts the names of lines below the plot instead of beside their ends.
  private var hasLegend = false

  package init(title: String, xTitle: String, yTitle: String, series: [Series]) {
    self.title = title
    self.xTitle = xTitle
    self.yTitle = yTitle
    self.series = series
  }

  /// The same chart for a phone.
  package var narrow: LineChart {
    var chart = self
    chart.width = ChartFrame.narrowWidth
    chart.height = 300
    chart.hasLegend = true
    return chart
  }

  private var frame: ChartFrame {
    var frame = ChartFrame(width: width, height: height)
    let names = series.map(\.name) + references.map(\.name)
    if hasLegend {
      let legend = Double(names.count) * ChartLegend.lineHeight + 8
      frame.height += legend
      frame.bottomMargin += legend
      frame.leftMargin = 44
      frame.rightMargin = 8
    } else {
      frame.rightMargin = (names.map(ChartFrame.textWidth).max() ?? 0) + 22
    }
    return frame
  }

  package func render() -> Markup {
    let frame = frame
    let axes = axes(in: frame)
    var content = axes.y.vertical(in: frame) + axes.x.horizontal(in: frame)
    if hasDiagonal {
      content += """
        <line class="reference" x1="\(at: axes.x.scale.position(0))" \
        x2="\(at: axes.x.scale.position(1))" y1="\(at: axes.y.scale.position(0))" \
        y2="\(at: axes.y.scale.position(1))"/>
        """
    }
    for reference in references {
      let y = axes.y.scale.position(reference.value)
      content += """
        <line class="reference" x1="\(at: frame.left)" x2="\(at: frame.right)" y1="\(at: y)" \
        y2="\(at: y)"/>
        """
    }
    for (index, line) in series.enumerated() {
      let offset = (Double(index) - Double(series.count - 1) / 2) * 5
      content += drawing(of: line, x: axes.x.scale, y: axes.y.scale, offset: offset)
    }
    let names =
      hasLegend
      ? ChartLegend(
        lines: series.map { ($0.name, $0.color, $0.isEmphasized) },
        references: references.map(\.name)
      ).render(in: frame) : labels(in: frame, y: axes.y.scale)
    return frame.drawing(title: title, content + names)
  }

  private func axes(in frame: ChartFrame) -> (x: Axis, y: Axis) {
    let points = series.flatMap(\.points)
    let levels = points.flatMap { [$0.y, $0.interval?.lowerBound, $0.interval?.upperBound] }
    let y = Scale(
      .linear, showing: levels.compactMap(\.self) + references.map(\.value),
      includesZero: yIncludesZero, from: frame.bottom, to: frame.top)
    // Marks and intervals are moved aside a little; they must not leave the plot.
    let inset = series.contains(where: \.hasMarks) ? 18.0 : 0
    let x = Scale(
      xKind, showing: points.map(\.x) + (xTicks ?? []).map(\.value), from: frame.left + inset,
      to: frame.right - inset)
    let xAxis =
      xTicks.map { Axis(title: xTitle, scale: x, ticks: $0) }
      ?? Axis(title: xTitle, scale: x, format: xFormat)
    return (xAxis, Axis(title: yTitle, scale: y, format: yFormat))
  }

  private func drawing(of line: Series, x: Scale, y: Scale, offset: Double) -> Markup {
    let shift = line.hasMarks ? offset : 0
    let corners = line.points.map { point -> Markup in
      "\(at: x.position(point.x) + shift),\(at: y.position(point.y))"
    }
    var content: Markup = """
      <polyline class="line \(line.color.className)\(line.isEmphasized ? " strong" : "")" \
      points="\(Markup(joining: corners, separator: " "))"/>
      """
    guard line.hasMarks else { return content }
    for point in line.points {
      let center = x.position(point.x) + shift
      if let interval = point.interval {
        content += """
          <line class="interval \(line.color.className)" x1="\(at: center)" x2="\(at: center)" \
          y1="\(at: y.position(interval.lowerBound))" y2="\(at: y.position(interval.upperBound))"/>
          """
      }
      content += """
        <circle class="mark \(line.color.className)" cx="\(at: center)" \
        cy="\(at: y.position(point.y))" r="\(at: line.isEmphasized ? 5 : 3.6)"/>
        """
    }
    return content
  }

  /// Names beside the ends of the lines, so that no legend is needed.
  private func labels(in frame: ChartFrame, y: Scale) -> Markup {
    let ends = series.compactMap { line in
      line.points.last.map { (line.name, y.position($0.y), line.color, line.isEmphasized) }
    }
    let levels = references.map { ($0.name, y.position($0.value), ChartColor.gray, false) }
    let all = ends + levels
    let heights = ChartFrame.spread(all.map(\.1), from: frame.top, to: frame.bottom - 2)
    return Markup(
      joining: zip(all, heights).map { label, height in
        """
        <text class="label \(label.2.className)\(label.3 ? " strong" : "")" \
        x="\(at: frame.right + 8)" y="\(at: height + 4)">\(label.0)</text>
        """
      })
  }
}
