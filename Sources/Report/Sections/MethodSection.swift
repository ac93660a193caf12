/// All methods in figures, under both protocols.
enum MethodSection {
  static func render(_ figures: RunFigures) -> ReportSection? {
    guard !figures.methods.isEmpty else { return nil }
    let full = table(
      figures, caption: "Protocol F: ranked among all items that are not in the history",
      protocol: \.full)
    let sampled = table(
      figures, caption: "Protocol S: ranked among sampled negatives", protocol: \.sampled)
    return ReportSection(
      anchor: "methods", heading: "Methods compared",
      lead: """
        Every method ranked the same held-out items, the last one of each person; protocol F, \
        which ranks among all items that a person has not had, is the one to judge by.
        """,
      content: full + sampled
        + """
        <p class="note">Small print: 95 % intervals over users, in the unit of the figure. \
        Protocol S is here only to compare with the literature: it asks to tell the target from a \
        few random items, flatters every method, and does not keep their order. “Popularity” ranks \
        by the released sum, to which everybody adds the same norm, spread evenly over what they \
        took; it is no plain count. “Without recency” \
        is the ablation that ignores the order of events, which is all that the ranker knows of a \
        sequence: on data whose time stamps follow a list on a page, part of what recency adds is \
        that list. “Without content” and “without item basis” hide the features that compare what \
        items are about, and those that score by the basis. Each ablation is a training of its own, \
        on the same budget in the whole model’s place.</p>

        """ + fallback(figures))
  }

  /// By which figures it is decided that devices fall back, and who sees them.
  private static func fallback(_ figures: RunFigures) -> Markup {
    let charge: Markup = """
      , and no ε covers the decision, which tells one bit of each method. A federation would have to \
      go by quality that it measures through private sums, which is charged
      """
    return """
      <p class="note">Devices do not use a method whose NDCG@10 in the first table is below that of \
      popularity; they recommend what is popular. That is exact quality on held-out items, which only \
      whoever runs the simulation sees\(figures.scenario.isPrivate ? charge : ""). Nodes take no such decision, and \
      there nothing of this leaves a device.</p>

      """
  }

  private static func table(
    _ run: RunFigures, caption: String,
    protocol ranking: KeyPath<RunFigures.MethodFigures, RunFigures.RankingFigures>
  ) -> Markup {
    let rows = run.methods.map { method -> HTMLTable.Row in
      let figures = method[keyPath: ranking]
      let central: Markup =
        method.isCentral ? " <span class=\"tag\">needs all data in one place</span>" : ""
      let fallback: Markup =
        [RunFigures.MethodFigures].trained.contains(method.method)
          && run.methods.fallsBack(method.method, epsilon: method.epsilon)
        ? " <span class=\"tag\">below popularity: devices fall back</span>" : ""
      return HTMLTable.Row(
        [
          "\(method.displayName)\(central)\(fallback)",
          "\(method.epsilon.map(FigureText.upperBound) ?? "none")",
          figures.hitRateAt10.percentCell, figures.ndcgAt10.decimalCell,
          figures.recallAt20.percentCell, figures.recallAt50.percentCell,
          figures.meanReciprocalRank.decimalCell, figures.auc.decimalCell,
        ], isEmphasized: method.isHeadline)
    }
    return HTMLTable(
      caption: caption,
      columns: [
        .text("Method"), .number("ε"), .number("HR@10,\u{202F}%"), .number("NDCG@10"),
        .number("Recall@20,\u{202F}%"), .number("Recall@50,\u{202F}%"), .number("MRR"),
        .number("AUC"),
      ], rows: rows
    ).render()
  }
}
