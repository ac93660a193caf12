internal import PrivacyLedger
internal import RoundVocabulary
internal import Scenarios

/// Why an epsilon has no bound, for people.
enum NoBound {
  static let deviates =
    "a coordinator that deviates could fill a cohort with devices of its own, for one program holds its "
    + "keys and those that enroll devices; what one device's own noise hides is the figure for A6"

  /// Why one of several plans has no bound against an adversary; nil if all have one together.
  static func reason(
    of accounts: [LedgerAccount], against adversary: Adversary, delta: Double
  ) -> String? {
    let charge = LedgerCharge(composing: accounts.map(\.charge))
    guard let obstacle = charge.obstacle(against: adversary, delta: delta) else { return nil }
    if obstacle == .deviates { return deviates }
    // Of each plan the first obstacle; none if only all together have too little noise.
    let found = accounts.compactMap { account in
      account.charge.obstacle(against: adversary, delta: delta).map { text(of: $0, account) }
    }
    return found.isEmpty ? text(of: .unbounded, nil) : found.joined(separator: "; ")
  }

  private static func text(of obstacle: LedgerCharge.Obstacle, _ account: LedgerAccount?) -> String
  {
    let plan = account.map { "plan \($0.promise.plan.name): " } ?? ""
    switch obstacle {
    case .deviates: return deviates
    case .noNoise: return plan + "it adds no noise"
    case .uncharged(let task):
      let round = account?.rounds.last { $0.task == task && $0.members != nil && !$0.isCharged }
      let state =
        round?.isOpen == true ? "is open and not charged yet" : "was given up before it was charged"
      return plan
        + "round \(round.map { "\($0.number)" } ?? "-") of \(task.rawValue) \(state), so the noise "
        + "of its contributions is not in the log"
    case .unbounded: return plan + "there is too little noise for any accountant"
    }
  }
}
