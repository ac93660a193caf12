internal import ProtocolVectors

/// The verdict on a folder of vectors, ready to be printed.
struct VectorFigures: Encodable {
  struct File: Encodable {
    let name: String
    let vectors: Int
    let comparisons: Int
    /// Vectors of which a result differs.
    let failed: Int
  }

  struct Failure: Encodable {
    let file: String
    let vector: String
    let field: String
    let expected: String
    let found: String
  }

  let files: [File]
  let total: File
  let missing: [String]
  let failures: [Failure]
  let agrees: Bool
  private let lines: [String]

  private enum CodingKeys: String, CodingKey {
    case files, total, missing, failures, agrees
  }

  init(_ report: VectorReport, isPartial: Bool) {
    files = report.files.map {
      File(
        name: $0.name, vectors: $0.vectors, comparisons: $0.comparisons, failed: $0.failed)
    }
    total = File(
      name: "total", vectors: files.reduce(0) { $0 + $1.vectors },
      comparisons: files.reduce(0) { $0 + $1.comparisons },
      failed: files.reduce(0) { $0 + $1.failed })
    missing = report.missing
    failures = report.failures.map {
      Failure(
        file: $0.file, vector: $0.vector, field: $0.field, expected: $0.expected, found: $0.found)
    }
    agrees = failures.isEmpty && (isPartial || missing.isEmpty)
    lines = report.failures.map(\.line)
  }

  var text: String {
    var rows = [["file", "vectors", "comparisons", "failed"]]
    for file in files + [total] {
      rows.append([file.name] + [file.vectors, file.comparisons, file.failed].map(String.init))
    }
    var parts = [ResultTable.aligned(rows)]
    if !missing.isEmpty { parts.append("missing: " + missing.joined(separator: ", ")) }
    if !lines.isEmpty { parts.append(lines.joined(separator: "\n")) }
    parts.append(verdict)
    return parts.joined(separator: "\n\n")
  }

  private var verdict: String {
    let gap = missing.isEmpty ? "" : "; \(missing.count) files are missing"
    guard failures.isEmpty else {
      return "\(total.failed) of \(total.vectors) vectors differ" + gap
    }
    return "all \(total.vectors) vectors agree" + gap
  }
}
