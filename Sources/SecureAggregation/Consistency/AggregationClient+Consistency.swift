internal import CryptoPrimitives

extension AggregationClient {
  /// Survivors -> Consistency: signs one set of survivors, and never another in this round.
  mutating func signSurvivors(_ bytes: [UInt8]) throws(ProtocolError) -> [ClientAction] {
    guard let round, let neighborhood, let sharers else {
      throw ProtocolError(.outOfOrder, "Survivors")
    }
    let message = try opened(
      bytes, as: SurvivorsMessage.self, transcript: sharers.transcript)
    try checks.survivors.verify(
      SurvivorView(
        survivors: message.survivors, sharers: sharers.members, index: neighborhood.index,
        graph: neighborhood.graph, leastSurvivors: round.config.leastSurvivors))
    let transcript = Transcript.survived(sharers.transcript, survivors: message.survivors)
    try checks.signing.verify(
      SurvivorView.Signing(
        transcript: transcript, signed: history.signedTranscripts[round.name]))

    survivors = Survivors(members: message.survivors, transcript: transcript)
    state = .signed
    let consistency = ConsistencyMessage(transcript: transcript, index: neighborhood.index)
    return [
      record(.signed(round.name, transcript: transcript)),
      .send(identity.message(consistency)),
    ]
  }
}
