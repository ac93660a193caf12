/// Horizontal bars in groups: names to the left, values to the right of each bar.
package struct BarChart: Sendable {
  /// One bar, with its interval when it has one.
  package struct Bar: Sendable {
    package var name: String
    package var value: Double
    package var interval: ClosedRange<Double>?
    package var color: ChartColor

    package init(
      name: String, value: Double, interval: ClosedRange<Double>? = nil, color: ChartColor
    ) {
      self.name = name
      self.value = value
      self.interval = interval
      self.color = color
    }
  }

  /// Bars that belong together.
  package struct Group: Sendable {
    package var name: String
    package var bars: [Bar]

    package init(name: String, bars: [Bar]) {
      self.name = name
      self.bars = bars.filter(\.value.isFinite)
    }
  }

  package var title: String
  package var valueTitle: String
  package var groups: [Group]
  package var kind: Scale.Kind = .linear
  /// Where bars start; on a logarithmic scale 1 separates more from less.
  package var baseline = 0.0
  package var format: AxisFormat = .percent
  package var width = 720.0

  /// Puts the names of groups above their bars instead of beside them.
  private var hasNamesAbove = false

  private let barHeight = 17.0
  private let groupGap = 12.0
  private var nameHeight: Double { hasNamesAbove ? 18 : 0 }

  package init(title: String, valueTitle: String, groups: [Group]) {
    self.title = title
    self.valueTitle = valueTitle
    self.groups = groups
  }

  /// The same chart for a phone.
  package var narrow: BarChart {
    var chart = self
    chart.width = ChartFrame.narrowWidth
    chart.hasNamesAbove = groupNameWidth > 110
    return chart
  }

  package func render() -> Markup {
    let height = groups.reduce(0) { $0 + self.height(of: $1) }
    var frame = ChartFrame(width: width, height: height + 68)
    frame.topMargin = 8
    frame.leftMargin = (hasNamesAbove ? 0 : groupNameWidth) + barNameWidth + 20
    frame.rightMargin = hasNamesAbove ? 56 : 72
    let values = groups.flatMap(\.bars).flatMap {
      [$0.value, $0.interval?.lowerBound, $0.interval?.upperBound]
    }
    let scale = Scale(
      kind, showing: values.compactMap(\.self) + [baseline], from: frame.left, to: frame.right)
    var content = Axis(title: valueTitle, scale: scale, format: format)
      .horizontal(in: frame, hasGrid: true)
    let zero = scale.position(baseline)
    content += """
      <line class="axis" x1="\(at: zero)" x2="\(at: zero)" y1="\(at: frame.top)" \
      y2="\(at: frame.bottom)"/>
      """
    var top = frame.top + groupGap / 2
    for group in groups {
      content += drawing(of: group, at: top, in: frame, scale: scale)
      top += self.height(of: group)
    }
    return frame.drawing(title: title, content)
  }

  private func height(of group: Group) -> Double {
    nameHeight + Double(group.bars.count) * barHeight + groupGap
  }

  private var groupNameWidth: Double {
    groups.map { ChartFrame.textWidth($0.name) }.max() ?? 0
  }

  private var barNameWidth: Double {
    let widest = groups.flatMap(\.bars).map { ChartFrame.textWidth($0.name) }.max() ?? 0
    return widest == 0 ? 0 : widest + 8
  }

  private func drawing(
    of group: Group, at top: Double, in frame: ChartFrame, scale: Scale
  ) -> Markup {
    let middle = hasNamesAbove ? top + 8 : top + Double(group.bars.count) * barHeight / 2
    let bars = top + nameHeight
    var content: Markup = """
      <text class="group halo" x="4" y="\(at: middle + 4)">\(group.name)</text>
      """
    for (index, bar) in group.bars.enumerated() {
      content += drawing(of: bar, at: bars + Double(index) * barHeight, in: frame, scale: scale)
    }
    return content
  }

  private func drawing(of bar: Bar, at top: Double, in frame: ChartFrame, scale: Scale) -> Markup {
    let zero = scale.position(baseline)
    let end = scale.position(bar.value)
    let middle = top + barHeight / 2
    var reach = max(zero, end)
    var content: Markup = """
      <text class="label \(bar.color.className)" x="\(at: frame.left - 8)" y="\(at: middle + 4)" \
      text-anchor="end">\(bar.name)</text><rect class="bar \(bar.color.className)" \
      x="\(at: min(zero, end))" y="\(at: top + 2)" width="\(at: abs(end - zero))" \
      height="\(at: barHeight - 4)" rx="1.5"/>
      """
    if let interval = bar.interval {
      let (low, high) = (scale.position(interval.lowerBound), scale.position(interval.upperBound))
      reach = max(reach, high)
      content += """
        <line class="whisker" x1="\(at: low)" x2="\(at: high)" y1="\(at: middle)" \
        y2="\(at: middle)"/>
        """
    }
    return content
      + """
      <text class="value" x="\(at: reach + 7)" y="\(at: middle + 4)">\(valueText(bar.value))</text>
      """
  }

  private func valueText(_ value: Double) -> String {
    switch format {
    case .percent: FigureText.percent(value)
    case .plain: FigureText.significant(value)
    }
  }
}
