internal import CryptoPrimitives

/// What a client sends when it shares.
struct DealtShares: Sendable {
  /// B.
  let selfMaskPoint: Bytes32
  /// In ascending slots.
  let boxes: [ShareBox]
}

extension RoundSecrets {
  /// Computes the keys shared with a neighbor, for both directions and for the masks.
  ///
  /// - Throws: `agreementKey` or `point` if the neighbor's keys are weak.
  func agree(
    with neighbor: Neighborhood.Neighbor, as ownIndex: Int, in transcript: Bytes32,
    into peers: inout PeerSecrets, at position: Int
  ) throws(ProtocolError) {
    do throws(CryptoError) {
      let session = try agreementKey.sessionKeys(
        as: ownIndex < neighbor.index ? .client : .server,
        with: neighbor.advertise.content.agreementKey)
      let incoming = ShareBox.Route(
        transcript: transcript, dealer: neighbor.index, holder: ownIndex)
      let outgoing = ShareBox.Route(
        transcript: transcript, dealer: ownIndex, holder: neighbor.index)
      peers.setBoxKeys(
        position, incoming: incoming.key(from: session.receiving),
        outgoing: outgoing.key(from: session.sending))
    } catch {
      throw ProtocolError(.agreementKey, "Directory.neighbors.agreementKey")
    }
    guard let publicKey = neighbor.maskKey else {
      throw ProtocolError(.point, "Directory.neighbors.maskKey")
    }
    do throws(CryptoError) {
      peers.setAgreement(position, try maskKey.times(publicKey))
    } catch {
      throw ProtocolError(.point, "Directory.neighbors.maskKey")
    }
  }

  /// Draws the self mask and two polynomials, and seals a pair of their values for each neighbor.
  ///
  /// The own pair, in the complete graph, is held at once.
  mutating func deal(
    to neighborhood: Neighborhood, threshold: Int, randomness: inout RandomStream
  ) -> DealtShares? {
    let selfMask = SecretScalar(random: &randomness)
    let ofMaskKey = SecretPolynomial(
      hiding: maskKey, threshold: threshold, randomness: &randomness)
    let ofSelfMask = SecretPolynomial(
      hiding: selfMask, threshold: threshold, randomness: &randomness)
    let holders = neighborhood.graph.holders(of: neighborhood.index)
    var held = HeldShares(capacity: holders.count)
    var boxes: [ShareBox] = []
    var pair = SecretBytes(zeros: ShareBox.sharesByteCount)
    for holder in holders {
      ofMaskKey.writeShare(ofSlot: holder.slot, to: &pair, at: 0)
      ofSelfMask.writeShare(ofSlot: holder.slot, to: &pair, at: SecretScalars.scalarByteCount)
      if holder.index == neighborhood.index {
        // Cannot fail: values of the polynomials are below the group order.
        guard (try? held.hold(pair, ofSlot: holder.slot)) != nil else { return nil }
      } else if let position = neighborhood.position(ofSlot: holder.slot) {
        guard let key = peers?.outgoingBoxKey(position) else { return nil }
        let route = ShareBox.Route(
          transcript: neighborhood.transcript, dealer: neighborhood.index, holder: holder.index)
        boxes.append(
          ShareBox.seal(
            pair, at: 0, on: route, key: key,
            nonce: randomness.publicBytes(SealedBox.nonceByteCount)))
      }
    }
    let point = selfMask.publicPoint.encoding
    hold(selfMask, held)
    return DealtShares(selfMaskPoint: point, boxes: boxes)
  }
}
