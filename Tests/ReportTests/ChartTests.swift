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

  @Test func drawsForPhonesWithNamesWhereThereIsRoom() {
    var line = LineChart(
      title: "t", xTitle: "x", yTitle: "y",
      series: [.init(name: "A long name of a line", points: [.init(x: 0, y: 1)], color: .blue)])
    line.references = [.init(name: "A level", value: 0.5)]
    var bars = BarChart(
      title: "t", valueTitle: "v",
      groups: [
        .init(
          name: "A group of a rather long name", bars: [.init(name: "b", value: 1, color: .blue)])
      ])
    bars.width = 720
    let steps = StepChart(
      title: "t", xTitle: "x", yTitle: "y", name: "A1", steps: [.init(label: "1", value: 1)])
    for drawing in [line.narrow.render(), bars.narrow.render(), steps.narrow.render()] {
      #expect(isDrawable(drawing))
      #expect(drawing.source.contains("viewBox=\"0 0 360.0 "))
      // Text that starts on the paper and is no longer than it.
      for match in drawing.source.matches(
        of: /<text class="(?:label|group)[^>]*? x="([0-9.]+)"[^>]*>([^<]*)/)
      {
        let start = Double(match.1) ?? .infinity
        #expect(start + ChartFrame.textWidth(String(match.2)) <= 360, "\(match.2)")
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

  @Test(arguments: [
    [0, 0.161], [0, 0.1646], [0.02, 0.175], [0, 0.189], [0, 3], [0, 2.9999], [-0.3, 0.7],
    [0.001, 0.0011], [0, 5], [99_000, 101_500],
  ])
  func setsLinearTicksAtEqualDistanceWithinTheDomain(values: [Double]) throws {
    let scale = Scale(.linear, showing: values, from: 380, to: 28)
    #expect(scale.ticks.allSatisfy { $0 >= scale.low - 1e-9 && $0 <= scale.high + 1e-9 })
    let positions = scale.ticks.map(scale.position)
    let steps = zip(positions, positions.dropFirst()).map { $0 - $1 }
    let first = try #require(steps.first)
    #expect(steps.allSatisfy { abs($0 - first) < 1e-6 }, "\(steps)")
    // The first and last tick are the ends of the axis.
    #expect(abs((positions.first ?? 0) - 380) < 1e-6 && abs((positions.last ?? 0) - 28) < 1e-6)
    #expect((3...11).contains(scale.ticks.count))
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
    #expect(FigureText.epsilon(nil) == "no bound")
    #expect(FigureText.epsilon(.infinity) == "no bound")
    #expect(FigureText.epsilon(3) == "ε = 3")
    #expect(FigureText.short(2.50) == "2.5")
  }

  @Test(arguments: [
    (3.0, "3"), (2.504, "2.51"), (2.999_997, "3"), (3.000_000_1, "3.01"), (0.1249, "0.125"),
    (0.5049, "0.505"), (0.07, "0.07"), (0.001, "0.001"), (0.004, "0.004"), (999.5, "1000"),
    (138.1, "139"), (1000, "1000"), (123_456, "124000"), (0.000_316_1, "3.17·10⁻⁴"),
    (1e-5, "10⁻⁵"), (1.234e-6, "1.24·10⁻⁶"), (1e-9, "10⁻⁹"), (1e-300, "10⁻³⁰⁰"),
    (.leastNonzeroMagnitude, "10⁻³⁰⁰"),
    (138_200_473.11, "1.39·10⁸"), (1e300, "10³⁰⁰"), (0, "0"), (.infinity, FigureText.missing),
  ])
  func neverRoundsABoundDown(bound: Double, text: String) {
    #expect(FigureText.upperBound(bound) == text)
  }

  @Test func statesEpsilonRoundedUpWhereverItStands() {
    var figures = SampleFigures.complete
    figures.scenario.epsilon = 2.504
    for index in figures.guarantees.indices where figures.guarantees[index].epsilon != nil {
      figures.guarantees[index].epsilon = 2.504
    }
    for index in figures.methods.indices where figures.methods[index].epsilon == 3 {
      figures.methods[index].epsilon = 2.504
    }
    let html = ReportRenderer.html(figures)
    #expect(html.contains("at most ε = 2.51"))
    #expect(html.contains("At epsilon 2.51,"))
    #expect(html.contains("<b>2.51</b> <span>epsilon</span>"))
    #expect(html.firstMatch(of: /(ε|epsilon|ε =) 2\.5(04)?\b/) == nil)
  }

  @Test func writesSizesAndPowers() {
    #expect(FigureText.short(2.50) == "2.5")
    #expect(FigureText.short(100) == "100")
  }
}
