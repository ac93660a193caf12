internal import CryptoPrimitives
package import RingArithmetic

extension AggregationClient {
  /// Inbox -> the client is asked for its contribution.
  mutating func collectShares(_ bytes: [UInt8]) throws(ProtocolError) -> [ClientAction] {
    guard let round, let neighborhood else { throw ProtocolError(.outOfOrder, "Inbox") }
    let inbox = try opened(
      bytes, as: InboxMessage.self, transcript: neighborhood.transcript)
    let graph = neighborhood.graph
    try checks.sharers.verify(
      SharerView(
        sharers: inbox.sharers, index: neighborhood.index, graph: graph,
        leastCohort: round.config.leastCohort))
    for box in inbox.boxes {
      try checks.box.verify(
        SharerView.Delivery(
          dealer: graph.holder(of: neighborhood.index, slot: box.slot),
          index: neighborhood.index, sharers: inbox.sharers))
    }

    // A box that does not open costs its dealer a share, nothing else: the pairwise mask is applied
    // for every neighbor that shared, so the coordinator gains nothing by spoiling boxes.
    var rejected: [ClientAction] = []
    for box in inbox.boxes where secrets?.open(box, in: neighborhood) != true {
      rejected.append(.note(.boxRejected(slot: box.slot)))
    }
    sharers = Sharers(
      members: inbox.sharers,
      transcript: Transcript.shared(neighborhood.transcript, sharers: inbox.sharers))
    state = .training
    return rejected + [
      .provideContribution(dimension: round.config.dimension, modulus: round.config.modulus)
    ]
  }

  /// Masks the encoded contribution and gives it out, once.
  ///
  /// What is charged to the privacy budget stays charged, whatever happens later. If the round has ended
  /// since the contribution was asked for, nothing is charged and nothing is sent.
  /// - Parameter vector: The encoded update with its noise, over the round's ring. Pass the only copy,
  ///   so that it is masked in place.
  /// - Parameter time: Unix seconds.
  package mutating func contribute(
    _ vector: consuming RingVector, at time: UInt64
  ) -> [ClientAction] {
    // Training takes long: a message or the clock may have ended the round meanwhile.
    guard !isOver else { return [] }
    precondition(state == .training, "no contribution was asked for")
    guard let round, let neighborhood, let sharers, time < round.config.deadline(of: .input)
    else { return abort(ProtocolError(.deadline, "time")) }
    precondition(
      vector.count == round.config.dimension && vector.modulus == round.config.modulus,
      "the contribution does not have the round's dimension or ring")
    guard
      let masks = secrets?.masks(
        in: sharers, neighborhood: neighborhood, ownMaskKey: round.advertise.maskKey)
    else { return abort(ProtocolError(.outOfOrder, "contribution")) }
    masks.apply(to: &vector)
    let input = MaskedInput(
      vector, packing: round.config.packing, transcript: sharers.transcript,
      index: neighborhood.index, signedBy: identity)
    state = .uploaded
    return [record(.charged(round.name)), .upload(input)]
  }
}

extension RoundSecrets {
  /// Opens a box and holds its shares; false if that does not work.
  mutating func open(_ box: Slotted<ShareBox>, in neighborhood: Neighborhood) -> Bool {
    guard let position = neighborhood.position(ofSlot: box.slot),
      let key = peers?.incomingBoxKey(position)
    else { return false }
    let route = ShareBox.Route(
      transcript: neighborhood.transcript, dealer: neighborhood.neighbors[position].index,
      holder: neighborhood.index)
    do throws(CryptoError) {
      try hold(shares: box.value.open(on: route, key: key), ofSlot: box.slot)
      return true
    } catch {
      return false
    }
  }

  /// The keys of the own self mask and of the masks with all neighbors that shared: section 10.
  func masks(
    in sharers: Sharers, neighborhood: Neighborhood, ownMaskKey: Bytes32
  ) -> MaskKeys? {
    var keys = MaskKeys(capacity: neighborhood.neighbors.count + 1)
    switch selfMask {
    case .some(let selfMask):
      keys.appendSelfMask(
        of: selfMask.bytes, maskKey: ownMaskKey, in: sharers.transcript, .added)
    case nil: return nil
    }
    for (position, neighbor) in neighborhood.neighbors.enumerated()
    where sharers.members.contains(neighbor.index) {
      guard let agreement = peers?.agreement(position) else { return nil }
      keys.appendPairwiseMask(
        of: agreement, between: (ownMaskKey, neighbor.advertise.content.maskKey),
        in: sharers.transcript, MaskSign(of: neighborhood.index, towards: neighbor.index))
    }
    return keys
  }
}
