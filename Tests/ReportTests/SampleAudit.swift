@testable import Report

/// Figures of an audit, of made-up plans.
enum SampleAudit {
  static func round(
    _ number: Int, isCharged: Bool = true, isReleased: Bool = true, abortCode: Int? = nil
  ) -> AuditFigures.Round {
    AuditFigures.Round(
      task: "ranker", number: number, members: 64, survivors: 60, isCharged: isCharged,
      isReleased: isReleased,
      mechanism: isCharged
        ? AuditFigures.Mechanism(
          law: "Skellam", clipNorm: 1, noiseMultiplier: 4.25, leastSurvivors: 60, mostColluding: 3)
        : nil, abortCode: abortCode,
      abortReason: abortCode.map { "fewClients, code \($0)" })
  }

  /// A2 and A3 to A4 as `epsilon`, A5 without a bound.
  static func guarantees(_ epsilon: Double?, reason: String? = nil) -> [AuditFigures.Guarantee] {
    ["A1", "A2", "A3", "A4", "A5", "A6"].map { name in
      let bound = name == "A5" ? nil : epsilon
      return AuditFigures.Guarantee(
        adversary: name, summary: "who \(name) is", sees: "what \(name) sees",
        assumptions: ["one thing", "another, of \(name)"], epsilon: bound,
        renyi: bound.map { $0 + 0.25 },
        gaussian: bound, reason: bound == nil ? reason ?? "it deviates" : nil)
    }
  }

  static func plan(
    _ name: String, epsilon: Double?, promised: Double? = 8, rounds: [AuditFigures.Round],
    mostColluding: Int = 3, leastCohort: Int = 60, reason: String? = nil
  ) -> AuditFigures.Plan {
    AuditFigures.Plan(
      name: name, hash: "ab12", document: "name: \(name)\n", promisedEpsilon: promised, delta: 1e-5,
      leastCohort: leastCohort, mostCohort: 64, leastSurvivors: 60, mostColluding: mostColluding,
      isClosed: false,
      tasks: [
        AuditFigures.Task(
          name: "ranker", coordinates: 7, clipNorm: 1.5, law: nil, noiseMultiplier: nil, debits: 0,
          releases: 0, mostReleases: 3, mostContributions: 3)
      ], guarantees: guarantees(epsilon, reason: reason), curves: [], spending: [],
      epsilonOfReleases: epsilon, rounds: rounds)
  }

  static func figures(
    _ plans: [AuditFigures.Plan], total: Double?, reason: String? = nil,
    deviations: [AuditFigures.Deviation] = [], empirical: EmpiricalFigures? = nil
  ) -> AuditFigures {
    AuditFigures(
      version: "0.0.0", signer: "5167",
      bundle: AuditFigures.Bundle(
        hash: "b0b0", entries: 33, bytes: 5_000, headTime: "2026-11-22 02:43:16Z", log: "10a9",
        authority: "a07b", witnesses: [], quorum: 0, cosignatures: 0, keysArePinned: false),
      terms: AuditFigures.Terms(
        unit: "user", protects: "all of one device", adjacency: "zeroOut",
        difference: "all of it, replaced by nothing",
        apart: "counts of check-ins"),
      total: plans.isEmpty
        ? nil : AuditFigures.Total(delta: 1e-5, guarantees: guarantees(total, reason: reason)),
      plans: plans, deviations: deviations, empirical: empirical)
  }
}
