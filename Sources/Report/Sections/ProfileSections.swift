extension HTMLReport {
  /// Three people, as their own devices see them.
  var profileSection: String {
    Markup.section(
      "Three devices' own profiles",
      "Computed on the device from its own events and released parts. In a deployment nobody but "
        + "the user sees this.",
      figures.profiles.isEmpty
        ? "" : "<div class='cards'>\(figures.profiles.map(card).joined())</div>")
  }

  private func card(_ profile: RunFigures.ProfileFigures) -> String {
    let tags = profile.tags.map { tag in
      "<span class='tag'>\(Markup.escaped(tag.name)) &times;\(Markup.number(tag.score, 1))</span>"
    }.joined()
    let top = profile.categories.map(\.score).max() ?? 1
    let bars = profile.categories.map { category in
      "<div class='bar'><span>\(Markup.escaped(category.name))</span>"
        + "<i style='width:\(Markup.number(100 * category.score / max(top, 1e-9), 0))%'></i>"
        + "<span>\(Markup.percent(category.score))</span></div>"
    }.joined()
    let items = profile.recommendations.prefix(5).map { item in
      let why = item.reasons.map(Markup.escaped).joined(separator: ", ")
      return "<li>\(Markup.escaped(item.title))"
        + (why.isEmpty ? "" : "<span class='why'>because of \(why)</span>") + "</li>"
    }.joined()
    return """
      <div class="card"><h3>\(Markup.escaped(profile.label))</h3>
      <div class="meta">\(activity(profile))</div>
      <h4>Stands out for</h4>\(tags)
      <h4>Interest now</h4>\(bars)
      <h4>Recommended, and why</h4><ol>\(items)</ol>
      <h4>Held out</h4>\(Markup.escaped(profile.heldOut)): ranked \
      \(Markup.count(profile.heldOutRank))</div>
      """
  }

  private func activity(_ profile: RunFigures.ProfileFigures) -> String {
    var parts = ["\(Markup.count(profile.events)) events"]
    if let days = profile.recencyDays { parts.append("last \(Markup.number(days, 0)) days ago") }
    if let weekly = profile.frequencyPerWeek {
      parts.append("\(Markup.number(weekly, 1)) a week")
    }
    if let daily = profile.intensity {
      parts.append("\(Markup.number(daily, 1)) on an active day")
    }
    if let level = profile.priceLevel { parts.append("price level \(Markup.percent(level))") }
    return parts.joined(separator: " &middot; ")
  }

  /// Whose behavior it was.
  var populationSection: String {
    let population = figures.population
    let rows = population.cleaning.map {
      [Markup.escaped($0.step), Markup.count($0.count), Markup.escaped($0.action)]
    }
    let bad = population.badRows.map {
      [Markup.escaped($0.file), "\($0.line)", Markup.escaped($0.reason)]
    }
    let kind = population.isSynthetic ? "generated, not real" : "real behavior"
    let lead =
      "\(Markup.escaped(population.name)): \(kind). \(Markup.count(population.users)) users, "
      + "\(Markup.count(population.items)) items, \(Markup.count(population.events)) events of "
      + "\(Markup.count(population.rowsRead)) rows; \(Markup.count(population.badRowCount)) rows "
      + "could not be read."
    let licence = population.licence.map { "<p class='meta'>\(Markup.escaped($0))</p>" } ?? ""
    return Markup.section(
      "The behavior", lead,
      Markup.table(["found", "rows", "what was done"], rows)
        + Markup.table(["file", "line", "why it could not be read"], bad) + licence)
  }

  /// How to get the same figures again.
  var reproductionSection: String {
    let timings = figures.timings
    let phases = timings.phases.map {
      [Markup.escaped($0.phase), Markup.number($0.seconds, 2) + " s"]
    }
    return Markup.section(
      "Do it again",
      "The same command gives the same figures to the byte, apart from the timings.",
      """
      <pre>\(Markup.escaped(figures.scenario.command))</pre>
      <p class="meta">Plan <code>\(Markup.escaped(figures.scenario.planHash))</code> (BLAKE2b-256 of \
      the text below), seed \(figures.scenario.seed), version \
      \(Markup.escaped(figures.scenario.version)). Took \
      \(Markup.number(timings.wallSeconds, 1)) s, \(Markup.number(timings.cpuSeconds, 1)) s of CPU, \
      \(Markup.bytes(timings.peakMemoryBytes)), \(timings.threads) threads.</p>
      \(Markup.table(["phase", "time"], phases))
      <pre>\(Markup.escaped(figures.scenario.plan))</pre>
      """)
  }
}
