import CryptoPrimitives
import FederatedRounds
import Foundation
import SecureAggregation
import SeededRandomness
import Testing
import TransparencyLog

@testable import ClientNode
@testable import CoordinatorNode

/// A life among liars: one device joins a hundred coordinators one after another, most of them with a lie.
///
/// Whatever they try, what leaves the device stays below every ceiling of its owner, by the account of somebody who
/// sees its messages and asks nothing of it. `LedgerScheduleTests` has ten thousand such lives of a ledger alone.
@Suite(.timeLimit(.minutes(60))) struct LyingCoordinatorsTests {
  private static let count = 100
  /// The same plan comes from several coordinators.
  private static let coordinatorsOfAPlan = 7
  /// What the first of them does: later a device has the plan, and may have contributed to it as often as it may.
  private static let first: [Lie] = [
    .replayedRound, .secondOpening, .withheldDebit, .falseDebit, .none, .changedPlan,
    .unloggedPlan, .twoHeads,
  ]

  private struct Tally {
    var contributions = 0
    /// Answers that the lie itself has caused, by the lie.
    var found: [Lie: Int] = [:]
    /// Objections of a device that would be asked for too much, by the setting.
    var ceilings: [String: Int] = [:]
  }

  private static let ceilings = [
    "privacy.epsilon", "privacy.epsilonPerTask", "privacy.epsilonPerDay",
    "privacy.mostContributions", "rounds.leastSeparation", "rounds.mostPerDay",
    "as often as the plan",
  ]

  @Test func noDeviceExceedsACeilingWhateverCoordinatorsTry() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/silhouette-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let victim = try Victim(
      folder: folder,
      [
        "rounds.leastCohort=3", "rounds.leastSurvivors=3", "rounds.leastHonest=1",
        "rounds.mostPerDay=3", "rounds.leastSeparation=30 min", "privacy.leastNoise=0.01",
        "privacy.epsilon=3", "privacy.epsilonPerTask=2", "privacy.epsilonPerDay=1.6",
        "privacy.mostContributions=14", "work.time=3600 s",
        // Each of the hundred coordinators may count it once.
        "rounds.mostCheckInDays=1000",
      ])
    var randomness = RandomStream.seeded(6, label: "liars")
    func below(_ bound: Int) -> Int { Int(randomness.nextBelow(UInt64(bound))) }
    var tally = Tally()
    let other = try TinyPlan("other", epsilon: 2.5)
    let wide = try TinyPlan("wide", epsilon: 2, cohort: 4)
    var plan = other
    for index in 0..<Self.count {
      let (number, place) = index.quotientAndRemainder(dividingBy: Self.coordinatorsOfAPlan)
      if place == 0 {
        // The first plans are such as the device takes part in.
        let epsilon = number < Self.first.count ? 2 : [1.5, 2, 2.5][below(3)]
        plan = try TinyPlan("plan-\(number)", epsilon: epsilon)
      }
      let lie =
        place == 0
        ? Self.first[number % Self.first.count]
        : below(4) == 0 ? .none : Lie.allCases[below(Lie.allCases.count)]
      // A device reads a plan once: one that is changed on the way has to be new to it.
      let offered =
        switch lie {
        case .smallerCohort: wide
        case .changedPlan: try TinyPlan("changed-\(index)", epsilon: 2)
        default: plan
        }
      let before = victim.spent.contributions.count
      let outcome = try await Encounter.outcome(
        of: victim, with: lie, offered, other: other, rounds: 1 + below(3),
        pause: [900, 1_800, 86_400][below(3)])
      let after = victim.spent.contributions.count
      if lie.isFoundInTime { #expect(after == before, "\(index): \(lie)") }
      if lie != .none { #expect(after <= before + 1, "\(index): \(lie)") }
      // It charges itself for what has left it, and for no more.
      #expect(outcome.charged == after, "\(index): \(lie)")
      note(outcome, of: lie, in: &tally)
      let violations = try victim.spent.violations(of: victim.settings, mostPerTask: 2)
      try #require(violations.isEmpty, "\(index), \(lie): \(violations)")
      victim.clock.advance(to: victim.clock.now + 1_800 + UInt64(below(12 * 3_600)))
    }
    tally.contributions = victim.spent.contributions.count
    // A life in which nothing happens shows nothing.
    #expect(tally.contributions >= 8, "\(tally)")
    for lie in Lie.allCases where lie != .none {
      #expect(tally.found[lie, default: 0] > 0, "\(tally)")
    }
    #expect(tally.ceilings.count >= 4, "\(tally)")
  }

  private func note(_ outcome: Encounter.Outcome, of lie: Lie, in tally: inout Tally) {
    let isFound = isFinding(outcome.answer, of: lie)
    // What convicts the log is kept, and nothing is kept against a log that has only hidden something.
    let evidence: HeadEvidence.Fault? =
      switch lie {
      case .twoHeads: .splitView
      case .replayedRound: .shrunk
      default: nil
      }
    #expect(outcome.evidence == (isFound ? evidence : nil), "\(lie)")
    #expect((outcome.falseDebit != nil) == (isFound && lie == .falseDebit), "\(lie)")
    if isFound {
      tally.found[lie, default: 0] += 1
      return
    }
    switch outcome.answer {
    case .objection(let text):
      let reached = Self.ceilings.filter { text.contains($0 + " ") }
      #expect(!reached.isEmpty, "\(lie): \(text)")
      for key in reached { tally.ceilings[key, default: 0] += 1 }
    // Another coordinator has had a round with this number of this plan.
    case .round(.stopped(.roundCounter)): tally.ceilings["round counter", default: 0] += 1
    case .round(.committed) where lie == .none: break
    case .round, .fault, .silence: Issue.record("\(lie): \(outcome.answer)")
    }
  }

  /// Whether this is what an honest device says to such a lie.
  private func isFinding(_ answer: Encounter.Answer, of lie: Lie) -> Bool {
    switch (lie, answer) {
    case (.halfTheNoise, .objection(let text)), (.noNoise, .objection(let text)):
      text.contains("the round's noise is not the plan's")
    case (.longerVectors, .objection(let text)):
      text.contains("the round's squaredNormBound is not the plan's")
    case (.otherTerms, .objection(let text)):
      text.contains("the round's") && text.contains("is not the plan's")
    case (.smallerCohort, .objection(let text)):
      text.contains("the round's mostCohort is not the plan's")
    case (.unloggedPlan, .fault(.log(.missing(let key)))): key.kind == .plan
    case (.changedPlan, .fault(.damagedDownload)): true
    case (.otherAuthor, .fault(.badPlanSignature)): true
    case (.twoHeads, .fault(.log(.refused(.splitView)))): true
    case (.replayedRound, .fault(.log(.refused(.shrunk)))): true
    case (.secondOpening, .round(.stopped(.roundCounter))): true
    case (.withheldDebit, .fault(.log(.missing(let key)))): key.kind == .debit
    case (.falseDebit, .fault(.log(.falseDebit))): true
    default: false
    }
  }
}
