/// What came of one result.
package struct Finding: Sendable {
  package var file: String
  package var caseID: String
  package var quantity: String
  /// What was asked, such as `delta 1e-06`.
  package var query: String
  package var references: [VectorResult.Reference]
  package var judgement: Judgement
  /// The number that was judged; nil where there is none.
  package var value: Double?
  /// Its place among the results of its case.
  var position = 0

  package init(
    file: String, caseID: String, quantity: String, query: String,
    references: [VectorResult.Reference], judgement: Judgement, value: Double? = nil
  ) {
    self.file = file
    self.caseID = caseID
    self.quantity = quantity
    self.query = query
    self.references = references
    self.judgement = judgement
    self.value = value
  }

  static func isBefore(_ first: Finding, _ second: Finding) -> Bool {
    (first.caseID, first.position) < (second.caseID, second.position)
  }

  /// The finding on one line.
  package var line: String {
    let outcome =
      switch judgement.outcome {
      case .ok: "ok"
      case .unsound: "UNSOUND"
      case .loose: "loose"
      case .unsupported(let reason): "unsupported (\(reason))"
      }
    let known = references.map { "\($0.method) \($0.value)" }.joined(separator: ", ")
    let asked = query.isEmpty ? quantity : "\(quantity) at \(query)"
    return "\(file) \(caseID): \(asked) is \(value.map { "\($0)" } ?? "not stated"): \(outcome); "
      + "rule: \(judgement.rule); known: \(known)"
  }
}

/// What came of a folder.
package struct ConformanceReport: Sendable {
  /// How many results had which outcome.
  package struct Tally: Sendable, Equatable {
    package var ok = 0
    package var unsound = 0
    package var loose = 0
    package var unsupported = 0

    package var results: Int { ok + unsound + loose + unsupported }

    fileprivate mutating func add(_ outcome: Outcome) {
      switch outcome {
      case .ok: ok += 1
      case .unsound: unsound += 1
      case .loose: loose += 1
      case .unsupported: unsupported += 1
      }
    }
  }

  package struct File: Sendable {
    package var name: String
    package var cases: Int
    package var findings: [Finding]

    package var tally: Tally {
      findings.reduce(into: Tally()) { $0.add($1.judgement.outcome) }
    }

    /// Why results are unsupported, with how many there are, the most frequent first.
    package var reasons: [(reason: String, results: Int)] {
      var counts: [String: Int] = [:]
      for finding in findings {
        if case .unsupported(let reason) = finding.judgement.outcome {
          counts[reason, default: 0] += 1
        }
      }
      return counts.map { (reason: $0.key, results: $0.value) }
        .sorted { ($1.results, $0.reason) < ($0.results, $1.reason) }
    }
  }

  package var files: [File]

  package var tally: Tally {
    files.flatMap(\.findings).reduce(into: Tally()) { $0.add($1.judgement.outcome) }
  }

  /// Everything that is unsound, then everything that is loose.
  package var offenders: [Finding] {
    let all = files.flatMap(\.findings)
    return all.filter { $0.judgement.outcome == .unsound }
      + all.filter { $0.judgement.outcome == .loose }
  }

  package var isConforming: Bool { offenders.isEmpty }
}

extension VectorValue {
  /// The fields of a query in words.
  var queryText: String {
    guard case .fields(let fields) = self else { return summary }
    return fields.sorted { $0.key < $1.key }.map { name, value in
      if case .text(let text) = value { return "\(name) \(text)" }
      return "\(name) \(value.summary)"
    }.joined(separator: ", ")
  }
}
