internal import CryptoPrimitives
internal import PrivacyLedger
internal import RoundVocabulary
internal import TransparencyLog

extension LedgerVectors {
  /// Two implementations agree if their figures do to one part in 10^6.
  private static let tolerance = 1e-6

  /// Judges every bundle, and compares the verdict and every figure.
  package func verify(file: String) throws(ProtocolVectorError) -> VectorReport.File {
    var checks = VectorChecks(file: file)
    for vector in try checks.list("cases", cases) {
      try checks.begin(vector.name)
      do throws(LedgerFinding) {
        Self.compare(try LedgerVerifier.verify(vector.bundle.bytes), vector.verdict, &checks)
      } catch {
        Self.compare(error, vector.verdict, &checks)
      }
    }
    return checks.result
  }

  private static func compare(
    _ finding: LedgerFinding, _ verdict: Verdict, _ checks: inout VectorChecks
  ) {
    checks.equal("accepted", false, verdict.accepted)
    checks.equal("rule", finding.rule, verdict.rule)
    checks.equal("entry", finding.entry?.index, verdict.entry)
    checks.equal("kind", finding.entry?.kind?.name, verdict.kind)
    checks.equal("plan", finding.plan, verdict.plan)
  }

  private static func compare(
    _ outcome: LedgerVerifier.Outcome, _ verdict: Verdict, _ checks: inout VectorChecks
  ) {
    checks.equal("accepted", true, verdict.accepted)
    checks.equal("hash", outcome.hash.description, verdict.hash)
    checks.equal("entries", outcome.bundle.entries.count, verdict.entries)
    checks.equal("plans", outcome.accounts.count, verdict.plans?.count ?? 0)
    for (place, pair) in zip(outcome.accounts, verdict.plans ?? []).enumerated() {
      let (account, plan) = pair
      let field = "plans[\(place)]"
      checks.equal("\(field).plan", account.hash.description, plan.plan)
      checks.equal("\(field).rounds", account.roundCount, plan.rounds)
      checks.equal("\(field).debits", account.debitCount, plan.debits)
      checks.equal("\(field).releases", account.releaseCount, plan.releases)
      compare(account.charge, account.delta, plan.guarantees, field, &checks)
    }
    checks.equal("total", outcome.delta != nil, verdict.total != nil)
    if let delta = outcome.delta, let total = verdict.total {
      compare(outcome.total, delta, total, "total", &checks)
    }
  }

  private static func compare(
    _ charge: LedgerCharge, _ delta: Double, _ guarantees: [Guarantee], _ field: String,
    _ checks: inout VectorChecks
  ) {
    checks.equal(
      "\(field).adversaries", Adversary.allCases.map(\.rawValue), guarantees.map(\.adversary))
    for (adversary, guarantee) in zip(Adversary.allCases, guarantees) {
      let epsilon = charge.epsilon(against: adversary, delta: guarantee.delta)
      let place = "\(field).\(adversary.rawValue)"
      checks.equal("\(place).delta", delta, guarantee.delta)
      compare("\(place).renyi", epsilon.renyi, guarantee.renyi, &checks)
      compare("\(place).gaussian", epsilon.gaussian, guarantee.gaussian, &checks)
      compare("\(place).epsilon", epsilon.value, guarantee.epsilon, &checks)
    }
  }

  private static func compare(
    _ field: String, _ found: Double, _ expected: Double?, _ checks: inout VectorChecks
  ) {
    let expected = expected ?? .infinity
    let isClose =
      found == expected || expected.isFinite && abs(found - expected) <= tolerance * expected
    checks.equal(field, isClose ? expected : found, expected)
  }
}
