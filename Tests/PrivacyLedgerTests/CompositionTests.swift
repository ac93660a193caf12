import RoundVocabulary
import Testing

@testable import PrivacyLedger
@testable import TransparencyLog

/// What several plans of one log have cost together.
@Suite struct CompositionTests {
  private static func outcome(_ name: String) throws -> LedgerVerifier.Outcome {
    try LedgerVerifier.verify(LedgerFiles.good(name))
  }

  /// More than any plan alone, at most the sum: composition can be better than adding up, never worse.
  @Test(arguments: ["two plans", "two plans with different noise"])
  func theWholeIsBetweenItsLargestPartAndTheSum(name: String) throws {
    let outcome = try Self.outcome(name)
    let delta = try #require(outcome.delta)
    #expect(delta == outcome.accounts.map(\.delta).min())
    for adversary in [Adversary.anyClientOrPublic, .coordinatorWithoutSecureAggregation] {
      let parts = outcome.accounts.map {
        $0.charge.epsilon(against: adversary, delta: delta / 2).renyi
      }
      let whole = outcome.total.epsilon(against: adversary, delta: delta)
      // Parts at half of delta, so that those of the sum add up to delta.
      #expect(whole.renyi <= parts.reduce(0, +), "\(adversary)")
      for account in outcome.accounts {
        let part = account.charge.epsilon(against: adversary, delta: account.delta)
        #expect(whole.renyi > part.renyi || part.renyi == .infinity, "\(adversary)")
        #expect(whole.value > part.value || part.value == .infinity, "\(adversary)")
      }
    }
  }

  @Test func onePlanIsTheWhole() throws {
    let outcome = try Self.outcome("one round")
    for adversary in Adversary.allCases {
      let delta = try #require(outcome.delta)
      #expect(
        outcome.total.epsilon(against: adversary, delta: delta)
          == outcome.accounts[0].charge.epsilon(against: adversary, delta: delta))
    }
    #expect(try Self.outcome("without entries").delta == nil)
  }

  /// What has no bound says why, and makes the whole have none.
  @Test func whatHasNoBoundSaysWhy() throws {
    func obstacles(_ name: String) throws -> [Adversary: LedgerCharge.Obstacle] {
      let outcome = try Self.outcome(name)
      let delta = try #require(outcome.delta)
      return Dictionary(
        uniqueKeysWithValues: Adversary.allCases.compactMap { adversary in
          outcome.total.obstacle(against: adversary, delta: delta).map { (adversary, $0) }
        })
    }
    #expect(try obstacles("one round") == [.maliciousCoordinator: .deviates])
    #expect(
      try obstacles("two plans, one with a cohort and no debit") == [
        .maliciousCoordinator: .deviates,
        .coordinatorWithoutSecureAggregation: .uncharged(.statistics),
      ])
    let open = try obstacles("two plans, one without noise")
    #expect(open[.maliciousCoordinator] == .deviates && open.count == Adversary.allCases.count)
    #expect(open.filter { $0.key != .maliciousCoordinator }.allSatisfy { $0.value == .noNoise })
  }
}
