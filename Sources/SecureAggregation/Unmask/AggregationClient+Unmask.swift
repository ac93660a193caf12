internal import CryptoPrimitives

extension AggregationClient {
  /// Quorum -> Unmask: releases one share of each dealer, then forgets everything.
  mutating func releaseShares(_ bytes: [UInt8]) throws(ProtocolError) -> [ClientAction] {
    guard let round, let neighborhood else { throw ProtocolError(.outOfOrder, "Quorum") }
    let quorum = try opened(bytes, as: QuorumMessage.self, transcript: survivors?.transcript)
    guard let survivors else { throw ProtocolError(.outOfOrder, "Quorum") }
    try verify(quorum, on: survivors, neighborhood, round)

    // Of each dealer exactly one share leaves, because one set of survivors decides which.
    let graph = neighborhood.graph
    let entries = secrets?.held?.released { slot in
      // Cannot fail: a held share has the slot of a dealer.
      let dealer = graph.holder(of: neighborhood.index, slot: slot)
      return survivors.secret(of: dealer ?? neighborhood.index)
    }
    guard let entries else { throw ProtocolError(.outOfOrder, "Quorum") }
    let message = identity.message(
      UnmaskMessage(
        transcript: survivors.transcript, index: neighborhood.index, entries: entries)
    )
    secrets = nil
    state = .done
    return [
      record(
        .released(
          round.name, message: message, expiry: round.config.deadline(of: .unmask))),
      record(.ended(round.name)),
      .send(message),
    ]
  }

  private func verify(
    _ quorum: QuorumMessage, on survivors: Survivors, _ neighborhood: Neighborhood,
    _ round: JoinedRound
  ) throws(ProtocolError) {
    let signers = quorum.signatures.map { entry in
      QuorumView.Signer(
        neighbor: neighborhood.neighbor(inSlot: entry.slot), signature: entry.value,
        survivors: survivors)
    }
    for signer in signers { try checks.signer.verify(signer) }
    try checks.quorum.verify(
      QuorumView(signatureCount: signers.count, parameters: neighborhood.graph.parameters))
    for signer in signers { try checks.signature.verify(signer) }
    try checks.witnesses.verify(
      QuorumView.Witnesses(
        cosignatureCount: quorum.cosignatures.count,
        witnessCount: round.config.witnesses.count))
    for (witness, cosignature) in zip(round.config.witnesses, quorum.cosignatures) {
      try checks.cosignature.verify(
        QuorumView.Cosigner(
          witness: witness.identity, cosignature: cosignature,
          transcript: survivors.transcript))
    }
  }
}
