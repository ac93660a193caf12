internal import CryptoPrimitives

/// The graph of the round and the shares that travel over it.
struct Sharing: Sendable {
  let graph: CohortGraph
  /// T2.
  let transcript: Bytes32
  /// U1.
  let everyone: CohortSet
  /// In the order of the configuration.
  let reveals: [DirectoryMessage.RevealedValue]
  /// Shares messages; their boxes are dropped once they are delivered.
  var messages: ByMember<SharesMessage>
  /// U2 and T3, once the step is closed.
  var sharers: Sharers?

  /// Forgets the boxes, which take up most of the memory; points stay.
  mutating func dropBoxes() {
    messages = messages.mapValues {
      SharesMessage(
        transcript: $0.transcript, index: $0.index, selfMaskPoint: $0.selfMaskPoint, boxes: [])
    }
  }
}

extension AggregationServer {
  mutating func closeReveal() throws(ProtocolError) -> [ServerAction] {
    guard let cohort else { return [] }
    var reveals: [DirectoryMessage.RevealedValue] = []
    for witness in config.witnesses {
      guard let reveal = cohort.reveals[witness.identity] else {
        throw ProtocolError(.witnessSet, "Reveal")
      }
      reveals.append(reveal)
    }
    let size = cohort.members.count
    let parameters = config.graphParameters(cohortSize: size)
    let seed = Beacon.graphSeed(cohort: cohort.transcript, values: reveals.map(\.value))
    sharing = Sharing(
      graph: CohortGraph(cohortSize: size, parameters: parameters, seed: seed),
      transcript: Transcript.connected(cohort.transcript, seed: seed, parameters: parameters),
      everyone: CohortSet(0..<size, cohortSize: size), reveals: reveals,
      messages: ByMember(cohortSize: size))
    phase = .shares
    return [.deliver(.directory, to: CohortSet(0..<size, cohortSize: size))]
  }

  /// The Directory of a client: all leaves, and its own neighbors.
  func directory(for index: Int) -> [UInt8]? {
    guard let cohort, let sharing, cohort.members.indices.contains(index) else { return nil }
    let directory = DirectoryMessage(
      transcript: transcript, recipient: index, leaves: cohort.tree.leaves,
      reveals: sharing.reveals,
      neighbors: sharing.graph.neighbors(of: index).map { cohort.members[$0.index] })
    return identity.message(directory)
  }

  mutating func receivedShares(_ bytes: [UInt8]) throws(ProtocolError) {
    // Checked elsewhere, so that no second reference makes the row copy itself here.
    let shares = try checkedShares(bytes)
    sharing?.messages.add(shares, of: shares.index)
  }

  private mutating func checkedShares(
    _ bytes: [UInt8]
  ) throws(ProtocolError) -> SharesMessage {
    guard let sharing else { throw ProtocolError(.outOfOrder, "Shares") }
    let message = try Signed<SharesMessage>(decoding: bytes)
    let shares = message.content
    try admit(
      message, in: sharing.transcript, from: sharing.everyone,
      isSecond: sharing.messages[shares.index] != nil)
    guard shares.boxes.count == sharing.graph.parameters.degree else {
      throw ProtocolError(.neighborCount, "Shares.boxes")
    }
    _ = try GroupElement(checking: shares.selfMaskPoint, "Shares.selfMaskPoint")
    return shares
  }

  mutating func closeShares() throws(ProtocolError) -> [ServerAction] {
    guard let sharing, let cohort else { return [] }
    guard sharing.messages.count >= config.leastCohort else {
      throw ProtocolError(.fewSharers, "Shares")
    }
    let members = sharing.messages.members
    let sharers = Sharers(
      members: members, transcript: Transcript.shared(sharing.transcript, sharers: members))
    self.sharing?.sharers = sharers
    ingest = InputIngest(
      config: config, sharers: sharers, keys: cohort.members.map(\.content.identity))
    phase = .input
    return [.deliver(.inbox, to: members)]
  }
}
