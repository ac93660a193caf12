/// How much of a cohort may be corrupt and how much may drop out, in 1/10,000: the pairs that exist.
package enum FaultAssumption: Sendable, CaseIterable {
  case c100d500
  case c500d500
  case c500d1000
  case c1000d1000

  /// gamma: the share that works with the coordinator.
  package var collusion: Int {
    switch self {
    case .c100d500: 100
    case .c500d500, .c500d1000: 500
    case .c1000d1000: 1000
    }
  }

  /// delta: the share that drops out.
  package var dropout: Int {
    switch self {
    case .c100d500, .c500d500: 500
    case .c500d1000, .c1000d1000: 1000
    }
  }

  /// The pair with these shares, or nil if there is none.
  package init?(collusion: Int, dropout: Int) {
    let pair = Self.allCases.first { $0.collusion == collusion && $0.dropout == dropout }
    guard let pair else { return nil }
    self = pair
  }
}

/// Which rule gives the threshold of the ring.
package enum ThresholdRule: UInt32, Sendable, CaseIterable {
  /// Two different sets of survivors cannot both gather quorums. The default.
  case agreement = 0
  /// No arc of the ring can be cut off; needs two witnesses that sign the survivors.
  case isolation = 1
}

/// Who shares with whom in a cohort of n: the kind of graph, its degree k and the threshold t.
package struct GraphParameters: Sendable, Equatable {
  package enum Mode: UInt32, Sendable {
    /// Everybody shares with everybody, oneself included.
    case complete = 0
    /// Everybody shares with k neighbors on a permuted ring.
    case ring = 1
  }

  /// The largest cohort with a complete graph, for which published proofs hold.
  package static let mostComplete = 128

  package let mode: Mode
  /// k: neighbors of each client, without the client itself.
  package let degree: Int
  /// t: shares that determine a secret, and signatures that make a quorum.
  package let threshold: Int

  /// The parameters for a cohort; everybody looks them up, nobody sends them.
  ///
  /// - Range: `cohortSize` from 3 to 16,384.
  /// - Formula: complete: k = n - 1, t = floor(2n/3) + 1, so that any two quorums share more than
  ///   a third of the cohort. Ring: the table.
  package init(cohortSize: Int, faults: FaultAssumption, rule: ThresholdRule) {
    precondition((3...RoundConfig.mostCohort).contains(cohortSize), "a cohort of \(cohortSize)")
    guard cohortSize > Self.mostComplete else {
      mode = .complete
      degree = cohortSize - 1
      threshold = 2 * cohortSize / 3 + 1
      return
    }
    guard let row = Self.table.first(where: { cohortSize <= $0.mostClients }) else {
      // Cannot fail: the last row is that of the largest cohort.
      preconditionFailure("no row for a cohort of \(cohortSize)")
    }
    mode = .ring
    (degree, threshold) = row.parameters(faults, rule)
  }
}
