/// The paper of a chart: its size, the margins around the plot, and the tag that holds the drawing.
package struct ChartFrame: Sendable {
  /// The height of one line of chart text.
  package static let lineHeight = 16.0
  /// As wide as the screen of a phone, so that text keeps its size there.
  package static let narrowWidth = 360.0

  package var width: Double
  package var height: Double
  package var leftMargin = 56.0
  package var rightMargin = 24.0
  package var topMargin = 28.0
  package var bottomMargin = 48.0

  package init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  package var left: Double { leftMargin }
  package var right: Double { width - rightMargin }
  package var top: Double { topMargin }
  package var bottom: Double { height - bottomMargin }

  /// The finished drawing; `title` is what a screen reader says.
  package func drawing(title: String, _ content: Markup) -> Markup {
    """
    <svg class="chart" viewBox="0 0 \(at: width) \(at: height)" role="img" \
    style="--w:\(at: width)px"><title>\(title)</title>\(content)</svg>
    """
  }

  /// About how wide `text` is drawn in the chart's size; generous, since fonts differ.
  package static func textWidth(_ text: String) -> Double {
    Double(text.count) * 7.2
  }

  /// Moves labels apart until none overlaps its neighbor, keeping them between `top` and `bottom`.
  ///
  /// The result has the order of `positions`.
  package static func spread(
    _ positions: [Double], gap: Double = lineHeight, from top: Double, to bottom: Double
  ) -> [Double] {
    let order = positions.indices.sorted { (positions[$0], $0) < (positions[$1], $1) }
    var spread = positions
    var least = top
    for index in order {
      spread[index] = max(spread[index], least)
      least = spread[index] + gap
    }
    var most = bottom
    for index in order.reversed() where spread[index] > most {
      spread[index] = most
      most -= gap
    }
    return spread
  }
}

/// One of the colors of the report's palette; the style sheet gives it a value per theme.
package enum ChartColor: Int, CaseIterable, Sendable {
  case blue = 1
  case orange
  case teal
  case purple
  case gray

  /// The color of the series at `index`; gray is kept for what is not ours.
  package static func series(_ index: Int) -> ChartColor {
    let palette: [ChartColor] = [.blue, .orange, .teal, .purple]
    return palette[index % palette.count]
  }

  /// The class that sets the color of lines and fills.
  package var className: Markup { "c\(rawValue)" }
}
