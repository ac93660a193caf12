import RoundVocabulary
import Testing

@testable import PrivacyAccounting

@Suite struct RenyiFilterTests {
  private let release = MechanismEvent.gaussian(noiseMultiplier: 20)

  @Test(arguments: [[32.0], [8, 64, 512]], [(1.0, 1e-6), (8, 1e-10)])
  func theBudgetIsUsedUpAndNeverExceeded(orders: [Double], target: (Double, Double)) throws {
    let (epsilon, delta) = target
    var filter = try RenyiFilter(
      epsilon: epsilon, delta: delta, neighbors: .zeroOut, orders: orders)
    var admitted = 0
    while try filter.admit(release) {
      admitted += 1
      #expect(filter.accounts.contains { $0.spent <= $0.budget })
    }
    let spent = try RenyiAccountant.epsilon(
      of: [release.times(admitted)], delta: delta, neighbors: .zeroOut)
    #expect(spent <= epsilon)
    // At a fixed order of one's own choice nothing is left over but part of a release.
    let allowed = filter.accounts.map { account in
      (account.budget / (account.order / 800)).rounded(.down)
    }
    #expect(Double(admitted) == allowed.max())
  }

  @Test func aRefusedReleaseChangesNothingAndASmallerOneMayStillFit() throws {
    var filter = try RenyiFilter(epsilon: 1, delta: 1e-6, neighbors: .zeroOut)
    while try filter.admit(release) {}
    let accounts = filter.accounts
    #expect(try !filter.admit(release))
    #expect(try !filter.admit(.gaussian(noiseMultiplier: 0)))
    #expect(filter.accounts == accounts)
    #expect(throws: AccountingError.self) { try filter.admit(.gaussian(noiseMultiplier: -1)) }
    #expect(throws: AccountingError.self) {
      try filter.admit(
        .sampledGaussian(
          noiseMultiplier: 1,
          sampling: .truncatedPoisson(probability: 0.1, cap: 2, population: 9)))
    }
    #expect(filter.accounts == accounts)
    #expect(try filter.admit(.gaussian(noiseMultiplier: 1e6)))
    #expect(filter.accounts != accounts)
  }

  @Test func whatIsAdmittedConvertsBackToTheTarget() throws {
    for epsilon in [0.1, 1, 10] {
      for delta in [1e-3, 1e-6, 1e-12] {
        let filter = try RenyiFilter(epsilon: epsilon, delta: delta, neighbors: .replaceOne)
        let account = try #require(filter.accounts.first)
        let back = RenyiConversion.epsilon(
          order: account.order, divergence: account.budget, delta: delta)
        #expect(back <= epsilon && back > epsilon * (1 - 1e-6))
      }
    }
  }

  @Test func theDefaultOrderAdmitsNearlyWhatAPlannedCompositionWould() throws {
    var filter = try RenyiFilter(epsilon: 2, delta: 1e-8, neighbors: .zeroOut)
    var admitted = 0
    while try filter.admit(release) { admitted += 1 }
    let next = try RenyiAccountant.epsilon(
      of: [release.times(admitted + 1)], delta: 1e-8, neighbors: .zeroOut)
    #expect(next > 2)
  }

  @Test func relationsAreRespected() throws {
    var zeroOut = try RenyiFilter(epsilon: 2, delta: 1e-6, neighbors: .zeroOut, orders: [10])
    var replace = try RenyiFilter(epsilon: 2, delta: 1e-6, neighbors: .replaceOne, orders: [10])
    #expect(try zeroOut.admit(release) && replace.admit(release))
    let charges = (zeroOut.accounts[0].spent, replace.accounts[0].spent)
    #expect(abs(charges.1 / charges.0 - 4) < 1e-12)
  }

  @Test func impossibleBudgetsAreRefused() {
    for (epsilon, delta, orders) in [
      (0, 1e-6, [8.0]), (-1, 1e-6, [8]), (.nan, 1e-6, [8]), (1, 0, [8]), (1, 1, [8]),
      (1, 1e-6, []), (1, 1e-6, [1]), (1, 1e-6, [.infinity]), (1, 1e-6, [1.5]),
    ] as [(Double, Double, [Double])] {
      #expect(throws: AccountingError.self) {
        try RenyiFilter(epsilon: epsilon, delta: delta, neighbors: .zeroOut, orders: orders)
      }
    }
  }
}
