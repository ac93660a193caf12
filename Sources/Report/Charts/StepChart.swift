/// A quantity that grows in steps and stays between them, such as a privacy loss over releases.
package struct StepChart: Sendable {
  /// One level and what it was reached by.
  package struct Step: Sendable {
    package var label: String
    package var value: Double

    package init(label: String, value: Double) {
      self.label = label
      self.value = value
    }
  }

  package var title: String
  package var xTitle: String
  package var yTitle: String
  /// Written at the end of the curve.
  package var name: String
  package var steps: [Step]
  /// Written into a hatched band above the curve: for whom there is no level at all.
  package var unbounded: String?
  package var width = 720.0
  package var height = 340.0

  package init(title: String, xTitle: String, yTitle: String, name: String, steps: [Step]) {
    self.title = title
    self.xTitle = xTitle
    self.yTitle = yTitle
    self.name = name
    self.steps = steps.filter(\.value.isFinite)
  }

  /// The same chart for a phone.
  package var narrow: StepChart {
    var chart = self
    chart.width = ChartFrame.narrowWidth
    chart.height = 300
    return chart
  }

  package func render() -> Markup {
    var frame = ChartFrame(width: width, height: height)
    frame.leftMargin = min(frame.leftMargin, width / 8)
    frame.rightMargin = ChartFrame.textWidth(name) + 22
    let band = frame.top
    if unbounded != nil { frame.topMargin += 42 }
    let y = Scale(
      .linear, showing: steps.map(\.value), includesZero: true, from: frame.bottom, to: frame.top)
    let slot = (frame.right - frame.left) / Double(max(steps.count, 1))
    var content = Axis(title: "", scale: y, format: .plain).vertical(in: frame)
    content += """
      <text class="axis-title" x="4" y="\(at: band - 14)">\(yTitle)</text>
      """
    content += bottom(in: frame, slot: slot) + curve(in: frame, slot: slot, y: y)
    if let unbounded { content += hatching(unbounded, in: frame, from: band) }
    return frame.drawing(title: title, content)
  }

  private func bottom(in frame: ChartFrame, slot: Double) -> Markup {
    // Labels that would overlap are left out, evenly.
    let widest = steps.map { ChartFrame.textWidth($0.label) }.max() ?? 0
    let stride = max(1, Int(((widest + 8) / slot).rounded(.up)))
    let ticks = steps.enumerated().filter { $0.offset.isMultiple(of: stride) }.map {
      AxisTick(value: Double($0.offset) + 0.5, label: $0.element.label)
    }
    let scale = Scale(
      .linear, showing: [0, Double(max(steps.count, 1))], from: frame.left, to: frame.right)
    let placed = ticks.map { tick -> Markup in
      """
      <text x="\(at: frame.left + tick.value * slot)" y="\(at: frame.bottom + 19)" \
      text-anchor="middle">\(tick.label)</text>
      """
    }
    return Axis(title: xTitle, scale: scale, ticks: []).horizontal(in: frame)
      + Markup(joining: placed)
  }

  private func curve(in frame: ChartFrame, slot: Double, y: Scale) -> Markup {
    guard let last = steps.last else { return "" }
    var corners: [Markup] = ["\(at: frame.left),\(at: frame.bottom)"]
    for (index, step) in steps.enumerated() {
      let height = y.position(step.value)
      corners.append("\(at: frame.left + Double(index) * slot),\(at: height)")
      corners.append("\(at: frame.left + Double(index + 1) * slot),\(at: height)")
    }
    let line = Markup(joining: corners, separator: " ")
    return """
      <polygon class="area c1" points="\(line) \(at: frame.right),\(at: frame.bottom)"/>\
      <polyline class="line c1 strong" points="\(line)"/>\
      <text class="label c1 strong" x="\(at: frame.right + 8)" \
      y="\(at: y.position(last.value) + 4)">\(name)</text>
      """
  }

  private func hatching(_ text: String, in frame: ChartFrame, from top: Double) -> Markup {
    """
    <defs><pattern id="hatch-\(Int(width))" width="7" height="7" patternUnits="userSpaceOnUse" \
    patternTransform="rotate(45)"><line class="hatch" x1="0" x2="0" y1="0" y2="7"/></pattern>\
    </defs><rect x="\(at: frame.left)" y="\(at: top)" width="\(at: frame.right - frame.left)" \
    height="28" fill="url(#hatch-\(Int(width)))"/><text class="label c2 halo strong" \
    x="\(at: frame.left + 12)" y="\(at: top + 19)">\(text)</text>
    """
  }
}
