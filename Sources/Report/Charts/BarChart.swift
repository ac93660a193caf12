/// Horizontal bars with a name and a value each.
struct BarChart {
  struct Bar {
    let name: String
    let value: Double
    let label: String
    let color: Int
  }

  let title: String
  let bars: [Bar]
  var isLogarithmic = false

  /// The drawing.
  var svg: String {
    guard !bars.isEmpty else { return "" }
    let height = 26 * bars.count + 10
    // On a logarithmic axis the smallest bar still shows.
    let least = (bars.map(\.value).filter { $0 > 0 }.min() ?? 1) / 2
    let axis = Axis(
      bars.map(\.value) + (isLogarithmic ? [least] : []), from: 0, to: 520, includingZero: true,
      isLogarithmic: isLogarithmic)
    let drawn = bars.enumerated().map { index, bar in
      let y = 26 * index + 6
      let width = Markup.number(max(axis.place(bar.value), 1), 1)
      return "<text x='252' y='\(y + 13)' text-anchor='end'>\(Markup.escaped(bar.name))</text>"
        + "<rect x='262' y='\(y)' width='\(width)' height='17' rx='3' "
        + "fill='var(--c\(bar.color % 5))'/>"
        + "<text class='name' x='\(Markup.number(262 + axis.place(bar.value) + 8, 1))' "
        + "y='\(y + 13)'>\(Markup.escaped(bar.label))</text>"
    }.joined(separator: "\n")
    return "<svg viewBox='0 0 900 \(height)' role='img' aria-label='\(Markup.escaped(title))'>"
      + drawn + "</svg>"
  }
}
