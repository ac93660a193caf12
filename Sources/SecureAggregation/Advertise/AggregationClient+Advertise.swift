internal import CryptoPrimitives

extension AggregationClient {
  /// RoundConfig -> Advertise: enters the round with fresh keys.
  mutating func join(
    _ bytes: [UInt8], at time: UInt64, randomness: inout RandomStream
  ) throws(ProtocolError) -> [ClientAction] {
    let offer = Offer(
      message: try Signed<RoundConfig>(decoding: bytes), time: time, policy: policy,
      circumstances: circumstances, history: history, certificate: certificate,
      certificates: certificates)
    try offer.verify(checks)

    let config = offer.config
    let transcript = Transcript.configured(config)
    let nonce = Bytes32(random: &randomness)
    let agreementKey = AgreementSecretKey(random: &randomness)
    let maskKey = SecretScalar(random: &randomness)
    let advertise = AdvertiseMessage(
      transcript: transcript, certificate: certificate, agreementKey: agreementKey.publicKey,
      maskKey: maskKey.publicPoint.encoding, nonce: nonce)
    secrets = RoundSecrets(agreementKey: agreementKey, maskKey: maskKey)
    round = JoinedRound(config: config, transcript: transcript, advertise: advertise)
    state = .advertised
    return [
      record(
        .began(
          config.name, transcript: transcript, day: offer.day,
          expiry: config.deadline(of: .unmask))),
      .send(identity.message(advertise)),
    ]
  }
}
