internal import CryptoPrimitives

/// The shares that were released.
struct Unmasking: Sendable {
  /// U4.
  let signers: CohortSet
  /// The members are U5.
  var messages: ByMember<UnmaskMessage>
}

extension AggregationServer {
  /// The Quorum of a client: signatures of as many of its neighbors as it needs, lowest slots first.
  func quorum(for index: Int) -> [UInt8]? {
    guard let sharing, let consistency, let unmasking, unmasking.signers.contains(index) else {
      return nil
    }
    let parameters = sharing.graph.parameters
    let needed = parameters.threshold - (parameters.mode == .complete ? 1 : 0)
    let signatures = sharing.graph.neighbors(of: index).compactMap { neighbor in
      consistency.signatures[neighbor.index].map { Slotted(slot: neighbor.slot, value: $0) }
    }
    guard signatures.count >= needed else { return nil }
    let quorum = QuorumMessage(
      transcript: consistency.survivors.transcript, recipient: index,
      signatures: Array(signatures.prefix(needed)),
      cosignatures: config.witnesses.compactMap { consistency.cosignatures[$0.identity] })
    return identity.message(quorum)
  }

  mutating func receivedUnmask(_ bytes: [UInt8]) throws(ProtocolError) {
    let message = try checkedUnmask(bytes)
    unmasking?.messages.add(message, of: message.index)
  }

  private mutating func checkedUnmask(
    _ bytes: [UInt8]
  ) throws(ProtocolError) -> UnmaskMessage {
    guard let sharing, let sharers = sharing.sharers, let consistency, let unmasking else {
      throw ProtocolError(.outOfOrder, "Unmask")
    }
    let message = try Signed<UnmaskMessage>(decoding: bytes)
    try admit(
      message, in: consistency.survivors.transcript, from: unmasking.signers,
      isSecond: unmasking.messages[message.content.index] != nil)
    for entry in message.content.entries {
      let dealer = sharing.graph.holder(of: message.content.index, slot: entry.slot)
      guard let dealer, sharers.members.contains(dealer),
        entry.value.secret == consistency.survivors.secret(of: dealer)
      else { throw ProtocolError(.unmaskEntry, "Unmask.entries") }
    }
    return message.content
  }

  mutating func closeUnmask() -> [ServerAction] {
    phase = .opening
    return [.open]
  }

  /// Everything that the opening of the sum needs, once the last step is closed.
  package func makeOpening() -> Opening? {
    guard phase == .opening, let cohort, let sharing, let sharers = sharing.sharers,
      let consistency, let unmasking, let masked = ingest?.partial
    else { return nil }
    return Opening(
      masked: masked, graph: sharing.graph, sharers: sharers, survivors: consistency.survivors,
      maskKeys: cohort.maskKeys,
      selfMaskPoints: sharing.messages.mapValues(\.selfMaskPoint), released: unmasking.messages)
  }
}

extension Survivors {
  /// Which secret of a sharer is opened: one of two, decided by this set alone.
  func secret(of sharer: Int) -> ReleasedSecret {
    members.contains(sharer) ? .selfMask : .maskKey
  }
}
