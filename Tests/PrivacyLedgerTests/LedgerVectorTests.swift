import ProtocolVectors
import RoundVocabulary
import Testing

@testable import PrivacyLedger

/// Two implementations of protocols/ledger.md judge alike.
@Suite struct LedgerVectorTests {
  @Test(arguments: LedgerVectors.fileNames) func bothImplementationsAgree(name: String) throws {
    let vectors = try LedgerFiles.load(name)
    let file = try vectors.verify(file: name)
    #expect(file.vectors == vectors.cases.count)
    #expect(file.failures.isEmpty, "\(file.failures.map(\.line))")
    #expect(vectors.cases.allSatisfy { $0.verdict.accepted == (name == "bundles.json") })
  }

  /// Every rule has a bundle that breaks it and no rule before it.
  @Test func everyRuleHasABundle() throws {
    let broken = Set(try LedgerFiles.load("bad_bundles.json").cases.compactMap(\.verdict.rule))
    #expect(broken.isSuperset(of: LedgerRule.allCases.map(\.rawValue)))
  }

  /// What has no bound says why, and nothing else does.
  @Test func infiniteFiguresHaveAReason() throws {
    for vector in try LedgerFiles.load("bundles.json").cases {
      let outcome = try LedgerVerifier.verify(vector.bundle.bytes)
      guard let delta = outcome.delta else { continue }
      for adversary in Adversary.allCases {
        let epsilon = outcome.total.epsilon(against: adversary, delta: delta).value
        let obstacle = outcome.total.obstacle(against: adversary, delta: delta)
        #expect((obstacle != nil) == epsilon.isInfinite, "\(vector.name) \(adversary)")
      }
    }
  }
}
