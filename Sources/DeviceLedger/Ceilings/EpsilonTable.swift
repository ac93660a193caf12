package import PrivacyAccounting
package import RoundVocabulary
internal import Synchronization
internal import TransparencyLog

/// Epsilons that were asked for before: devices ask for the same ones at every offer.
package final class EpsilonTable: Sendable {
  private struct Key: Hashable {
    let counts: [LoggedMechanism: Int]
    let adversary: Adversary
    let delta: Double
  }

  private let known = Mutex<[Key: Double]>([:])
  private static let most = 1_024

  package init() {}

  /// As `DeviceLedger.epsilon`.
  package func epsilon(
    of accounts: [TaskAccount], against adversary: Adversary = .coordinatorWithColludingClients,
    delta: Double
  ) throws(AccountingError) -> Double {
    let counts = Dictionary(
      accounts.map { ($0.charge.mechanism, $0.count) }, uniquingKeysWith: +)
    let key = Key(counts: counts, adversary: adversary, delta: delta)
    if let found = known.withLock({ $0[key] }) { return found }
    let value = try DeviceLedger.epsilon(of: accounts, against: adversary, delta: delta)
    known.withLock { known in
      if known.count >= Self.most { known.removeAll() }
      known[key] = value
    }
    return value
  }

  /// What ceilings are compared with.
  package var measure: LedgerCeilings.Measure {
    { [self] (accounts, delta) throws(AccountingError) in
      try epsilon(of: accounts, delta: delta)
    }
  }
}
