internal import PrivacyAccounting

/// Asks an accountant for everything that a folder of vectors knows, and judges what it says.
package struct Conformance: Sendable {
  private let calls: AccountingCalls

  package init(calls: AccountingCalls = .standard) {
    self.calls = calls
  }

  /// Runs all cases, as many at once as there are processors.
  ///
  /// - Throws: `VectorError` before anything is computed, where a case cannot be understood.
  package func run(
    _ files: [VectorFile], progress: @escaping @Sendable (_ fraction: Double) -> Void = { _ in }
  ) async throws(VectorError) -> ConformanceReport {
    var jobs: [Job] = []
    for (index, file) in files.enumerated() {
      for one in file.cases { jobs.append(try Job(one, file: file, fileIndex: index)) }
    }
    // Long compositions first, so that no processor waits for the last case.
    jobs.sort { $0.weight > $1.weight }
    var findings = [[Finding]](repeating: [], count: files.count)
    await withTaskGroup(of: (Int, [Finding]).self) { group in
      for job in jobs {
        group.addTask { [calls] in (job.fileIndex, job.findings(by: calls)) }
      }
      var done = 0.0
      for await (index, found) in group {
        findings[index] += found
        done += 1
        progress(done / Double(jobs.count))
      }
    }
    return ConformanceReport(
      files: zip(files, findings).map { file, findings in
        ConformanceReport.File(
          name: file.name, cases: file.cases.count, findings: findings.sorted(by: Finding.isBefore))
      })
  }
}

/// One case, understood.
private struct Job: Sendable {
  let file: VectorFile
  let fileIndex: Int
  let vector: VectorCase
  let questions: [Question]

  init(_ vector: VectorCase, file: VectorFile, fileIndex: Int) throws(VectorError) {
    self.file = file
    self.fileIndex = fileIndex
    self.vector = vector
    let subject = try vector.subject(in: file.name)
    var questions: [Question] = []
    for (index, result) in vector.results.enumerated() {
      let place = VectorPlace(file: file.name, caseID: vector.id, field: "results[\(index)]")
      questions.append(try subject.question(result, at: place))
    }
    self.questions = questions
  }

  /// How long the case takes, roughly: every loss distribution is composed anew.
  var weight: Int {
    questions.count {
      if case .epsilon = $0 { true } else if case .delta = $0 { true } else { false }
    }
      + 6 * questions.count { if case .rounds = $0 { true } else { false } }
  }

  func findings(by calls: AccountingCalls) -> [Finding] {
    var findings: [Finding] = []
    for (index, (question, result)) in zip(questions, vector.results).enumerated() {
      var finding = finding(question.answer(by: calls), result)
      finding.position = index
      if let second = judgementByOrders(question, result, calls),
        finding.judgement.outcome == .ok
      {
        // The peer's orders ask another function; the result counts once, by the worse of the two.
        finding.judgement = second.judgement
        finding.value = second.value
      }
      findings.append(finding)
    }
    return findings
  }

  private func finding(_ answer: Answer, _ result: VectorResult) -> Finding {
    var finding = Finding(
      file: file.name, caseID: vector.id, quantity: result.quantity,
      query: result.query.queryText, references: result.references,
      judgement: Judgement(outcome: .ok, rule: ""))
    switch answer {
    case .number(let value, let lower):
      finding.value = value
      finding.judgement = Judge.judge(value, lower: lower, result)
    case .refused(let reason):
      finding.judgement = Judgement(outcome: .unsupported(reason: reason), rule: "refused")
    }
    return finding
  }

  /// A second look at epsilon, by Renyi divergences at the peer's own orders; only if it fails.
  private func judgementByOrders(
    _ question: Question, _ result: VectorResult, _ calls: AccountingCalls
  ) -> (judgement: Judgement, value: Double)? {
    guard let call = calls.renyiEpsilon, !file.orders.isEmpty,
      case .epsilon(let events, let delta, let neighbors) = question, delta > 0
    else { return nil }
    do throws(AccountingError) {
      let value = try call(events, delta, neighbors, file.orders)
      guard let judgement = Judge.epsilonByOrders(value, result), judgement.outcome != .ok else {
        return nil
      }
      return (judgement, value)
    } catch {
      // A mechanism without Renyi divergences is bounded by other means, which were judged.
      return nil
    }
  }
}
