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
    let delta: Double
    /// Infinite where nothing is guaranteed.
    let renyi: Double
    let gaussian: Double
    let epsilon: Double
  }

  struct Plan: Encodable {
    let plan: String
    let name: String
    let promised: Double
    let rounds: Int
    let debits: Int
    let releases: Int
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
    let detail: String

    init(_ finding: LedgerFinding) {
      rule = finding.rule
      entry = finding.entry?.index
      kind = finding.entry?.kind?.name
      detail = finding.detail
    }
  }

  let accepted = true
  let hash: String
  let entries: Int
  /// Unix seconds.
  let headTime: UInt64
  let cosignatures: Int
  let keys: Keys
  let plans: [Plan]

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
    plans = outcome.accounts.map(Plan.init)
  }

  var text: String {
    var parts = [
      "accepted: \(FigureText.count(entries, "entry", "entries")), head of "
        + "\(Moment.text(Int64(headTime))), \(cosignatures) of \(keys.witnesses.count) witnesses, "
        + "\(keys.quorum) needed\nbundle \(hash)"
    ]
    parts += plans.map(\.text)
    if !keys.arePinned {
      parts.append(
        (["compare with what you know from elsewhere:", "log        \(keys.log)"]
          + ["authority  \(keys.authority)"] + keys.witnesses.map { "witness    \($0)" })
          .joined(separator: "\n"))
    }
    return parts.joined(separator: "\n\n")
  }
}

extension VerdictFigures.Plan {
  init(_ account: LedgerAccount) {
    plan = account.hash.description
    name = account.promise.plan.name
    let privacy = account.promise.plan.privacy
    promised = privacy.mechanism == .none ? .infinity : privacy.epsilon
    rounds = account.roundCount
    debits = account.debitCount
    releases = account.releaseCount
    guarantees = Adversary.allCases.map { adversary in
      let epsilon = account.charge.epsilon(against: adversary, delta: account.delta)
      return VerdictFigures.Guarantee(
        adversary: adversary.rawValue, delta: account.delta, renyi: epsilon.renyi,
        gaussian: epsilon.gaussian, epsilon: epsilon.value)
    }
  }

  fileprivate var text: String {
    func bound(_ value: Double) -> String {
      value.isFinite ? FigureText.upperBound(value) : "nothing"
    }
    var rows = [["adversary", "epsilon", "by Renyi", "by a Gaussian", "who"]]
    for (adversary, guarantee) in zip(Adversary.allCases, guarantees) {
      rows.append([
        guarantee.adversary, bound(guarantee.epsilon), bound(guarantee.renyi),
        bound(guarantee.gaussian), adversary.summary,
      ])
    }
    let limit = promised.isFinite ? "epsilon \(bound(promised)) promised" : "nothing promised"
    return "plan \(name), \(limit) at delta \(guarantees.first.map { bound($0.delta) } ?? "-"): "
      + "\(rounds) rounds, \(debits) charged, \(releases) released\n" + ResultTable.aligned(rows)
  }
}
