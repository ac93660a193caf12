internal import CryptoPrimitives

extension AggregationServer {
  /// The Inbox of a client: who shared, and the boxes that its neighbors sealed for it.
  func inbox(for index: Int) -> [UInt8]? {
    guard let sharing, let sharers = sharing.sharers, sharers.members.contains(index) else {
      return nil
    }
    let boxes = sharing.graph.neighbors(of: index).compactMap { dealer -> Slotted<ShareBox>? in
      guard let position = sharing.graph.neighborPosition(of: index, for: dealer.index),
        let box = sharing.messages.values[dealer.index]?.boxes[position]
      else { return nil }
      return Slotted(slot: dealer.slot, value: box)
    }
    let inbox = InboxMessage(
      transcript: sharing.transcript, recipient: index, sharers: sharers.members, boxes: boxes)
    return identity.message(inbox)
  }

  mutating func receivedInput(
    _ bytes: [UInt8], at time: UInt64
  ) throws(ProtocolError) -> ServerVerdict {
    guard ingest?.isRepeated(bytes) != true else { return .repeated }
    guard phase == .input else { throw ProtocolError(.outOfOrder, "header.kind") }
    guard let verdict = ingest?.received(bytes, at: time) else {
      throw ProtocolError(.outOfOrder, "header.kind")
    }
    // The header decodes and names a sharer, or the verdict would be another: equivocation is found after both.
    if case .refused(let error) = verdict, error.code == .equivocation, let cohort,
      let header = try? Signed<InputHeader>(decoding: Array(bytes.prefix(InputHeader.byteCount)))
    {
      let sender = cohort.members[header.content.index].content.identity
      noteEquivocation(of: sender, .input, header.encoded)
    }
    return verdict
  }

  /// A worker that takes in inputs of this round beside this value.
  package func makeIngest() -> InputIngest? { ingest?.emptied() }

  /// Adds what another worker of this process has taken in.
  ///
  /// Repeated inputs of its clients are answered here from now on.
  ///
  /// - Throws: as for a partial sum.
  package mutating func add(_ worker: InputIngest) throws(ProtocolError) {
    try add(worker.partial)
    ingest?.takeHeaders(of: worker)
  }

  /// Adds what a worker elsewhere has taken in.
  ///
  /// Repeated inputs of its clients are that worker's to answer.
  ///
  /// - Throws: `outOfOrder` outside of the step, `differentRound`, `unknownClient`, or `overlap` if a
  ///   client is in both sums; nothing is then added.
  package mutating func add(_ partial: PartialSum) throws(ProtocolError) {
    guard phase == .input, let sharers = sharing?.sharers else {
      throw ProtocolError(.outOfOrder, "PartialSum")
    }
    guard partial.members.isSubset(of: sharers.members) else {
      throw ProtocolError(
        partial.transcript == sharers.transcript ? .unknownClient : .differentRound,
        "PartialSum.members")
    }
    try ingest?.partial.add(partial)
  }

  mutating func closeInput() throws(ProtocolError) -> [ServerAction] {
    guard let ingest, let sharers = sharing?.sharers else { return [] }
    let members = ingest.partial.members
    guard members.count >= config.leastSurvivors else {
      throw ProtocolError(.fewSurvivors, "Input")
    }
    let survivors = Survivors(
      members: members,
      transcript: Transcript.survived(sharers.transcript, survivors: members))
    consistency = Consistency(
      survivors: survivors,
      message: identity.message(
        SurvivorsMessage(transcript: sharers.transcript, survivors: members)
      ), signatures: ByMember(cohortSize: members.cohortSize))
    sharing?.dropBoxes()
    phase = .consistency
    let delivery = ServerAction.deliver(.survivors, to: members)
    guard let request = cosignRequest else { return [delivery] }
    return [delivery, .requestCosignatures(request)]
  }
}
