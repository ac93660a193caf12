internal import CryptoPrimitives
internal import PrivacyLedger
internal import Report
internal import RoundVocabulary
internal import Scenarios
internal import TransparencyLog

extension AuditFigures {
  /// What the rules allow and a reader should still know, in the order of the log.
  static func deviations(_ outcome: LedgerVerifier.Outcome) -> [Deviation] {
    let plans = Dictionary(
      outcome.accounts.map { ($0.hash, $0.promise.plan.name) }
    ) { first, _ in first }
    let tasks = Dictionary(
      outcome.accounts.flatMap { account in
        account.promise.tasks.map {
          ($0.identifier, "\($0.kind.rawValue) of plan \(account.promise.plan.name)")
        }
      }
    ) { first, _ in first }
    var found: [Deviation] = []
    for (index, entry) in outcome.bundle.entries.enumerated() {
      switch entry.content {
      case .rotation(let rotation):
        found.append(
          Deviation(
            entry: index,
            what: "The key of the \(rotation.role) was replaced by \(rotation.new.encoding)."))
      case .pause(let pause):
        let task = tasks[pause.task] ?? "an unknown task"
        found.append(
          Deviation(
            entry: index,
            what: "The task \(task) " + (pause.state == .paused ? "was paused." : "went on.")))
      case .closing(let closing):
        found += deviations(closing, ofPlan: plans[closing.planHash] ?? "", at: index)
      default: break
      }
    }
    return (found + outcome.accounts.flatMap { unclosed($0) + openRounds(of: $0) })
      .sorted { $0.entry < $1.entry }
  }

  /// A plan that has failed is not closed, for it may be resumed: the log alone does not tell it from one that goes on.
  private static func unclosed(_ account: LedgerAccount) -> [Deviation] {
    guard account.closing == nil else { return [] }
    let lost = account.rounds.reversed().prefix { $0.abortCode != nil }.count
    return [
      Deviation(
        entry: account.index,
        what:
          "The plan \(account.promise.plan.name) is not closed: it goes on, or has failed and was left."
          + (lost == 0
            ? "" : " Its last \(lost == 1 ? "round was" : "\(lost) rounds were") given up."))
    ]
  }

  private static func deviations(
    _ closing: LoggedClosing, ofPlan name: String, at index: Int
  ) -> [Deviation] {
    var found: [Deviation] = []
    let open = closing.claims.filter { !$0.epsilon.isFinite }.map(\.adversary.rawValue)
    if !open.isEmpty {
      found.append(
        Deviation(
          entry: index,
          what:
            "The plan \(name) was closed without a claim against \(open.joined(separator: ", "))."))
    }
    if closing.claims.contains(where: {
      $0.adversary == .maliciousCoordinator && $0.epsilon.isFinite
    }) {
      found.append(
        Deviation(
          entry: index,
          what: "The closing of the plan \(name) claims a bound against A5, which nothing supports."
        ))
    }
    return found
  }

  private static func openRounds(of account: LedgerAccount) -> [Deviation] {
    account.rounds.filter(\.isOpen).map { round in
      Deviation(
        entry: round.index,
        what:
          "Round \(round.number) of \(round.task.rawValue) of plan \(account.promise.plan.name) is open: "
          + (round.isCharged
            ? "it was charged and neither released nor given up, and counts as opened."
            : "it was announced, and neither charged nor given up."))
    }
  }
}
