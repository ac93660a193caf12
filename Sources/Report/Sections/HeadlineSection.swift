/// The top of the report: what the run shows, in one sentence and a few large numbers.
enum HeadlineSection {
  static func render(_ figures: RunFigures) -> Markup {
    """
    <header>\(banners(figures))<p class="kicker">\(kicker(figures))</p>
    <h1>\(sentence(figures))</h1>
    \(numbers(figures))<p class="note">\(glossary(figures))</p>
    \(limit(figures))</header>

    """
  }

  /// What no epsilon on the page covers: the page.
  static func limit(_ figures: RunFigures) -> Markup {
    guard figures.scenario.isPrivate else { return "" }
    return """
      <p class="note">This page itself is not private: quality is measured exactly, on behavior that \
      whoever ran the simulation holds, and the example profiles are those of single people. What ε \
      covers is what the federation would release.</p>

      """
  }

  private static func glossary(_ figures: RunFigures) -> Markup {
    let hitRate: Markup = """
      HR@10, the hit rate, is how often the item that a person really took next is among the first \
      ten recommendations, out of the whole catalogue.
      """
    let epsilon: Markup = """
      ε, epsilon, bounds how much anything published can depend on one person: smaller is more \
      private.
      """
    let chance: Markup = """
      Noise improves no model: a private figure that is not below the one without privacy is chance, \
      or noise that happens to smooth what was learned from little.
      """
    var notes = figures.headline == nil ? [epsilon] : [hitRate, epsilon]
    if let reference = figures.headlineWithoutPrivacy,
      figures.methods.contains(where: {
        $0.method == reference.method && $0.epsilon != nil
          && $0.full.hitRateAt10.value >= reference.full.hitRateAt10.value
      })
    {
      notes.append(chance)
    }
    return Markup(joining: notes, separator: " ")
  }

  /// The title of the document and of the browser's tab.
  static func title(_ figures: RunFigures) -> String {
    let warning = figures.scenario.isPrivate ? "" : "NOTHING IN THIS RUN IS PRIVATE · "
    return warning + figures.title
  }

  /// What must be known before any figure is read.
  private static func banners(_ figures: RunFigures) -> Markup {
    var banners: [(String, [String])] = []
    if !figures.scenario.isPrivate {
      banners.append(
        (
          "NOTHING IN THIS RUN IS PRIVATE",
          [
            "The plan adds no noise. Whatever it releases can give away what single people did."
          ]
        ))
    }
    if let missing = figures.population.standsInFor {
      banners.append(
        (
          "SYNTHETIC BEHAVIOR IN PLACE OF \(missing.uppercased())",
          [
            "The data set was not at hand, so a population of its size was generated. Nobody did "
              + "any of this, and no figure on this page says anything about the data set."
          ]
        ))
    }
    if !figures.warnings.isEmpty { banners.append(("READ WITH CARE", figures.warnings)) }
    return Markup(joining: banners.map(banner))
  }

  private static func banner(_ title: String, _ sentences: [String]) -> Markup {
    let lines = sentences.map { sentence -> Markup in "<span>\(sentence)</span>" }
    return """
      <p class="banner" role="alert"><strong>\(title)</strong> \(Markup(joining: lines))</p>

      """
  }

  private static func kicker(_ figures: RunFigures) -> Markup {
    let people = FigureText.count(figures.population.users, "person", "people")
    let kind: Markup =
      figures.population.isSynthetic ? " <span class=\"tag\">synthetic population</span>" : ""
    return "\(figures.title) · \(people)\(kind)"
  }

  /// The result as a person would tell it.
  static func sentence(_ figures: RunFigures) -> String {
    guard let headline = figures.headline else {
      return "This run measured no recommendation quality."
    }
    let quality = headline.full.hitRateAt10.value
    let gain = figures.popularity.flatMap { comparison(of: quality, with: $0) }
    let subject =
      figures.population.isSynthetic ? "recommendations for generated people " : "recommendations "
    let fallback: String? =
      figures.methods.fallsBack(headline.method, epsilon: headline.epsilon)
      ? "what was trained ranks worse than popularity: devices fall back and recommend what is popular."
      : nil
    guard let epsilon = headline.epsilon else {
      if let fallback { return "Without any privacy, " + fallback }
      return "Without any privacy, " + subject
        + (gain.map { "are " + $0 }
          ?? "find \(FigureText.percent(quality)) of what people took next")
        + "."
    }
    let start = "At epsilon \(FigureText.upperBound(epsilon)), " + subject
    if let fallback { return "At epsilon \(FigureText.upperBound(epsilon)), " + fallback }
    guard let reference = figures.headlineWithoutPrivacy?.full.hitRateAt10.value, reference > 0
    else {
      return start
        + (gain.map { "are " + $0 } ?? "have a hit rate of \(FigureText.percent(quality))")
        + "."
    }
    let kept =
      quality < reference
      ? "keep \(FigureText.percent(quality / reference, digits: 0)) of the hit rate of the same model "
        + "without privacy"
      : "are not below the same model without privacy"
    return start + kept
      + (gain.map { ", and are " + $0 } ?? "") + "."
  }

  private static func comparison(
    of quality: Double, with popularity: RunFigures.MethodFigures
  ) -> String? {
    let reference = popularity.full.hitRateAt10.value
    guard reference > 0 else { return nil }
    let ratio = quality / reference
    let times = FigureText.fixed(ratio, digits: 1)
    guard times != "1.0" else { return "about as good as showing everyone what is popular" }
    return "\(times) times as good as showing everyone what is popular"
  }

  private static func numbers(_ figures: RunFigures) -> Markup {
    var cells: [(String, String)] = []
    if let headline = figures.headline {
      let name =
        headline.epsilon.map { "HR@10 at \(FigureText.epsilon($0)), measured exactly" }
        ?? "HR@10, not private"
      cells.append((FigureText.percent(headline.full.hitRateAt10.value), name))
    }
    if let reference = figures.headlineWithoutPrivacy {
      cells.append((FigureText.percent(reference.full.hitRateAt10.value), "without privacy"))
    }
    if let popularity = figures.popularity {
      let name = popularity.epsilon == nil ? "popularity" : "popularity, private"
      cells.append((FigureText.percent(popularity.full.hitRateAt10.value), name))
    }
    let epsilon = figures.scenario.epsilon.map(FigureText.upperBound)
    let isPrivate = figures.scenario.isPrivate
    cells.append(isPrivate ? (epsilon ?? FigureText.missing, "epsilon") : ("∞", "epsilon"))
    let (users, evaluated) = (figures.population.users, figures.population.evaluatedUsers)
    let measured =
      evaluated == users ? "" : ", quality measured on \(FigureText.count(evaluated))"
    cells.append((FigureText.count(users), "users" + measured))
    let items = cells.enumerated().map { index, cell -> Markup in
      """
      <li\(index == 0 ? Markup(" class=\"first\"") : "")><b>\(cell.0)</b> <span>\(cell.1)</span></li>
      """
    }
    return "<ul class=\"numbers\">\(Markup(joining: items))</ul>\n"
  }
}
