import Testing

@testable import Report

@Suite struct ChartTests {
  /// Coordinates that are not numbers would be written as a dash.
  private func isDrawable(_ markup: Markup) -> Bool {
    markup.source.firstMatch(of: /(?:="|,| )–/) == nil
      && markup.source.firstMatch(of: /(?i)\b(nan|inf)\b/) == nil
  }

  @Test(arguments: [
    [], [(3.0, 0.127)], [(1.0, 0.1), (3.0, 0.1), (8.0, 0.1)], [(1.0, 0.0)],
    [(1.0, 0.1), (1.0, 0.2)],
  ])
  func drawsLinesOfFewOrEqualPoints(points: [(Double, Double)]) {
    let line = LineChart.Series(
      name: "Ranker", points: points.map { .init(x: $0.0, y: $0.1, interval: $0.1...$0.1) },
      color: .blue)
    for kind in [Scale.Kind.linear, .logarithmic] {
      var chart = LineChart(title: "t", xTitle: "x", yTitle: "y", series: [line])
      chart.xKind = kind
      let drawing = chart.render()
      #expect(isDrawable(drawing))
      #expect(drawing.source.matches(of: /<circle/).count == points.count)
    }
  }

  @Test func leavesOutPointsThatAreNotFinite() {
    let line = LineChart.Series(
      name: "", points: [.init(x: .nan, y: 1), .init(x: 1, y: .infinity), .init(x: 1, y: 1)],
      color: .blue)
    let drawing = LineChart(title: "t", xTitle: "x", yTitle: "y", series: [line]).render()
    #expect(isDrawable(drawing))
    #expect(drawing.source.matches(of: /<circle/).count == 1)
  }

  @Test(arguments: [[], [0.0], [3.0], [1.0, 1.0], [0.5, 2.0, 3.0], [.infinity]])
  func drawsSteps(values: [Double]) {
    let steps = values.map { StepChart.Step(label: "1", value: $0) }
    let chart = StepChart(title: "t", xTitle: "x", yTitle: "y", name: "A1", steps: steps)
    #expect(isDrawable(chart.render()))
  }

  @Test(arguments: [[], [0.0], [0.5], [0.5, 0.5], [0.01, 100], [-1.0, 2.0]])
  func drawsBars(values: [Double]) {
    let groups = values.map {
      BarChart.Group(name: "g", bars: [.init(name: "b", value: $0, color: .blue)])
    }
    for (kind, baseline) in [(Scale.Kind.linear, 0.0), (.logarithmic, 1.0)] {
      var chart = BarChart(title: "t", valueTitle: "v", groups: groups)
      chart.kind = kind
      chart.baseline = baseline
      let drawing = chart.render()
      #expect(isDrawable(drawing))
      #expect(drawing.source.matches(of: /<rect/).count == values.count)
      for match in drawing.source.matches(of: /width="(-[0-9.]+)"/) {
        Issue.record("a bar of negative width \(match.1)")
      }
    }
  }

  @Test(arguments: [Scale.Kind.linear, .logarithmic])
  func placesValuesInOrderWithinTheRange(kind: Scale.Kind) {
    let values = [0.002, 0.5, 1, 3, 8, 900]
    let scale = Scale(kind, showing: values, from: 10, to: 110)
    let positions = values.map(scale.position)
    #expect(positions == positions.sorted())
    #expect(positions.allSatisfy { (10...110).contains($0) })
    #expect(scale.position(1e9) == 110)
    #expect(scale.position(-1e9) == 10)
  }

  @Test func marksRoundValues() {
    #expect(
      Scale(.linear, showing: [0.02, 0.161], includesZero: true, from: 0, to: 1).ticks
        == [0, 0.05, 0.1, 0.15, 0.2])
    #expect(Scale(.linear, showing: [0, 3], from: 0, to: 1).ticks.contains(2.5))
    #expect(
      Scale(.logarithmic, showing: [1, 8], from: 0, to: 1).ticks.map { FigureText.short($0) }
        == ["1", "2", "5"])
  }

  @Test func keepsLabelsApart() {
    let spread = ChartFrame.spread([50, 51, 52, 200, 199], from: 0, to: 200)
    let sorted = spread.sorted()
    for (upper, lower) in zip(sorted, sorted.dropFirst()) {
      #expect(lower - upper >= ChartFrame.lineHeight - 1e-9)
    }
    #expect(spread.allSatisfy { (0...200).contains($0) })
    #expect(spread[0] < spread[1] && spread[1] < spread[2] && spread[4] < spread[3])
  }
}

@Suite struct FigureTextTests {
  @Test func writesNumbersAsReadersDo() {
    #expect(FigureText.fixed(0.05, digits: 1) == "0.1")
    #expect(FigureText.fixed(-0.04, digits: 1) == "0.0")
    #expect(FigureText.fixed(-1.25, digits: 2) == "-1.25")
    #expect(FigureText.fixed(.nan, digits: 2) == FigureText.missing)
    #expect(FigureText.percent(0.1274) == "12.7\u{202F}%")
    #expect(FigureText.count(1_234_567) == "1,234,567")
    #expect(FigureText.count(-999) == "-999")
    #expect(FigureText.bytes(999) == "999\u{202F}B")
    #expect(FigureText.bytes(134_104) == "134\u{202F}kB")
    #expect(FigureText.scientific(1e-5) == "10⁻⁵")
    #expect(FigureText.scientific(2.5e-6) == "2.5·10⁻⁶")
    #expect(FigureText.scientific(1e3) == "10³")
    #expect(FigureText.epsilon(nil) == "nothing")
    #expect(FigureText.epsilon(.infinity) == "nothing")
    #expect(FigureText.epsilon(3) == "ε = 3")
    #expect(FigureText.short(2.50) == "2.5")
    #expect(FigureText.short(100) == "100")
  }
}
