internal import Report

/// A chart of the report as a file of its own.
enum SVGDocument {
  /// The chart with the colors and fonts that the report's style sheet gives it on a page.
  static func text(_ chart: Markup, width: Double, height: Double) -> String {
    let document: Markup = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(at: width)" height="\(at: height)" \
      viewBox="0 0 \(at: width) \(at: height)"><style>\(style)</style>\
      <rect class="paper" width="100%" height="100%"/>\(chart)</svg>

      """
    return document.source
  }

  private static let style: Markup = """
    svg{--paper:#fcfbf8;--ink:#1b1f24;--soft:#5b616a;--grid:#ebe8e0;--c1:#1f5f9f;--c5:#666b73;\
    font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
    @media (prefers-color-scheme:dark){svg{--paper:#14171b;--ink:#e8e6e1;--soft:#a3a8b0;\
    --grid:#252a31;--c1:#82b6ee;--c5:#9aa0a9}}
    .paper{fill:var(--paper)}text{font-size:13px;fill:var(--soft)}
    .axis-title{fill:var(--ink)}.strong{font-weight:600}.axis{stroke:var(--c5)}
    .grid{stroke:var(--grid)}.line{fill:none;stroke-width:1.8;stroke-linejoin:round}
    .line.strong{stroke-width:2.8}.line.c1{stroke:var(--c1)}.line.c5{stroke:var(--c5)}
    .label.c1{fill:var(--c1)}.label.c5{fill:var(--c5)}
    """
}
