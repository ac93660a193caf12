internal import CryptoPrimitives
internal import PrivacyLedger
internal import Report
internal import RoundVocabulary
internal import Scenarios
internal import TransparencyLog

/// What an accepted bundle amounts to, ready to be printed.
struct VerdictFigures: Encodable {
  struct Guarantee: Encodable {
    let adversary: String
    /// What has to be true outside of the mathematics.
    let assumptions: [String]
    let delta: Double
    /// Nil, and null in JSON, where there is no bound.
    let renyi: Double?
    let gaussian: Double?
    let epsilon: Double?
    /// Why there is none.
    let reason: String?

    private enum CodingKeys: String, CodingKey {
      case adversary, assumptions, delta, renyi, gaussian, epsilon, reason
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(adversary, forKey: .adversary)
      try container.encode(assumptions, forKey: .assumptions)
      try container.encode(delta, forKey: .delta)
      try container.encode(renyi, forKey: .renyi)
      try container.encode(gaussian, forKey: .gaussian)
      try container.encode(epsilon, forKey: .epsilon)
      try container.encodeIfPresent(reason, forKey: .reason)
    }
  }

  /// What a device has lost at most that took part in all plans.
  struct Total: Encodable {
    /// The least of all plans'.
    let delta: Double
    let guarantees: [Guarantee]
  }

  struct Plan: Encodable {
    let plan: String
    let name: String
    /// Nil without noise.
    let promised: Double?
    let rounds: Int
    let debits: Int
    let releases: Int
    /// Sums that the plan may release at most.
    let planned: Int
    /// Whether the log says that the plan has ended.
    let isClosed: Bool
    let guarantees: [Guarantee]
  }

  struct Keys: Encodable {
    let log: String
    let authority: String
    let witnesses: [String]
    let quorum: Int
    /// Whether they were compared with keys from elsewhere.
    let arePinned: Bool
  }

  /// What is wrong with a bundle that is not accepted.
  struct Refusal: Encodable {
    let accepted = false
    let rule: String
    let entry: Int?
    let kind: String?
    /// The place in the bundle of a plan whose document is at fault.
    let plan: Int?
    let detail: String

    init(_ finding: LedgerFinding) {
      rule = finding.rule
      entry = finding.entry?.index
      kind = finding.entry?.kind?.name
      plan = finding.plan
      detail = finding.detail
    }

    /// The bundle keeps the rules and names other keys than those that were given.
    init(otherKeys differences: [String]) {
      rule = "other-keys"
      entry = nil
      kind = nil
      plan = nil
      detail = differences.joined(separator: "; ")
    }
  }

  let accepted = true
  let hash: String
  let entries: Int
  /// Unix seconds.
  let headTime: UInt64
  let cosignatures: Int
  let keys: Keys
  /// What every epsilon is about.
  let terms = AuditFigures.Terms.ofLedger
  /// Nil without plans.
  let total: Total?
  let plans: [Plan]
  /// What the rules allow and a reader should know, in the order of the log.
  let deviations: [AuditFigures.Deviation]
  /// What others have seen of the same log.
  var seen: [SeenFile.Agreement] = []

  init(_ outcome: LedgerVerifier.Outcome, arePinned: Bool) {
    let bundle = outcome.bundle
    let policy = bundle.policy
    hash = outcome.hash.description
    entries = bundle.entries.count
    headTime = bundle.head.signed.head.time
    cosignatures = bundle.head.cosignatures.count
    keys = Keys(
      log: policy.log.key.encoding.description,
      authority: policy.authority.encoding.description,
      witnesses: policy.quorum.witnesses.map(\.encoding).sorted().map(\.description),
      quorum: policy.quorum.needed, arePinned: arePinned)
    total = outcome.delta.map {
      Total(delta: $0, guarantees: Self.guarantees(of: outcome.accounts, delta: $0))
    }
    plans = outcome.accounts.map(Plan.init)
    deviations = AuditFigures.deviations(outcome)
  }

  var text: String {
    var parts = [
      "accepted: \(FigureText.count(entries, "entry", "entries")), head of "
        + "\(Moment.text(Int64(headTime))), \(cosignatures) of \(keys.witnesses.count) witnesses, "
        + "\(keys.quorum) needed\nbundle \(hash)"
    ]
    if !seen.isEmpty { parts.append(seen.map(\.text).joined(separator: "\n")) }
    if !deviations.isEmpty {
      parts.append(
        (["to know:"] + deviations.map { "entry \($0.entry)  \($0.what)" }).joined(separator: "\n"))
    }
    if let total, plans.count > 1 { parts.append(total.text(ofPlans: plans.count)) }
    parts += plans.map(\.text)
    // A single plan is the total.
    parts += (total?.guarantees ?? []).compactMap { guarantee in
      guarantee.reason.map { "no bound against \(guarantee.adversary): \($0)" }
    }
    if !keys.arePinned {
      parts.append(
        (["compare with what you know from elsewhere:", "log        \(keys.log)"]
          + ["authority  \(keys.authority)"] + keys.witnesses.map { "witness    \($0)" })
          .joined(separator: "\n"))
    }
    return parts.joined(separator: "\n\n")
  }
}

extension VerdictFigures {
  fileprivate static func guarantees(
    of accounts: [LedgerAccount], delta: Double
  ) -> [Guarantee] {
    let charge = LedgerCharge(composing: accounts.map(\.charge))
    func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
    return Adversary.allCases.map { adversary in
      let epsilon = charge.epsilon(against: adversary, delta: delta)
      return Guarantee(
        adversary: adversary.rawValue, assumptions: adversary.assumptions, delta: delta,
        renyi: finite(epsilon.renyi),
        gaussian: finite(epsilon.gaussian), epsilon: finite(epsilon.value),
        reason: NoBound.reason(of: accounts, against: adversary, delta: delta))
    }
  }

  fileprivate static func table(_ guarantees: [Guarantee]) -> String {
    func bound(_ value: Double?) -> String {
      value.map(FigureText.upperBound) ?? FigureText.noBound
    }
    let rows = zip(Adversary.allCases, guarantees).map { adversary, guarantee in
      [
        guarantee.adversary, bound(guarantee.epsilon), bound(guarantee.renyi),
        bound(guarantee.gaussian), adversary.summary,
      ]
    }
    return ResultTable.aligned(
      [["adversary", "epsilon", "by Renyi", "by a Gaussian", "who"]] + rows)
  }
}

extension VerdictFigures.Total {
  fileprivate func text(ofPlans count: Int) -> String {
    "all \(count) plans together, at delta \(FigureText.upperBound(delta)), of a person who took part in each\n"
      + VerdictFigures.table(guarantees)
  }
}

extension VerdictFigures.Plan {
  init(_ account: LedgerAccount) {
    plan = account.hash.description
    name = account.promise.plan.name
    let privacy = account.promise.plan.privacy
    promised = privacy.mechanism == .none ? nil : privacy.epsilon
    rounds = account.roundCount
    debits = account.debitCount
    releases = account.releaseCount
    planned = account.promise.tasks.reduce(0) { $0 + $1.mostReleases }
    isClosed = account.closing != nil
    guarantees = VerdictFigures.guarantees(of: [account], delta: account.delta)
  }

  fileprivate var text: String {
    let limit =
      promised.map { "epsilon \(FigureText.upperBound($0)) promised" }
      ?? "no noise, nothing promised"
    let delta = guarantees.first.map { " at delta \(FigureText.upperBound($0.delta))" } ?? ""
    return "plan \(name), \(limit)\(delta): \(FigureText.count(rounds, "round", "rounds")), "
      + "\(FigureText.count(debits)) charged, \(FigureText.count(releases)) released, \(state)\n"
      + VerdictFigures.table(guarantees)
  }

  private var state: String {
    guard isClosed else { return "not closed" }
    return releases < planned
      ? "closed before \(FigureText.count(planned)) were released" : "closed"
  }
}
