/// Lines over a common axis, each named where it ends.
struct LineChart {
  struct Point {
    let x: Double
    let y: Double
    /// Lower and upper end of an interval; `nil` draws none.
    var interval: (low: Double, high: Double)?
  }

  struct Series {
    let name: String
    let points: [Point]
    /// Index of the color in the page's palette.
    let color: Int
    var isStep = false
  }

  /// A value to compare with, drawn over the whole width.
  struct Reference {
    let name: String
    let value: Double
  }

  let title: String
  let xLabel: String
  let yLabel: String
  var xIsLogarithmic = false
  var yIncludesZero = true
  /// Places on the x axis that get a label of their own.
  var xTicks: [(place: Double, label: String)]?
  let series: [Series]
  var references: [Reference] = []

  private static let width = 900.0
  private static let height = 340.0

  /// The drawing.
  var svg: String {
    let points = series.flatMap(\.points)
    guard !points.isEmpty else { return "" }
    let x = Axis(points.map(\.x), from: 60, to: 690, isLogarithmic: xIsLogarithmic)
    let y = Axis(
      points.flatMap { [$0.y, $0.interval?.low ?? $0.y, $0.interval?.high ?? $0.y] }
        + references.map(\.value), from: Self.height - 46, to: 26, includingZero: yIncludesZero)
    var parts = [grid(x, y)]
    var labels: [(place: Double, text: String, color: Int)] = []
    for reference in references {
      let place = Markup.number(y.place(reference.value), 1)
      parts.append(
        "<line x1='60' x2='700' y1='\(place)' y2='\(place)' stroke='var(--c4)' "
          + "stroke-dasharray='5 4'/>")
      labels.append((y.place(reference.value), reference.name, 4))
    }
    for line in series where !line.points.isEmpty {
      parts.append(draw(line, x, y))
      if let last = line.points.last { labels.append((y.place(last.y), line.name, line.color)) }
    }
    parts.append(named(labels))
    return "<svg viewBox='0 0 900 340' role='img' aria-label='\(Markup.escaped(title))'>"
      + parts.joined(separator: "\n") + "</svg>"
  }

  private func grid(_ x: Axis, _ y: Axis) -> String {
    var lines = y.ticks.map { tick in
      let place = Markup.number(y.place(tick), 1)
      return "<line x1='60' x2='700' y1='\(place)' y2='\(place)' stroke='var(--line)'/>"
        + "<text x='52' y='\(place)' dy='4' text-anchor='end'>\(Axis.label(tick))</text>"
    }
    for tick in xTicks ?? x.ticks.map({ ($0, Axis.label($0)) }) {
      lines.append(
        "<text x='\(Markup.number(x.place(tick.place), 1))' y='\(Self.height - 26)' "
          + "text-anchor='middle'>\(Markup.escaped(tick.label))</text>")
    }
    lines.append(
      "<text x='375' y='\(Self.height - 6)' text-anchor='middle'>\(Markup.escaped(xLabel))</text>")
    lines.append("<text x='52' y='12' text-anchor='start'>\(Markup.escaped(yLabel))</text>")
    return lines.joined(separator: "\n")
  }

  private func draw(_ line: Series, _ x: Axis, _ y: Axis) -> String {
    let color = "var(--c\(line.color % 5))"
    var path = ""
    var marks = ""
    for (index, point) in line.points.enumerated() {
      let place = (x: Markup.number(x.place(point.x), 1), y: Markup.number(y.place(point.y), 1))
      path += index == 0 ? "M" : line.isStep ? "H\(place.x)V" : "L"
      path += index > 0 && line.isStep ? "\(place.y)" : "\(place.x) \(place.y)"
      if let interval = point.interval {
        marks +=
          "<line x1='\(place.x)' x2='\(place.x)' y1='\(Markup.number(y.place(interval.low), 1))' "
          + "y2='\(Markup.number(y.place(interval.high), 1))' stroke='\(color)' opacity='.45'/>"
      }
      if line.points.count <= 40 {
        marks += "<circle cx='\(place.x)' cy='\(place.y)' r='3.5' fill='\(color)'/>"
      }
    }
    return "<path d='\(path)' fill='none' stroke='\(color)' stroke-width='2.2'/>\(marks)"
  }

  /// Names at the right, moved apart where they would overlap.
  private func named(_ labels: [(place: Double, text: String, color: Int)]) -> String {
    var next = 0.0
    return labels.sorted { $0.place < $1.place }.map { label in
      let place = max(label.place, next)
      next = place + 16
      return "<text class='name' x='710' y='\(Markup.number(place, 1))' dy='4' "
        + "style='fill:var(--c\(label.color % 5))'>\(Markup.escaped(label.text))</text>"
    }.joined(separator: "\n")
  }
}
