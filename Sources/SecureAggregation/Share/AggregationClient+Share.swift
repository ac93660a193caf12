internal import CryptoPrimitives

extension AggregationClient {
  /// Directory -> Shares: meets the neighbors and deals shares of both secrets to them.
  mutating func share(
    _ bytes: [UInt8], randomness: inout RandomStream
  ) throws(ProtocolError) -> [ClientAction] {
    guard let round else { throw ProtocolError(.outOfOrder, "Directory") }
    let directory = try opened(bytes, as: DirectoryMessage.self, transcript: round.transcript)
    let neighborhood = try meet(directory, in: round)
    try agree(with: neighborhood)
    let boxes = try deal(to: neighborhood, randomness: &randomness)
    self.neighborhood = neighborhood
    state = .shared

    var positions: [VerificationKey: ChainPosition] = [:]
    for (witness, reveal) in zip(round.config.witnesses, directory.reveals) {
      positions[witness.identity] = ChainPosition(
        position: witness.position, value: reveal.value)
    }
    let shares = SharesMessage(
      transcript: neighborhood.transcript, index: neighborhood.index,
      selfMaskPoint: boxes.selfMaskPoint, boxes: boxes.boxes)
    return [
      record(.chainsAdvanced(positions)),
      .send(identity.message(shares)),
    ]
  }

  /// Checks cohort, witnesses and neighbors, and derives the graph.
  private func meet(
    _ directory: DirectoryMessage, in round: JoinedRound
  ) throws(ProtocolError) -> Neighborhood {
    let view = CohortView(directory: directory, round: round, policy: policy)
    try checks.cohort.verify(view)
    let cohort = view.transcript
    for reveal in view.reveals(transcript: cohort) { try checks.reveal.verify(reveal) }

    let seed = Beacon.graphSeed(cohort: cohort, values: directory.reveals.map(\.value))
    let graph = CohortGraph(
      cohortSize: view.cohortSize, parameters: view.parameters, seed: seed)
    let neighborhood = Neighborhood(
      of: directory.recipient, graph: graph,
      transcript: Transcript.connected(cohort, seed: seed, parameters: graph.parameters),
      directory: directory)
    try checks.neighborhood.verify(
      Neighborhood.Introductions(
        entryCount: directory.neighbors.count, neighborCount: graph.parameters.degree))
    for neighbor in neighborhood.neighbors {
      try checks.neighbor.verify(
        Neighborhood.Introduction(
          neighbor: neighbor, leaf: directory.leaves[neighbor.index], config: round.config,
          revocations: circumstances.revocations, certificates: certificates))
    }
    try checks.keys.verify(
      Neighborhood.KeyRing(
        members: [round.advertise] + neighborhood.neighbors.map(\.advertise.content)))
    return neighborhood
  }

  /// Computes what is shared with each neighbor.
  private mutating func agree(with neighborhood: Neighborhood) throws(ProtocolError) {
    var peers = PeerSecrets(neighborCount: neighborhood.neighbors.count)
    for (position, neighbor) in neighborhood.neighbors.enumerated() {
      try secrets?.agree(
        with: neighbor, as: neighborhood.index, in: neighborhood.transcript,
        into: &peers, at: position)
    }
    secrets?.hold(peers)
  }

  /// Draws the self mask and two polynomials, and seals the neighbors' shares.
  private mutating func deal(
    to neighborhood: Neighborhood, randomness: inout RandomStream
  ) throws(ProtocolError) -> DealtShares {
    guard
      let dealt = secrets?.deal(
        to: neighborhood, threshold: neighborhood.graph.parameters.threshold,
        randomness: &randomness)
    else { throw ProtocolError(.outOfOrder, "Directory") }
    return dealt
  }
}
