import RoundVocabulary
import Scenarios
import Testing
import TransparencyLog

@testable import PrivacyLedger

/// Two programs from one page judge the logs of this suite alike, beside the vectors that both are held to.
@Suite(
  .enabled(if: ReferenceVerifier.isHere, "skipped: the independent verifier needs python3"),
  .serialized, .timeLimit(.minutes(15)))
struct ReferenceVerifierTests {
  private static let tolerance = 1e-6

  /// Every honest plan of the suite, one with retries, and one so large that what one device's own noise hides is
  /// beyond floating point.
  @Test(
    arguments: HonestPlanTests.plans + [
      ["cohort.most=29", "privacy.retries=2"], ["cohort.most=1000"],
    ])
  func bothFindTheSameEpsilons(overrides: [String]) throws {
    var log = try PlannedLog(.small(overrides))
    try log.publish()
    try log.runAll()
    let bundle = log.bundle()
    let outcome = try LedgerVerifier.verify(bundle.encoded)
    let verdict = try ReferenceVerifier.verdict(on: bundle)
    #expect(verdict.accepted)
    let delta = try #require(outcome.delta)
    expect(try #require(verdict.total), outcome.total, delta: delta)
    let plans = try #require(verdict.plans)
    #expect(plans.count == outcome.accounts.count)
    for (plan, account) in zip(plans, outcome.accounts) {
      expect(plan.guarantees, account.charge, delta: account.delta)
    }
  }

  @Test(arguments: MaliciousCoordinatorTests.Deceit.allCases)
  func bothFindTheSameDeceit(deceit: MaliciousCoordinatorTests.Deceit) throws {
    try expectRefusal(of: MaliciousCoordinatorTests.bundle(deceit, trial: 1).bundle)
  }

  @Test(arguments: MutantBuildTests.Fault.allCases)
  func bothFindTheSameFault(fault: MutantBuildTests.Fault) throws {
    try expectRefusal(of: MutantBuildTests.bundle(fault))
  }

  /// A sample of all bytes, so that two programs name the same place wherever something was changed.
  ///
  /// A flip takes Python 30 ms, and one that only the last hash shows most of a second.
  @Test(arguments: ["version 2: one round", "one round"])
  func bothNameTheSamePlaceOfAChangedByte(name: String) throws {
    let bundle = try LedgerFiles.good(name)
    var refused: [(bundle: [UInt8], finding: LedgerFinding)] = []
    for place in stride(from: 0, to: bundle.count, by: 13) {
      var changed = bundle
      changed[place] ^= 1 << UInt8(place % 8)
      let finding = #expect(throws: LedgerFinding.self) { try LedgerVerifier.verify(changed) }
      if let finding { refused.append((changed, finding)) }
    }
    let disagreement = try ReferenceVerifier.disagreement(on: refused)
    #expect(disagreement == nil)
  }

  /// The comparison above would find a difference.
  @Test func anotherPlaceIsADisagreement() throws {
    var bundle = try LedgerFiles.good("version 2: one round")
    bundle[bundle.count - 40] ^= 1
    let finding = LedgerFinding(.changedLeaf, "", entry: .init(index: 4, kind: .debit))
    let disagreement = try ReferenceVerifier.disagreement(on: [(bundle, finding)])
    #expect(disagreement?.contains("'entry': 5") == true)
  }

  private func expectRefusal(of bundle: AuditBundle) throws {
    let verdict = try ReferenceVerifier.verdict(on: bundle)
    let finding = try #require(
      #expect(throws: LedgerFinding.self) { try LedgerVerifier.verify(bundle.encoded) })
    #expect(!verdict.accepted && verdict.rule == finding.rule)
    #expect(verdict.entry == finding.entry?.index && verdict.kind == finding.entry?.kind?.name)
    #expect(verdict.plan == finding.plan)
  }

  private func expect(
    _ found: [ReferenceVerifier.Verdict.Guarantee], _ charge: LedgerCharge, delta: Double
  ) {
    #expect(found.map(\.adversary) == Adversary.allCases.map(\.rawValue))
    for (guarantee, adversary) in zip(found, Adversary.allCases) {
      let own = charge.epsilon(against: adversary, delta: delta)
      for (theirs, ours) in [
        (guarantee.renyi, own.renyi), (guarantee.gaussian, own.gaussian),
        (guarantee.epsilon, own.value),
      ] {
        guard let theirs else {
          #expect(ours.isInfinite, "\(adversary)")
          continue
        }
        #expect(
          abs(theirs - ours) <= Self.tolerance * max(1, abs(ours)),
          "\(adversary): \(theirs), \(ours)")
      }
    }
  }
}
