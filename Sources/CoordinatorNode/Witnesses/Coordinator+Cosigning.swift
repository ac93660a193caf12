internal import CryptoPrimitives
internal import SecureAggregation
internal import Storage
internal import TransparencyLog
internal import WireProtocol

/// How heads of the log get the signatures of the coordinator's witnesses.
extension Coordinator {
  /// Requests for signatures on the newest head.
  func headErrands() async -> [WitnessErrand] {
    guard let newest = log.heads.signed else { return [] }
    let signed = newest.signed
    var errands: [WitnessErrand] = []
    for witness in watch.beginCosigning(newest, at: clock()) {
      let proof = await consistency(from: watch.acceptedHeads[witness.verificationKey], to: signed)
      var randomness = RandomStream.system()
      let request = SignedWitnessRequest(
        .head(HeadInquiry(head: signed.encoded, proof: proof)), to: witness.verificationKey,
        issuedAt: clock(), signedBy: keys.identity, randomness: &randomness)
      errands.append(
        WitnessErrand(
          witness: witness, body: request.encoded, kind: request.kind, nonce: request.nonce,
          round: nil))
    }
    return errands
  }

  /// The proof that a head continues one that a witness has accepted; empty if there is none.
  ///
  /// The witness then answers with the head that it has.
  private func consistency(from known: SignedHead?, to head: SignedHead) async -> [UInt8] {
    guard let known, known.head.tree.size <= head.head.tree.size else { return [] }
    do {
      return try await store.consistencyProof(
        from: known.head.tree.size, to: head.head.tree.size
      ).encoded
    } catch { return [] }
  }

  /// Takes in what a witness says to a head.
  func takeHead(_ message: [UInt8], of errand: WitnessErrand) async throws {
    let witness = errand.witness.verificationKey
    if let cosigned = Self.cosignedHead(message) {
      guard let cosignature = cosigned.cosignatures.first, cosignature.witness == witness,
        cosigned.signed.isSigned(by: keys.logIdentity),
        cosignature.isValid(for: cosigned.signed.head)
      else { throw WitnessCallFault.noCosignature }
      watch.note(cosigned.signed, of: witness)
      if var published = log.heads.published, published.signed == cosigned.signed,
        watch.pinned.contains(witness)
      {
        // It came late, and readers can use it all the same.
        published.add(cosignature)
        log.heads.published = published
      }
      if let signed = log.heads.signed, signed.signed == cosigned.signed,
        watch.pinned.contains(witness)
      {
        // Witnesses that were replaced since do not count any more.
        var head = signed.keeping { watch.pinned.contains($0.witness) }
        head.add(cosignature)
        log.heads.signed = head
      }
      await advance()
      return
    }
    guard let known = Self.signedHead(message), known.isSigned(by: keys.logIdentity) else {
      throw WitnessCallFault.noCosignature
    }
    guard try await isContinued(known) else {
      log.contradicted = known.head.tree.size
      throw WitnessCallFault.laterHead(size: known.head.tree.size)
    }
    // The proof that it wants is made with the next request.
    guard known != watch.acceptedHeads[witness] else { throw WitnessCallFault.noCosignature }
    watch.note(known, of: witness)
  }

  /// Whether the newest head continues one that was signed with the log's key.
  private func isContinued(_ older: SignedHead) async throws(StorageError) -> Bool {
    guard let newest = log.heads.signed?.signed, older.head.tree.size <= newest.head.tree.size
    else { return false }
    let proof = try await store.consistencyProof(
      from: older.head.tree.size, to: newest.head.tree.size)
    do throws(LogRefusal) {
      try proof.verify(from: older.head.tree, to: newest.head.tree)
      return true
    } catch { return false }
  }

  private static func cosignedHead(_ message: [UInt8]) -> CosignedHead? {
    do { return try CosignedHead(decoding: message) } catch { return nil }
  }

  private static func signedHead(_ message: [UInt8]) -> SignedHead? {
    do { return try SignedHead(decoding: message) } catch { return nil }
  }

  /// Learns again, after a restart, what witnesses have accepted: what they have signed, at least.
  ///
  /// A head with all signatures is shown to nobody any more, and reveals wait for whoever has accepted it.
  func recallAcceptedHeads() {
    guard let newest = log.heads.signed else { return }
    for cosignature in newest.cosignatures where watch.pinned.contains(cosignature.witness) {
      watch.note(newest.signed, of: cosignature.witness)
    }
  }

  /// The witnesses that can answer now: those that have accepted the entry about the cohort, for a reveal.
  func readyWitnesses(in live: LiveRound) async -> [VerificationKey] {
    let awaited = await live.awaitedWitnesses
    guard !awaited.isEmpty, await live.awaitsReveals else { return awaited }
    do {
      guard let cohort = try await store.logged(live.key.logKey(.cohort)) else { return [] }
      return awaited.filter { watch.hasAccepted(cohort.index, $0) }
    } catch { return [] }
  }

  /// An entry with its proof against the head that a witness has accepted last.
  func proof(of key: EntryKey, to witness: WitnessRecord) async throws(StorageError) -> [UInt8] {
    guard let head = watch.acceptedHeads[witness.verificationKey],
      let placed = try await store.logged(key)
    else { return [] }
    return ProvedEntry(
      entry: placed.entry,
      proof: try await store.inclusionProof(of: placed.index, size: head.head.tree.size)
    ).encoded
  }
}
