internal import CryptoPrimitives

/// A round that a client has joined.
struct JoinedRound: Sendable {
  let config: RoundConfig
  /// T0.
  let transcript: Bytes32
  /// What the client has sent of itself.
  let advertise: AdvertiseMessage

  var name: RoundName { config.name }
}

extension RoundConfig {
  package var name: RoundName { RoundName(task: terms.task, round: terms.round) }
}
