internal import CryptoPrimitives

/// Whose inputs are to be summed, as the coordinator says: section 13.4.
struct SurvivorView: Sendable {
  /// U3.
  let survivors: CohortSet
  /// U2.
  let sharers: CohortSet
  let index: Int
  let graph: CohortGraph
  let leastSurvivors: Int

  static let checks: [Check<SurvivorView>] = [
    Check(.ownBit, "Survivors.survivors") { $0.survivors.contains($0.index) },
    Check(.notASubset, "Survivors.survivors") { $0.survivors.isSubset(of: $0.sharers) },
    Check(.fewSurvivors, "Survivors.survivors") {
      $0.survivors.count >= $0.leastSurvivors
    },
    Check(.fewNeighbors, "Survivors.survivors") {
      $0.graph.liveHolders(of: $0.index, in: $0.survivors) >= $0.graph.parameters.threshold
    },
  ]

  /// The value that the client is about to sign, and the one that it has signed.
  struct Signing: Sendable {
    /// T4.
    let transcript: Bytes32
    let signed: Bytes32?
  }

  static let signingChecks: [Check<Signing>] = [
    Check(.secondSurvivorSet, "Survivors.survivors") {
      $0.signed == nil || $0.signed == $0.transcript
    }
  ]
}

/// Those whose inputs are summed, and T4.
struct Survivors: Sendable {
  /// U3.
  let members: CohortSet
  /// T4.
  let transcript: Bytes32
}
