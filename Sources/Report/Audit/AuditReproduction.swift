/// How anybody comes to the same figures.
enum AuditReproduction {
  static func section(_ figures: AuditFigures) -> ReportSection {
    ReportSection(
      anchor: "reproduce", heading: "How to check this page",
      lead: """
        Whoever has the bundle needs neither the coordinator nor this program: a second verifier, in \
        Python and without other packages, was written from the specification alone.
        """,
      content: """
        <pre><code>silhouette audit check audit --key \(figures.signer) --bundle log.bundle
        silhouette audit verify log.bundle --keys keys.json
        python3 protocols/reference/verify_bundle.py log.bundle --keys keys.json
        silhouette audit report log.bundle --out again --key your.key</code></pre>
        <p class="note"><code>audit</code> is the folder of this page with report.json and report.sig, \
        <code>log.bundle</code> the file with the hash below, and <code>keys.json</code> what you know of the keys below from \
        elsewhere, as <code>silhouette coordinator log keys</code> prints it. The last line makes this page anew, signed by you: but for the key \
        every figure is the same\(condition(figures)).</p>
        \(keys(figures))\(Markup(joining: figures.plans.map(document)))
        """)
  }

  private static func condition(_ figures: AuditFigures) -> Markup {
    guard figures.empirical != nil else { return "" }
    return " if what was measured is given with <code>--empirical</code>"
  }

  private static func keys(_ figures: AuditFigures) -> Markup {
    let bundle = figures.bundle
    var pairs: [(String, Markup)] = [
      ("Bundle", "<code class=\"hash\">\(bundle.hash)</code>"),
      ("Size", "\(FigureText.bytes(bundle.bytes))"),
      ("Key of the log", "<code class=\"hash\">\(bundle.log)</code>"),
      ("Key of the authority", "<code class=\"hash\">\(bundle.authority)</code>"),
    ]
    for (index, witness) in bundle.witnesses.enumerated() {
      pairs.append(("Witness \(index + 1)", "<code class=\"hash\">\(witness)</code>"))
    }
    pairs.append(("Key that signed this page", "<code class=\"hash\">\(figures.signer)</code>"))
    pairs.append(("Witnesses needed", "\(bundle.quorum) of \(bundle.witnesses.count)"))
    let warning: Markup =
      bundle.keysArePinned
      ? ""
      : """
      <p class="note">These keys are those that the bundle names. Nobody compared them with keys from \
      elsewhere when this page was made: do so before you rely on it.</p>

      """
    return ReportSection.definitions(pairs) + warning
  }

  private static func document(_ plan: AuditFigures.Plan) -> Markup {
    """
    <h3>Plan \(plan.name)</h3><p class="note">BLAKE2b-256 <code class="hash">\(plan.hash)</code></p>
    <pre><code>\(plan.document)</code></pre>

    """
  }
}
