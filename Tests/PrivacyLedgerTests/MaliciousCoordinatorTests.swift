import CryptoPrimitives
import PlannedRounds
import RoundVocabulary
import Scenarios
import SeededRandomness
import Testing

@testable import PrivacyLedger
@testable import TransparencyLog

/// A hundred coordinators that cheat at one entry of an otherwise honest log, each with a valid head.
@Suite struct MaliciousCoordinatorTests {
  enum Deceit: CaseIterable {
    case lessNoise, unloggedPlan, otherPlan, replayedRound, smallerCohort, secondOpening,
      withheldDebit, otherSet, otherScale, unpaidRelease

    /// What an auditor answers.
    var rules: Set<LedgerRule> {
      switch self {
      case .lessNoise: [.noise]
      case .unloggedPlan: [.unloggedPlan]
      case .otherPlan: [.task]
      case .replayedRound: [.roundOrder, .duplicate]
      case .smallerCohort: [.cohortFloor]
      case .secondOpening: [.duplicate]
      case .withheldDebit: [.unpaid]
      case .otherSet: [.otherSurvivors]
      case .otherScale: [.scale, .normBound]
      case .unpaidRelease: [.otherDebit]
      }
    }
  }

  @Test(arguments: Deceit.allCases) func deceitIsFoundWhereItIs(deceit: Deceit) throws {
    for trial in 0..<10 {
      let bundle = try Self.bundle(deceit, trial: trial)
      do throws(LedgerFinding) {
        _ = try LedgerVerifier.verify(bundle.bundle.encoded)
        Issue.record("\(deceit) \(trial) is accepted")
      } catch {
        #expect(deceit.rules.map(\.rawValue).contains(error.rule), "\(error)")
        #expect(error.entry?.index == bundle.place, "\(deceit) \(trial): \(error)")
      }
    }
  }

  /// Two plans without entries; the mechanisms of a plan take a debug build a second.
  private static let logs = [3, 4].map { seed in
    Result { try PlannedLog(.small(["tasks.ranker.rounds=12", "seed=\(seed)"])) }
  }

  /// A log whose `trial`th round is not honest, and the place of the entry that is not.
  static func bundle(
    _ deceit: Deceit, trial: Int
  ) throws -> (bundle: AuditBundle, place: Int) {
    var log = try logs[trial % 2].get()
    if deceit != .unloggedPlan { try log.publish() }
    try log.run(.statistics, 1)
    try log.run(.gram, 1)
    let number = UInt64(1 + trial)
    for honest in 1..<max(1, number) { try log.run(.ranker, honest) }
    let start = log.entries.count
    switch deceit {
    case .unloggedPlan:
      return (log.bundle(plans: []), 0)
    case .replayedRound:
      try log.run(.ranker, number)
      try log.run(.ranker, number, tampering: { trial.isMultiple(of: 2) ? $0 : nil })
      if !trial.isMultiple(of: 2) { try log.run(.ranker, number) }
      return (log.bundle(), start + 5)
    case .secondOpening:
      try log.run(.ranker, number)
      try log.run(.ranker, number) { content in
        guard case .debit(let debit) = content else { return nil }
        return .debit(
          LoggedDebit(
            round: debit.round, transcript: Cast.bytes("other set \(trial)"),
            survivorCount: debit.survivorCount, mechanism: debit.mechanism))
      }
      return (log.bundle(), start + 5)
    default:
      try log.run(.ranker, number) { Self.tampered($0, deceit, trial) }
      return (log.bundle(), start + Self.place(of: deceit))
    }
  }

  /// Which of the round's entries is false.
  private static func place(of deceit: Deceit) -> Int {
    switch deceit {
    case .otherPlan: 0
    case .smallerCohort: 1
    // The release takes the debit's place.
    case .withheldDebit, .lessNoise, .otherSet, .otherScale: 3
    default: 4
    }
  }

  private static func tampered(
    _ content: LogEntry.Content, _ deceit: Deceit, _ trial: Int
  ) -> LogEntry.Content? {
    switch (deceit, content) {
    case (.otherPlan, .round(let round)):
      return .round(
        LoggedRound(
          round: RoundReference(task: Cast.bytes("other task"), number: round.round.number),
          configuration: round.configuration, planHash: round.planHash,
          modelHash: round.modelHash))
    case (.smallerCohort, .cohort(let cohort)):
      return .cohort(
        LoggedCohort(
          round: cohort.round, transcript: cohort.transcript, root: cohort.root,
          memberCount: 1 + trial))
    case (.withheldDebit, .debit): return nil
    case (.unpaidRelease, .release(let release)):
      return .release(
        LoggedRelease(
          round: release.round, debit: Cast.bytes("no debit"), sumHash: release.sumHash,
          modelHash: release.modelHash, survivorCount: release.survivorCount,
          mechanism: release.mechanism))
    case (.otherSet, .debit(let debit)):
      return .debit(
        LoggedDebit(
          round: debit.round, transcript: Cast.bytes("other set"),
          survivorCount: debit.survivorCount, mechanism: debit.mechanism))
    case (.lessNoise, .debit(let debit)), (.otherScale, .debit(let debit)):
      return .debit(
        LoggedDebit(
          round: debit.round, transcript: debit.transcript, survivorCount: debit.survivorCount,
          mechanism: debit.mechanism.false(deceit)))
    default: return content
    }
  }
}

extension LoggedMechanism {
  /// Noise of 99 % of its variance, or a scale one step coarser with the norm bound of the finer one.
  fileprivate func `false`(_ deceit: MaliciousCoordinatorTests.Deceit) -> LoggedMechanism {
    let lowered = varianceNumerator / varianceDenominator * 99 / 100
    return LoggedMechanism(
      law: law,
      variance: deceit == .lessNoise
        ? (lowered, 1) : (varianceNumerator, varianceDenominator),
      totalVariation: totalVariation, squaredNormBound: squaredNormBound, dimension: dimension,
      clipNorm: clipNorm, scale: deceit == .otherScale ? scale / 2 : scale,
      assurance: CohortAssurance(
        leastSurvivors: leastSurvivors, mostColluding: mostColluding))
  }
}
