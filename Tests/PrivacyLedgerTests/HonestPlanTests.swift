import PlannedRounds
import RoundVocabulary
import Scenarios
import Testing
import TransparencyLog

@testable import PrivacyLedger

/// What the planner of rounds decides is what the ledger's page derives from the same document.
@Suite struct HonestPlanTests {
  static let plans: [[String]] = [
    [], ["privacy.noise=discrete-gaussian"], ["encoding.rotation=true"],
    ["privacy.mechanism=none"], ["encoding.scaleBits=auto"],
    ["privacy.epsilon=0.5", "privacy.delta=1e-10", "privacy.retries=2"],
    ["privacy.epsilon=20", "privacy.noise=discrete-gaussian", "encoding.rotation=true"],
    ["cohort.most=128", "privacy.colludingShare=0.1"],
    ["cohort.most=29", "privacy.dropoutShare=0.05", "privacy.colludingShare=0.01"],
    ["catalogue.items=1000", "tasks.ranker.rounds=30", "tasks.ranker.participations=7"],
    ["privacy.split.statistics=0.2", "privacy.split.gram=0.2", "privacy.split.ranker=0.6"],
  ]

  @Test(arguments: plans) func honestLogsAreAccepted(overrides: [String]) throws {
    var log = try PlannedLog(.small(overrides))
    try log.publish()
    try log.runAll()
    let outcome = try LedgerVerifier.verify(log.bundle().encoded)
    let account = try #require(outcome.accounts.first)
    #expect(account.releaseCount == log.tasks.plan.ranker.rounds + 2)
    #expect(account.rounds.count == account.releaseCount)
    #expect(account.rounds.allSatisfy { $0.isCharged && $0.isReleased && $0.abortCode == nil })
    // Epsilon of the log is that of the plan's own forecast, as all rounds have happened.
    for adversary in Adversary.allCases where overrides != ["privacy.mechanism=none"] {
      let planned = try log.tasks.epsilon(against: adversary, delta: account.delta)
      let logged = account.charge.epsilon(against: adversary, delta: account.delta).value
      guard planned.isFinite else { continue }
      // Orders are fixed here and searched there.
      #expect(logged <= planned * (1 + LedgerCharge.tolerance), "\(adversary)")
      // A device that repeats nothing has less behind it than the plan provides for.
      let isWhole = log.tasks.plan.privacy.retries == 0
      #expect(!isWhole || logged >= planned * (1 - 1e-9), "\(adversary)")
    }
  }

  @Test func plansAreReadInTheirOneForm() throws {
    let text = SignedPlanText.yaml(of: try .small())
    #expect(PlanPromise(document: Array(text.utf8)) != nil)
    #expect(PlanPromise(document: Array((text + "\n").utf8)) == nil)
    #expect(PlanPromise(document: Array("# a comment\n".utf8) + Array(text.utf8)) == nil)
    #expect(PlanPromise(document: [0xFF] + Array(text.utf8)) == nil)
  }
}
