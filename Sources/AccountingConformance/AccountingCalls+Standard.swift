internal import PrivacyAccounting
internal import RoundVocabulary

extension AccountingCalls {
  /// The accountant as it is shipped.
  package static let standard = AccountingCalls(
    epsilon: { events, delta, neighbors throws(AccountingError) in
      try Accountant.epsilon(of: events, delta: delta, neighbors: neighbors)
    },
    delta: { events, epsilon, neighbors throws(AccountingError) in
      try Accountant.delta(of: events, epsilon: epsilon, neighbors: neighbors)
    },
    pureEpsilon: { events, neighbors throws(AccountingError) in
      try Accountant.pureEpsilon(of: events, neighbors: neighbors)
    },
    renyi: { events, order, neighbors throws(AccountingError) in
      try RenyiDivergence.bound(of: .composed(events), order: order, neighbors: neighbors)
    },
    renyiEpsilon: { events, delta, neighbors, orders throws(AccountingError) in
      try RenyiAccountant.epsilon(
        of: events, delta: delta, neighbors: neighbors, orders: orders)
    },
    noiseMultiplier: { epsilon, delta, neighbors, family throws(AccountingError) in
      try Calibration.noiseMultiplier(
        epsilon: epsilon, delta: delta, neighbors: neighbors, event: family)
    },
    rounds: { epsilon, delta, neighbors, family throws(AccountingError) in
      try Calibration.rounds(epsilon: epsilon, delta: delta, neighbors: neighbors, event: family)
    },
    clippedNoiseMultiplier: { total, bitDeviation throws(AccountingError) in
      try AdaptiveClipping.noiseMultiplier(total: total, countDeviation: bitDeviation)
    },
    squaredSensitivity: { strategy throws(AccountingError) in
      try strategy.squaredSensitivity()
    },
    prefixSumError: { strategy, error throws(AccountingError) in
      try strategy.prefixSumError(error)
    })
}

extension NoiseStrategy {
  fileprivate func squaredSensitivity() throws(AccountingError) -> Double {
    switch self {
    case .treeOnce(let leaves, let trees):
      let longest = leaves.max() ?? 1
      return Double(TreeAggregation.nodesPerStep(max(1, longest)) * trees)
    case .tree(let leaves, let separation, let participations):
      return try TreeAggregation.squaredSensitivity(
        steps: leaves, minimumSeparation: separation, maximumParticipations: participations)
    case .toeplitz(let coefficients, let rounds, let separation, let participations):
      return try ToeplitzStrategy(coefficients: coefficients, steps: rounds)
        .squaredSensitivity(
          ParticipationPattern(
            minimumSeparation: separation, maximumParticipations: participations))
    case .banded(let rows, _, let separation, let participations):
      return try BandedStrategy(rows: rows)
        .squaredSensitivity(
          ParticipationPattern(
            minimumSeparation: separation, maximumParticipations: participations))
    }
  }

  fileprivate func prefixSumError(_ error: PrefixSumError) throws(AccountingError) -> Double {
    guard case .toeplitz(let coefficients, let rounds, _, _) = self else {
      throw .unsupported(
        mechanism: "this strategy", reason: "its prefix sum error is not computed")
    }
    let errors = try ToeplitzStrategy(coefficients: coefficients, steps: rounds).prefixSumVariance
    return error == .greatest ? errors.greatest : errors.mean
  }
}
