internal import AccountingConformance

/// A conformance report, ready to be printed.
struct ConformanceFigures: Encodable {
  struct File: Encodable {
    let name: String
    let cases: Int
    let results: Int
    let ok: Int
    let unsound: Int
    let loose: Int
    let unsupported: Int
    let reasons: [Reason]
  }

  struct Reason: Encodable {
    let reason: String
    let results: Int
  }

  struct Offender: Encodable {
    let file: String
    let caseID: String
    let quantity: String
    let query: String
    let outcome: String
    let value: Double?
    let rule: String
    let references: [String: Double]
  }

  let files: [File]
  let total: File
  let offenders: [Offender]
  private let lines: [String]

  private enum CodingKeys: String, CodingKey {
    case files, total, offenders
  }

  init(_ report: ConformanceReport) {
    func row(_ name: String, _ cases: Int, _ tally: ConformanceReport.Tally, _ reasons: [Reason])
      -> File
    {
      File(
        name: name, cases: cases, results: tally.results, ok: tally.ok, unsound: tally.unsound,
        loose: tally.loose, unsupported: tally.unsupported, reasons: reasons)
    }
    files = report.files.map { file in
      row(
        file.name, file.cases, file.tally,
        file.reasons.map { Reason(reason: $0.reason, results: $0.results) })
    }
    total = row("total", report.files.reduce(0) { $0 + $1.cases }, report.tally, [])
    offenders = report.offenders.map { finding in
      Offender(
        file: finding.file, caseID: finding.caseID, quantity: finding.quantity,
        query: finding.query, outcome: finding.judgement.outcome == .unsound ? "unsound" : "loose",
        value: finding.value, rule: finding.judgement.rule,
        references: Dictionary(
          finding.references.map { ($0.method, $0.value) }, uniquingKeysWith: { first, _ in first })
      )
    }
    lines = report.offenders.map(\.line)
  }

  var text: String {
    var rows = [["file", "cases", "results", "ok", "unsound", "loose", "unsupported"]]
    for file in files + [total] {
      rows.append(
        [file.name]
          + [file.cases, file.results, file.ok, file.unsound, file.loose, file.unsupported]
          .map(String.init))
    }
    var parts = [ResultTable.aligned(rows)]
    let reasons = files.flatMap { file in
      file.reasons.map { "  \(file.name): \($0.results) x \($0.reason)" }
    }
    if !reasons.isEmpty { parts.append("unsupported:\n" + reasons.joined(separator: "\n")) }
    if !lines.isEmpty { parts.append(lines.joined(separator: "\n")) }
    return parts.joined(separator: "\n\n")
  }
}
