import CryptoPrimitives
import PlannedRounds
import PrivacyAccounting
import RoundVocabulary
import Scenarios
import Testing

@testable import PrivacyLedger
@testable import TransparencyLog

/// Builds with one fault each that shows in what they log: verification catches every one, always.
///
/// Faults that do not show in a log - the same noise in every round, noise before the clip, weights by example count -
/// are caught by canaries: PrivacyAuditingTests/Laboratory.
@Suite struct MutantBuildTests {
  enum Fault: CaseIterable {
    case noiseHalved
    case clipOff
    /// Noise for one in ten devices being sampled, as if the coordinator did not know which.
    case noiseForASample

    var rule: LedgerRule {
      switch self {
      case .noiseHalved, .noiseForASample: .noise
      case .clipOff: .clipNorm
      }
    }

    func applied(to honest: LoggedMechanism) -> LoggedMechanism {
      let divisor: UInt64 =
        switch self {
        case .noiseHalved: 4
        case .noiseForASample: 100
        case .clipOff: 1
        }
      let variance = honest.varianceNumerator / honest.varianceDenominator / divisor
      return LoggedMechanism(
        law: honest.law,
        variance: self == .clipOff
          ? (honest.varianceNumerator, honest.varianceDenominator) : (max(1, variance), 1),
        totalVariation: honest.totalVariation, squaredNormBound: honest.squaredNormBound,
        dimension: honest.dimension,
        clipNorm: self == .clipOff ? honest.clipNorm * 1024 : honest.clipNorm,
        scale: self == .clipOff ? honest.scale / 1024 : honest.scale,
        assurance: CohortAssurance(
          leastSurvivors: honest.leastSurvivors, mostColluding: honest.mostColluding))
    }
  }

  private static let log = Result { try PlannedLog(.small()) }

  /// A log of the plan's rounds as a build with the fault writes it.
  static func bundle(_ fault: Fault) throws -> AuditBundle {
    var log = try Self.log.get()
    try log.publish()
    try log.runAll { content in
      switch content {
      case .debit(let debit):
        .debit(
          LoggedDebit(
            round: debit.round, transcript: debit.transcript, survivorCount: debit.survivorCount,
            mechanism: fault.applied(to: debit.mechanism)))
      default: content
      }
    }
    return log.bundle()
  }

  @Test(arguments: Fault.allCases) func whatIsLoggedIsFoundAtItsFirstDebit(fault: Fault) throws {
    let finding = #expect(throws: LedgerFinding.self) {
      try LedgerVerifier.verify(Self.bundle(fault).encoded)
    }
    #expect(finding?.rule == fault.rule.rawValue)
    #expect(finding?.entry == .init(index: 4, kind: .debit))
  }

  /// What a plan costs those who know who took part is not less for sampling; whoever claims so is refused.
  @Test func amplificationClaimedAgainstTheCoordinatorIsFound() throws {
    func finding(claiming share: Double) throws -> LedgerFinding? {
      var log = try Self.log.get()
      try log.publish()
      try log.runAll()
      let honest = try log.tasks.epsilon(against: .honestButCuriousCoordinator, delta: 1e-5)
      try log.append(
        .closing(
          LoggedClosing(
            planHash: log.tasks.hash, debitCount: 5, releaseCount: 5, accountant: "mutant 1",
            vectorsHash: Cast.bytes("vectors"),
            claims: [
              .init(
                adversary: .honestButCuriousCoordinator, delta: 1e-5, epsilon: honest * share)
            ])))
      do throws(LedgerFinding) {
        _ = try LedgerVerifier.verify(log.bundle().encoded)
        return nil
      } catch { return error }
    }
    #expect(try finding(claiming: 1) == nil)
    // One in ten: what amplification by sampling would be about.
    let amplified = try finding(claiming: 0.1)
    #expect(amplified?.rule == LedgerRule.claim.rawValue && amplified?.entry?.kind == .closing)
  }

  /// A claim against A5 is not compared, so that logs in which there is one stay readable; no figure repeats it.
  @Test func aClaimAgainstA5ChangesNothing() throws {
    var log = try Self.log.get()
    try log.publish()
    try log.runAll()
    try log.append(
      .closing(
        LoggedClosing(
          planHash: log.tasks.hash, debitCount: 5, releaseCount: 5, accountant: "earlier 1",
          vectorsHash: Cast.bytes("vectors"),
          claims: [.init(adversary: .maliciousCoordinator, delta: 1e-5, epsilon: 8)])))
    let outcome = try LedgerVerifier.verify(log.bundle().encoded)
    #expect(outcome.total.epsilon(against: .maliciousCoordinator, delta: 1e-5).value == .infinity)
  }
}
