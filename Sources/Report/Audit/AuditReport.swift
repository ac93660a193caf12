internal import Foundation

/// The document for whoever answers for people's data: one HTML page and the same figures as JSON.
package struct AuditReport: Sendable {
  private init() {}

  /// One self-contained page: what it means first, then every figure.
  package static func html(_ figures: AuditFigures) -> String {
    let sections = [
      AuditSummary.section(figures), AuditThreats.section(figures), AuditCurves.section(figures),
      AuditMechanisms.section(figures), AuditRounds.section(figures),
      AuditMeasurement.section(figures), AuditDeviations.section(figures),
      AuditReproduction.section(figures),
    ]
    let links = sections.map { section -> Markup in
      "<li><a href=\"#\(section.anchor)\">\(section.heading)</a></li>"
    }
    let document: Markup = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>Privacy audit · \(AuditSummary.names(figures))</title>
      <style>\(ReportStyle.sheet)</style></head>
      <body><main>
      \(AuditSummary.header(figures))<nav aria-label="Contents"><ol>\(Markup(joining: links))</ol></nav>
      \(Markup(joining: sections.map { $0.render() }))\
      <footer>Made by silhouette \(figures.version) from bundle <code class="hash">\(figures.bundle.hash)</code>. \
      The same figures are in report.json; report.sig has the signature of both, by <code class="hash">\(figures.signer)</code>.</footer>
      </main></body></html>

      """
    return document.source
  }

  /// The figures: indented, keys in order, the same bytes for the same figures.
  ///
  /// - Throws: `ReportError.figureNotFinite` when a figure is not a finite number.
  package static func json(_ figures: AuditFigures) throws(ReportError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return Array(try encoder.encode(figures)) + [UInt8(ascii: "\n")]
    } catch EncodingError.invalidValue(_, let context) {
      throw .figureNotFinite(path: context.codingPath.map(\.stringValue).joined(separator: "."))
    } catch {
      throw .encodingFailed(reason: String(describing: error))
    }
  }
}
