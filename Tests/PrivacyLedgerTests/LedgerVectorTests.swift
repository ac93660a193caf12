import CryptoPrimitives
import RoundVocabulary
import Testing
import TransparencyLog

@testable import PrivacyLedger

/// Two implementations of protocols/ledger.md judge alike.
@Suite struct LedgerVectorTests {
  @Test func theReferenceAcceptsWhatIsAccepted() throws {
    for vector in try LedgerVectors.load("bundles.json") {
      let outcome = try LedgerVerifier.verify(vector.bytes)
      #expect(outcome.hash.description == vector.verdict.hash, "\(vector.name)")
      #expect(outcome.bundle.entries.count == vector.verdict.entries, "\(vector.name)")
      let plans = try #require(vector.verdict.plans)
      #expect(outcome.accounts.count == plans.count)
      for (account, plan) in zip(outcome.accounts, plans) {
        #expect(account.hash.description == plan.plan)
        #expect(account.roundCount == plan.rounds)
        #expect(account.debitCount == plan.debits)
        #expect(account.releaseCount == plan.releases)
        for (adversary, guarantee) in zip(Adversary.allCases, plan.guarantees) {
          #expect(adversary.rawValue == guarantee.adversary)
          let epsilon = account.charge.epsilon(against: adversary, delta: guarantee.delta)
          let place = "\(vector.name) \(adversary.rawValue)"
          expectClose(epsilon.renyi, guarantee.renyi, "\(place) renyi")
          expectClose(epsilon.gaussian, guarantee.gaussian, "\(place) gaussian")
          expectClose(epsilon.value, guarantee.epsilon, "\(place) epsilon")
        }
      }
    }
  }

  /// To one part in 10^6; nil stands for infinity.
  private func expectClose(_ found: Double, _ expected: Double?, _ place: String) {
    guard let expected else {
      #expect(found == .infinity, "\(place)")
      return
    }
    #expect(abs(found - expected) <= 1e-6 * expected, "\(place): \(found) is not \(expected)")
  }

  @Test func theReferenceRefusesWhatIsRefused() throws {
    let cases = try LedgerVectors.load("bad_bundles.json")
    for vector in cases {
      do throws(LedgerFinding) {
        _ = try LedgerVerifier.verify(vector.bytes)
        Issue.record("\(vector.name) is accepted")
      } catch {
        #expect(error.rule == vector.verdict.rule, "\(vector.name): \(error)")
        #expect(error.entry?.index == vector.verdict.entry, "\(vector.name): \(error)")
        #expect(error.entry?.kind?.name == vector.verdict.kind, "\(vector.name): \(error)")
      }
    }
    // Every rule has a bundle that breaks it and no rule before it.
    let broken = Set(cases.compactMap(\.verdict.rule))
    #expect(broken.isSuperset(of: LedgerRule.allCases.map(\.rawValue)))
  }
}
