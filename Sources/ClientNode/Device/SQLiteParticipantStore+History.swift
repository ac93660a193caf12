internal import CryptoPrimitives
internal import SecureAggregation
internal import Storage

extension SQLiteParticipantStore {
  /// Makes a record of the aggregation protocol durable; a charge is debited by `DeviceNode`.
  ///
  /// - Parameter survivorCount: of the set that was signed, once there is one.
  func keep(
    _ record: ClientRecord, survivorCount: Int?, of identity: VerificationKey
  ) async throws(StorageError) {
    switch record {
    case .began(let name, let transcript, let day, let expiry):
      try await begin(
        ParticipationRecord(
          key: RoundKey(name), transcript: transcript, day: Int64(day), expiry: Int64(expiry)))
    case .chainsAdvanced(let positions):
      for (witness, chain) in positions {
        try await recordWitness(
          witness.encoding, position: chain.position, value: chain.value)
      }
    case .charged: preconditionFailure("a charge is debited with its entry in the ledger")
    case .signed(let name, let transcript):
      try await recordSurvivors(
        transcript, count: survivorCount, of: RoundKey(name), identity: identity.encoding)
    case .released(let name, let message, _):
      try await recordUnmask(message, of: RoundKey(name), identity: identity.encoding)
    case .ended(let name): try await end(RoundKey(name))
    }
  }

  /// Everything that the device has recorded, as the aggregation protocol wants it.
  ///
  /// After a restart a round that had begun counts as ended: its secrets are gone.
  func history() async throws(StorageError) -> ClientHistory {
    var records: [ClientRecord] = []
    for round in try await rounds() {
      let name = round.key.name
      records.append(
        .began(
          name, transcript: round.transcript, day: UInt64(round.day),
          expiry: UInt64(round.expiry)))
      if let survivors = round.survivors { records.append(.signed(name, transcript: survivors)) }
      if let unmask = round.unmask {
        records.append(.released(name, message: unmask, expiry: UInt64(round.expiry)))
      }
      records.append(.ended(name))
    }
    for charge in try await charges() { records.append(.charged(charge.round.name)) }
    let chains = try await witnesses().map { identity, chain in
      (
        VerificationKey(encoding: identity),
        ChainPosition(position: chain.position, value: chain.value)
      )
    }
    records.append(.chainsAdvanced(Dictionary(uniqueKeysWithValues: chains)))
    return ClientHistory(records)
  }
}

extension RoundKey {
  init(_ name: RoundName) { self.init(task: name.task, number: name.round) }
  var name: RoundName { RoundName(task: task, round: number) }
}
