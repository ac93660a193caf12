/// Example profiles, as their owners would see them on their own devices.
enum ProfileSection {
  static func render(_ figures: RunFigures) -> ReportSection? {
    guard !figures.profiles.isEmpty else { return nil }
    let hits = figures.profiles.count { $0.heldOutRank <= 10 }
    return ReportSection(
      anchor: "profiles", heading: "What a profile looks like",
      lead: """
        \(FigureText.count(figures.profiles.count, "person", "people")) of this run as their own \
        devices see them; for \(hits == 0 ? "none" : FigureText.count(hits)) of them the next item was among the first ten. None of this \
        leaves a device outside of a simulation.
        """,
      content: "<div class=\"cards\">\(Markup(joining: figures.profiles.map(card)))</div>\n")
  }

  private static func card(_ profile: RunFigures.ProfileFigures) -> Markup {
    """
    <article class="card"><h3>\(profile.label)</h3>
    <p class="habits">\(habits(profile))</p>
    \(tags(profile))\(affinities(profile))\(price(profile))\(vector(profile))\
    \(recommendations(profile))\(sequence(profile))\(heldOut(profile))</article>

    """
  }

  private static func habits(_ profile: RunFigures.ProfileFigures) -> String {
    var parts = [FigureText.count(profile.events, "event", "events")]
    if let frequency = profile.frequencyPerWeek {
      parts.append(FigureText.short(frequency, digits: 1) + " a week")
    }
    if let intensity = profile.intensity {
      parts.append(FigureText.short(intensity, digits: 1) + " on an active day")
    }
    if let recency = profile.recencyDays {
      parts.append("last one " + FigureText.short(recency, digits: 1) + " days ago")
    }
    return parts.joined(separator: " · ")
  }

  private static func tags(_ profile: RunFigures.ProfileFigures) -> Markup {
    guard !profile.tags.isEmpty else { return "" }
    let chips = profile.tags.map { tag -> Markup in
      "<li>\(tag.name) <small>\(FigureText.fixed(tag.score, digits: 2))</small></li>"
    }
    return "<h4>Interests</h4><ul class=\"chips\">\(Markup(joining: chips))</ul>\n"
  }

  private static func affinities(_ profile: RunFigures.ProfileFigures) -> Markup {
    let shown = profile.categories.sorted { $0.score > $1.score }.prefix(5)
    guard shown.contains(where: { $0.score > 0 }) else { return "" }
    let rows = shown.map { category -> Markup in
      let share = min(max(category.score, 0), 1) * 100
      return """
        <li><span>\(category.name)</span><i><b style="width:\(at: share)%"></b></i>\
        <em>\(FigureText.percent(category.score, digits: 0))</em></li>
        """
    }
    return "<h4>Affinities</h4><ul class=\"meters\">\(Markup(joining: rows))</ul>\n"
  }

  private static func price(_ profile: RunFigures.ProfileFigures) -> Markup {
    guard let level = profile.priceLevel, level.isFinite else { return "" }
    let place = min(max(level, 0), 1) * 100
    return """
      <h4>Price level</h4><p class="gauge"><span>cheap</span><i><b style="left:\(at: place)%"></b>\
      </i><span>dear</span></p>

      """
  }

  /// The vector as strokes up and down: alike people have alike pictures.
  private static func vector(_ profile: RunFigures.ProfileFigures) -> Markup {
    let entries = profile.vector.filter(\.isFinite)
    guard let most = entries.map({ abs($0) }).max(), most > 0 else { return "" }
    let width = 260.0
    let slot = width / Double(entries.count)
    let strokes = entries.enumerated().map { index, entry -> Markup in
      let height = abs(entry) / most * 18
      return """
        <rect class="bar \(entry < 0 ? ChartColor.orange.className : ChartColor.blue.className)" \
        x="\(at: Double(index) * slot)" y="\(at: entry < 0 ? 20 : 20 - height)" \
        width="\(at: max(slot * 0.7, 0.6))" height="\(at: height)"/>
        """
    }
    let frame = ChartFrame(width: width, height: 40)
    let drawing = frame.drawing(
      title: "Profile vector of \(profile.label)",
      "<line class=\"axis\" x1=\"0\" x2=\"260\" y1=\"20\" y2=\"20\"/>" + Markup(joining: strokes))
    return """
      <h4>Profile vector, \(FigureText.count(entries.count, "number", "numbers"))</h4>\(drawing)

      """
  }

  private static func recommendations(_ profile: RunFigures.ProfileFigures) -> Markup {
    guard !profile.recommendations.isEmpty else { return "" }
    let items = profile.recommendations.map { item -> Markup in
      let kinds = item.categories.joined(separator: ", ")
      let reasons = item.reasons.joined(separator: "; ")
      let because: Markup = reasons.isEmpty ? "" : "<small>because of \(reasons)</small>"
      return """
        <li><b>\(item.title)</b> <span class="kinds">\(kinds)</span>\(because)</li>
        """
    }
    let how: Markup = profile.fallsBack ? ": what is popular, for the ranker is worse" : ""
    return "<h4>Recommended\(how)</h4><ol>\(Markup(joining: items))</ol>\n"
  }

  /// Strokes to the right speak for the recommendation, strokes to the left against it.
  private static func sequence(_ profile: RunFigures.ProfileFigures) -> Markup {
    guard let sequence = profile.sequence else { return "" }
    let most = sequence.events.map { abs($0.part) }.max() ?? 0
    let rows = sequence.events.map { event -> Markup in
      let width = most > 0 ? min(abs(event.part) / most, 1) * 50 : 0
      let start = event.part < 0 ? 50 - width : 50
      let side: Markup = event.part < 0 ? " class=\"against\"" : ""
      return """
        <li><span>\(event.title)</span><i><b\(side) \
        style="margin-left:\(at: start)%;width:\(at: width)%"></b></i>\
        <em>\(FigureText.signed(event.part, digits: 2))\
        \(event.attention.map { " · \(FigureText.percent($0, digits: 0))" } ?? "")</em></li>
        """
    }
    let hasAttention = sequence.events.contains { $0.attention != nil }
    let attention: Markup =
      hasAttention ? ", and the share of attention that it pays to each" : ""
    let shares: Markup = hasAttention ? " shares" : ""
    return """
      <h4>By the order of events</h4><p class="habits">First comes <b>\(sequence.title)</b>. What its \
      score would lose without each of these events, oldest first\(attention):</p>\
      <ul class="meters parts\(shares)">\(Markup(joining: rows))</ul>

      """
  }

  private static func heldOut(_ profile: RunFigures.ProfileFigures) -> Markup {
    let isHit = profile.heldOutRank <= 10
    return """
      <p class="outcome\(isHit ? " hit" : "")">Really came next: <b>\(profile.heldOut)</b>, ranked \
      \(FigureText.count(profile.heldOutRank))\(isHit ? " ✓" : "")</p>

      """
  }
}
