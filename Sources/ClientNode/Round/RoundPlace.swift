internal import FederatedRounds
internal import SecureAggregation

/// Where a device is in a round.
///
/// An object, because a round cannot be copied and is worked on across suspensions.
final class RoundPlace {
  /// What the round starts from.
  struct Standing {
    let certificate: Certificate
    let policy: ClientPolicy
    let circumstances: RoundCircumstances
    let certificates: CertificateVerifier
    let history: ClientHistory
  }

  var round: DeviceRound

  init(identity: Identity, _ standing: Standing) {
    round = DeviceRound(
      AggregationClient(
        identity: identity, certificate: standing.certificate, policy: standing.policy,
        circumstances: standing.circumstances, certificates: standing.certificates,
        history: standing.history))
  }
}
