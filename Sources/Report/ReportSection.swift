/// One section of the report: a heading, one plain sentence, and what it is about.
package struct ReportSection: Sendable {
  /// The anchor of the section.
  package var anchor: String
  package var heading: String
  /// What one sees, in one sentence that needs no other.
  package var lead: Markup
  package var content: Markup

  package init(anchor: String, heading: String, lead: Markup, content: Markup) {
    self.anchor = anchor
    self.heading = heading
    self.lead = lead
    self.content = content
  }

  package func render() -> Markup {
    """
    <section id="\(anchor)"><h2>\(heading)</h2>
    <p class="lead">\(lead)</p>
    \(content)</section>

    """
  }

  /// A chart with a line below it.
  /// - Parameter narrow: the same chart for phones; without it the one drawing serves all.
  static func figure(_ drawing: Markup, narrow: Markup? = nil, note: Markup? = nil) -> Markup {
    let caption: Markup = note.map { "<figcaption>\($0)</figcaption>" } ?? ""
    let drawings = narrow.map { narrow -> Markup in
      "<div class=\"wide\">\(drawing)</div><div class=\"narrow\">\(narrow)</div>"
    }
    return """
      <figure>\(drawings ?? drawing)\(caption)</figure>

      """
  }

  /// Names with their values.
  static func definitions(_ pairs: [(String, Markup)]) -> Markup {
    let rows = pairs.map { pair -> Markup in
      "<div><dt>\(pair.0)</dt><dd>\(pair.1)</dd></div>"
    }
    return "<dl>\(Markup(joining: rows))</dl>\n"
  }
}
