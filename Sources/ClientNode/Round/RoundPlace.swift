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

  let config: RoundConfig
  var round: DeviceRound
  /// Why the device keeps its shares although it was asked for them; nil if the log has shown the debit.
  var withheld: LogFault?

  init(identity: Identity, _ config: RoundConfig, _ standing: Standing) {
    self.config = config
    round = DeviceRound(
      AggregationClient(
        identity: identity, certificate: standing.certificate, policy: standing.policy,
        circumstances: standing.circumstances, certificates: standing.certificates,
        history: standing.history))
  }
}
