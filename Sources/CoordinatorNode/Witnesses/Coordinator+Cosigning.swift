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
      if log.heads.signed?.signed == cosigned.signed { log.heads.signed?.add(cosignature) }
      await advance()
      return
    }
    guard let known = Self.signedHead(message), known.isSigned(by: keys.logIdentity) else {
      throw WitnessCallFault.noCosignature
    }
    // The proof that it wants is made with the next request; a head of ours that is not in our log has none.
    guard known.head.tree.size <= log.heads.signed?.signed.head.tree.size ?? 0,
      known != watch.acceptedHeads[witness]
    else { throw WitnessCallFault.laterHead(size: known.head.tree.size) }
    watch.note(known, of: witness)
  }

  private static func cosignedHead(_ message: [UInt8]) -> CosignedHead? {
    do { return try CosignedHead(decoding: message) } catch { return nil }
  }

  private static func signedHead(_ message: [UInt8]) -> SignedHead? {
    do { return try SignedHead(decoding: message) } catch { return nil }
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
