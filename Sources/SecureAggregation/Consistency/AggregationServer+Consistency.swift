internal import CryptoPrimitives

/// Who is to be summed, and who has signed that.
struct Consistency: Sendable {
  let survivors: Survivors
  /// The Survivors message.
  let message: [UInt8]
  /// The members are U4 once the step is closed.
  var signatures: ByMember<Signature>
  /// By witness.
  var cosignatures: [VerificationKey: Signature] = [:]
}

extension AggregationServer {
  func survivorsMessage(for index: Int) -> [UInt8]? {
    guard let consistency, consistency.survivors.members.contains(index) else { return nil }
    return consistency.message
  }

  mutating func receivedConsistency(_ bytes: [UInt8]) throws(ProtocolError) {
    let message = try checkedConsistency(bytes)
    consistency?.signatures.add(message.signature, of: message.content.index)
  }

  private mutating func checkedConsistency(
    _ bytes: [UInt8]
  ) throws(ProtocolError) -> Signed<ConsistencyMessage> {
    guard let consistency else { throw ProtocolError(.outOfOrder, "Consistency") }
    let message = try Signed<ConsistencyMessage>(decoding: bytes)
    try admit(
      message, in: consistency.survivors.transcript, from: consistency.survivors.members,
      isSecond: consistency.signatures[message.content.index] != nil)
    return message
  }

  /// Takes in a witness's signature on the survivors.
  mutating func receivedCosignature(_ bytes: [UInt8]) throws(ProtocolError) {
    guard phase == .consistency, let consistency else {
      throw ProtocolError(.outOfOrder, "header.kind")
    }
    let message = try Signed<CosignMessage>(decoding: bytes)
    guard message.content.transcript == consistency.survivors.transcript else {
      throw ProtocolError(.transcript, "Cosign.T4")
    }
    let witness = message.content.witness
    guard config.witnesses.contains(where: { $0.identity == witness }) else {
      throw ProtocolError(.witnessSet, "Cosign.witness")
    }
    guard message.isSigned(by: witness) else {
      throw ProtocolError(.witnessSignature, "signature")
    }
    self.consistency?.cosignatures[witness] = message.signature
  }

  mutating func closeConsistency() throws(ProtocolError) -> [ServerAction] {
    guard let sharing, let consistency else { return [] }
    guard config.witnesses.allSatisfy({ consistency.cosignatures[$0.identity] != nil }) else {
      throw ProtocolError(.witnessSet, "Cosign")
    }
    let signers = consistency.signatures.members
    let quorate = signers.indices.filter {
      sharing.graph.liveHolders(of: $0, in: signers) >= sharing.graph.parameters.threshold
    }
    unmasking = Unmasking(
      signers: signers, messages: ByMember(cohortSize: signers.cohortSize))
    phase = .unmask
    return [.deliver(.quorum, to: CohortSet(quorate, cohortSize: signers.cohortSize))]
  }
}
