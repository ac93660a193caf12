package import CryptoPrimitives

/// What the witnesses of a round are asked, as often as it takes: section 8.
///
/// It follows from the state alone, so a coordinator that starts again in the middle of the step asks
/// the same, byte by byte.
extension AggregationServer {
  /// What a witness has to see to reveal its next value; nil while that is not due.
  package var revealRequest: RevealRequest? {
    guard phase == .reveal, !config.witnesses.isEmpty, let cohort else { return nil }
    return RevealRequest(config: configMessage, cohort: cohort.members.map(\.encoded))
  }

  /// What a witness has to see to sign the survivors; nil while that is not due.
  package var cosignRequest: CosignRequest? {
    guard phase == .consistency, !config.witnesses.isEmpty, let cohort,
      let sharers = sharing?.sharers, let consistency
    else { return nil }
    return CosignRequest(
      config: config, cohort: cohort.transcript,
      values: config.witnesses.compactMap { cohort.reveals[$0.identity]?.value },
      sharers: sharers.members, survivors: consistency.survivors.members)
  }

  /// The witnesses whose answer to the request that is due is missing, in the configuration's order.
  package var awaitedWitnesses: [VerificationKey] {
    let identities = config.witnesses.map(\.identity)
    return switch phase {
    case .reveal: identities.filter { cohort?.reveals[$0] == nil }
    case .consistency: identities.filter { consistency?.cosignatures[$0] == nil }
    default: []
    }
  }
}
