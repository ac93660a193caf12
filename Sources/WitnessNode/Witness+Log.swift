internal import CryptoPrimitives
internal import SecureAggregation
internal import Storage
internal import TransparencyLog
internal import WireProtocol

/// What a witness does for its coordinator's log: protocols/transparency-log.md, section 6.
extension Witness {
  /// Signs a head that continues the last one.
  ///
  /// - Returns: the head with the witness's signature; the last one instead, if the proof is not from there.
  func cosignHead(_ inquiry: HeadInquiry) async throws(WitnessFault) -> [UInt8] {
    let offered: CosignedHead
    var proof: ConsistencyProof?
    do throws(LogRefusal) {
      offered = CosignedHead(try SignedHead(decoding: inquiry.head))
      if !inquiry.proof.isEmpty { proof = try ConsistencyProof(decoding: inquiry.proof) }
    } catch { throw .log(error) }
    var view = LogView(log: log, witnesses: .none, last: lastHead)
    do throws(LogRefusal) { try view.accept(offered, proof: proof) } catch {
      switch error {
      case .splitView(let evidence), .shrunk(let evidence): try await record(evidence, error)
      case .missingProof, .proof, .rollback:
        // The coordinator may not know where this witness is.
        if let lastHead { return lastHead.encoded }
      default: break
      }
      throw .log(error)
    }
    // At once: a second head that arrives meanwhile is compared with this one.
    lastHead = view.last
    let accepted = offered.signed
    try await keep { () async throws(StorageError) in
      try await store.record(accepted)
    }
    return signed(offered).encoded
  }

  private func record(
    _ evidence: HeadEvidence, _ refusal: LogRefusal
  ) async throws(WitnessFault) {
    noteEvidence(rule: refusal.rule)
    try await keep { () async throws(StorageError) in
      try await store.recordEvidence(evidence.encoded)
    }
  }

  /// Whether the tree of the last head has this cohort and its round.
  func isLogged(_ cohort: AggregationWitness.Cohort, _ inquiry: RevealInquiry) -> Bool {
    let view = LogView(log: log, witnesses: .none, last: lastHead)
    do throws(LogRefusal) {
      let round = try ProvedEntry(decoding: inquiry.roundEntry)
      let gathered = try ProvedEntry(decoding: inquiry.cohortEntry)
      for proved in [round, gathered] { try view.verify(proved.entry.encoded, proved.proof) }
      guard case .round(let announced) = round.entry.content,
        case .cohort(let fixed) = gathered.entry.content
      else { return false }
      return announced.configuration == cohort.config && fixed.transcript == cohort.transcript
        && fixed.round == announced.round && fixed.memberCount == cohort.size
    } catch { return false }
  }
}
