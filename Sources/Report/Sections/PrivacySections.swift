extension HTMLReport {
  /// Who is promised what, and how it was spent.
  var privacySection: String {
    let rows = figures.guarantees.map { row in
      [
        "<b>\(Markup.escaped(row.adversary))</b>", wide(row.summary),
        row.epsilon.map {
          "&epsilon; &le; \(Markup.number($0)), &delta; \(Self.scientific(row.delta))"
        }
          ?? "nothing",
        wide(row.assumptions.joined(separator: " ")),
      ]
    }
    let first = figures.guarantees.first
    let unit =
      "Unit: \(Markup.escaped(first?.privacyUnit ?? "")). "
      + "Adjacency: \(Markup.escaped(first?.neighboringRelation ?? "")): the user's contributions "
      + "are replaced by nothing, the list of participants is public."
    return Markup.section(
      "What is guaranteed, against whom",
      "A guarantee holds against those who see releases; nothing is claimed where nothing is "
        + "proved.",
      Markup.table(["", "who", "guarantee for each user", "provided that"], rows)
        + "<p class='meta'>\(unit)</p>" + spending)
  }

  private func wide(_ text: String) -> String {
    "<span style='white-space:normal'>\(Markup.escaped(text))</span>"
  }

  private var spending: String {
    let points = figures.rounds.enumerated().compactMap { index, round in
      round.epsilonSoFar.map { LineChart.Point(x: Double(index + 1), y: $0) }
    }
    guard !points.isEmpty else { return "" }
    let chart = LineChart(
      title: "Epsilon after each release", xLabel: "release",
      yLabel: "epsilon so far, against A1 and A2",
      series: [LineChart.Series(name: "spent", points: points, color: 0, isStep: true)],
      references: figures.scenario.epsilon.map { [.init(name: "promised", value: $0)] } ?? [])
    let names = figures.rounds.map { "\($0.task) \($0.round)" }
    let order = "In order: \(names.prefix(2).joined(separator: ", ")), then the ranker's rounds"
    return Markup.figure(
      chart.svg, Markup.escaped("\(order). Against A3 to A6 nothing is claimed."))
  }

  /// What stands above the noise.
  var signalSection: String {
    let bars = figures.rounds.compactMap { round in
      round.signalToNoise.map { ratio in
        BarChart.Bar(
          name: "\(round.task) \(round.round)", value: ratio, label: Markup.number(ratio, 2),
          color: round.task == "ranker" ? 1 : 0)
      }
    }
    return Markup.section(
      "Signal against noise",
      "How long the released sum is, compared with the noise on it. Below 1 only its strongest "
        + "directions can be told from noise.",
      bars.isEmpty
        ? "" : BarChart(title: "Signal to noise", bars: bars, isLogarithmic: true).svg)
  }

  /// What a device spends.
  var costSection: String {
    let rows = figures.deviceCost.map { cost in
      let milliseconds = figures.timings.deviceCPUMilliseconds.first { $0.task == cost.task }
      return [
        Markup.escaped(cost.task), "\(cost.uploads)", Markup.bytes(cost.uploadBytes),
        Markup.bytes(cost.downloadBytes),
        milliseconds.map { Markup.number($0.milliseconds, 2) + " ms" } ?? "",
      ]
    }
    return Markup.section(
      "What it asks of a device",
      "Everything one device sends, receives and computes over the whole run.",
      Markup.table(["task", "uploads", "sent", "received", "CPU time, on this machine"], rows))
  }
}
