#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The top of an audit report: what it means, in words that need no mathematics.
enum AuditSummary {
  static func names(_ figures: AuditFigures) -> String {
    figures.plans.isEmpty
      ? "a log without plans" : figures.plans.map(\.name).joined(separator: ", ")
  }

  static func header(_ figures: AuditFigures) -> Markup {
    """
    <header>\(banner(figures))<p class="kicker">Privacy audit of \(names(figures)), as of \
    \(figures.bundle.headTime)</p>
    <h1>\(sentence(figures))</h1>
    \(numbers(figures))<p class="note">ε, epsilon, bounds how much anything published can depend on \
    one person: smaller is more private. It always comes with δ, the probability with which it may \
    not hold. It is no bound on what an operator can learn who breaks the protocol: see below who is covered.</p></header>

    """
  }

  private static func banner(_ figures: AuditFigures) -> Markup {
    let open = figures.plans.filter { $0.promisedEpsilon == nil }.map(\.name)
    guard !open.isEmpty else { return "" }
    return """
      <div class="banner"><strong>NOTHING IS PRIVATE</strong><span>\(open.joined(separator: ", ")): \
      the plan adds no noise, and its sums may show what single people did.</span></div>
      """
  }

  private static func sentence(_ figures: AuditFigures) -> Markup {
    guard let total = figures.total, let headline = total.headline else {
      return "This log has no plan: nothing was asked of anybody."
    }
    guard let epsilon = headline.epsilon else {
      return """
        Every rule was kept, and there is no bound on what was published about one person: \
        \(headline.reason ?? "no accountant has one").
        """
    }
    guard epsilon > 0 else { return "Nothing was published yet, and nothing was spent." }
    let extent = figures.plans.count == 1 ? "" : ", whichever of the plans they took part in,"
    return """
      Every rule was kept: nobody who sees what was published learns more about any one person\(extent) than \
      \(FigureText.epsilon(epsilon)) allows.
      """
  }

  private static func numbers(_ figures: AuditFigures) -> Markup {
    let rounds = figures.plans.flatMap(\.rounds)
    let released = rounds.filter(\.isReleased)
    var items: [(String, String)] = []
    if let headline = figures.total?.headline {
      items.append(
        (
          headline.epsilon.map(FigureText.upperBound) ?? FigureText.noBound,
          figures.plans.count == 1
            ? "ε spent, at most" : "ε spent over all \(figures.plans.count) plans together, at most"
        ))
    }
    if figures.plans.count == 1, let promised = figures.plans[0].promisedEpsilon {
      items.append((FigureText.upperBound(promised), "ε promised"))
    }
    items.append(
      (FigureText.count(released.count), noun(released.count, "sum released", "sums released")))
    if let least = released.compactMap(\.survivors).min() {
      items.append((FigureText.count(least), "people in the smallest sum"))
    }
    let entries = figures.bundle.entries
    items.append(
      (
        FigureText.count(entries),
        noun(entries, "entry checked", "entries checked") + ", none at fault"
      ))
    let list = items.enumerated().map { index, item -> Markup in
      "<li\(index == 0 ? Markup(" class=\"first\"") : "")><b>\(item.0)</b><span>\(item.1)</span></li>"
    }
    return "<ul class=\"numbers\">\(Markup(joining: list))</ul>\n" + together(figures)
  }

  private static func noun(_ count: Int, _ one: String, _ many: String) -> String {
    count == 1 ? one : many
  }

  /// What each of several plans has cost by itself.
  private static func together(_ figures: AuditFigures) -> Markup {
    guard figures.plans.count > 1, let total = figures.total else { return "" }
    let rows = figures.plans.map { plan -> HTMLTable.Row in
      HTMLTable.Row([
        "\(plan.name)", "\(plan.epsilon.map(FigureText.upperBound) ?? FigureText.noBound)",
        "\(plan.promisedEpsilon.map(FigureText.upperBound) ?? "no noise")",
        "\(FigureText.upperBound(plan.delta))",
        "\(FigureText.count(plan.rounds.count(where: \.isReleased)))",
      ])
    }
    return HTMLTable(
      caption: "Each plan by itself",
      columns: [
        .text("Plan"), .number("ε spent"), .number("ε promised"), .number("δ"),
        .number("Sums released"),
      ], rows: rows
    ).render()
      + """
      <p class="note">The figure for all plans together is that of a person who took part in every one of them as often as it \
      allows: the losses of all are added up, and turned into one ε at δ = \(FigureText.upperBound(total.delta)), the least of the \
      plans. Each plan promises for itself only; what a person spends over several is bounded by that person’s own device.</p>

      """
  }

  static func section(_ figures: AuditFigures) -> ReportSection {
    ReportSection(
      anchor: "plain", heading: "In plain words",
      lead: """
        Devices trained together without handing over what their owners did. This page says what \
        that has cost in privacy, and how far anyone has to trust whoever ran it.
        """,
      content: meaning(figures) + checked(figures) + unseen)
  }

  private static func meaning(_ figures: AuditFigures) -> Markup {
    guard let total = figures.total, let epsilon = total.headline?.epsilon, epsilon > 0 else {
      return ""
    }
    // A bound: never stated smaller than it is.
    let certainty = 1 / (1 + exp(-epsilon))
    let digits = certainty > 0.99 ? 2 : 0
    let step = digits == 2 ? 1e-4 : 1e-2
    let stated = min(1, (certainty / step).rounded(.up) * step)
    let delta = total.delta
    return """
      <h3>What the figure means</h3>
      <p>Suppose that somebody is undecided, one to one, whether your contribution was yours or \
      empty, and then sees everything that was published and has any knowledge besides. They can become at most \
      \(FigureText.percent(stated, digits: digits)) certain, but for a probability of \
      \(FigureText.upperBound(delta)). That is a limit for the worst case, not what is to be expected.</p>
      <p>\(reading(epsilon)) As a rule of thumb ε up to 1 is called strong, up to 10 reasonable, and more than that \
      weak (Ponomareva et al. 2023, arXiv:2303.00654). It knows nothing of what your people do with the program, or of \
      how much it would hurt them if it were known: that is yours to judge.</p>

      """
  }

  private static func reading(_ epsilon: Double) -> Markup {
    switch EpsilonReading(epsilon) {
    case .strong: "That is a strong guarantee."
    case .reasonable: "That is a reasonable guarantee, and not a strong one."
    case .weak: "That is a weak guarantee: by itself it is hardly one."
    }
  }

  private static func checked(_ figures: AuditFigures) -> Markup {
    let bundle = figures.bundle
    return """
      <h3>What was checked</h3>
      <ul class="conditions"><li>The coordinator has written down every plan, round, charge and \
      release in a log that can only grow, and signed it; \(witnesses(bundle)).</li>
      <li>Every round belongs to a plan that was signed and public before, had as many people as the plan \
      demands, and was charged before its sum could be opened.</li>
      <li>Every release has the noise that its plan promised, and no plan has spent more than it said for itself.</li>
      <li>Every ε on this page was computed anew, in two ways, from the log alone.</li></ul>

      """
  }

  private static func witnesses(_ bundle: AuditFigures.Bundle) -> Markup {
    bundle.witnesses.isEmpty
      ? "there is no witness, so that a second history would be found only by comparing heads"
      : "\(bundle.cosignatures) of \(bundle.witnesses.count) independent witnesses have signed the same"
  }

  private static let unseen: Markup = """
    <h3>What this page cannot show</h3>
    <ul class="conditions"><li>That noise was drawn as stated. Devices draw it themselves, with a program \
    whose source is public; what can be measured of it is in “Measured from outside”.</li>
    <li>That the people in a sum were different, real people. Whoever hands out certificates answers for that.</li>
    <li>That nobody took part more often than planned. Each device counts for itself and refuses.</li></ul>

    """
}
