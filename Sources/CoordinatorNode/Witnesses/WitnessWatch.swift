internal import CryptoPrimitives
internal import SecureAggregation
internal import Storage
internal import TransparencyLog
internal import WireProtocol

/// What a coordinator knows of its witnesses between two requests to them.
struct WitnessWatch: Sendable {
  private(set) var pinned = WitnessSet.none
  /// Where chains stand, asked since the last round began.
  ///
  /// It is asked before every round: an answer that was lost in an aborted one moved the chain on.
  private var standings: [VerificationKey: WitnessStanding] = [:]
  private var attempts = RequestAttempts()
  /// Beside the requests about rounds: a head must not wait for a reveal, nor a reveal for ever for heads.
  private var headAttempts = RequestAttempts()
  /// The head of the log that each witness has accepted last, as far as that is known here.
  private(set) var acceptedHeads: [VerificationKey: SignedHead] = [:]

  /// Takes over the witnesses that the store names now.
  mutating func use(_ set: WitnessSet) {
    guard set != pinned else { return }
    pinned = set
    standings = [:]
    attempts.keep(set.contains)
    headAttempts.keep(set.contains)
    acceptedHeads = acceptedHeads.filter { set.contains($0.key) }
  }

  /// Before a round: all chains are asked for again.
  mutating func forgetStandings() { standings = [:] }

  mutating func note(_ standing: WitnessStanding, of witness: VerificationKey) {
    standings[witness] = standing
  }

  /// The witnesses whose chain has not been asked for since the last round began.
  var unknownStandings: [VerificationKey] {
    pinned.witnesses.map(\.verificationKey).filter { standings[$0] == nil }
  }

  /// The witnesses whose chain has no value left.
  var exhausted: [VerificationKey] {
    standings.filter { $0.value.position >= $0.value.length }.map(\.key)
  }

  /// What the next round names, ascending by identity; nil until all chains are known.
  var terms: [WitnessTerms]? {
    guard unknownStandings.isEmpty, exhausted.isEmpty else { return nil }
    return pinned.witnesses.compactMap { witness in
      standings[witness.verificationKey].map {
        WitnessTerms(
          identity: witness.verificationKey, position: $0.position + 1, previous: $0.value)
      }
    }
  }

  // MARK: Requests

  /// Those of `witnesses` that may be asked now: one request at a time, and later after failures.
  mutating func begin(
    _ witnesses: [VerificationKey], at time: UInt64
  ) -> [WitnessRecord] {
    pinned.witnesses.filter { record in
      let witness = record.verificationKey
      return witnesses.contains(witness) && attempts.begin(witness, at: time)
    }
  }

  mutating func succeeded(_ witness: VerificationKey) { attempts.succeeded(witness) }

  mutating func failed(_ witness: VerificationKey, at time: UInt64) {
    attempts.failed(witness, at: time)
  }

  // MARK: Heads

  /// The witnesses whose signature a head lacks and that may be asked for it now.
  mutating func beginCosigning(_ head: CosignedHead, at time: UInt64) -> [WitnessRecord] {
    pinned.witnesses.filter { record in
      let witness = record.verificationKey
      return !head.cosignatures.contains { $0.witness == witness }
        && headAttempts.begin(witness, at: time)
    }
  }

  /// Notes which head a witness has accepted last, by its own word.
  mutating func note(_ head: SignedHead, of witness: VerificationKey) {
    acceptedHeads[witness] = head
    headAttempts.succeeded(witness)
  }

  mutating func cosigningFailed(_ witness: VerificationKey, at time: UInt64) {
    // What is known of it may be why.
    acceptedHeads[witness] = nil
    headAttempts.failed(witness, at: time)
  }

  /// Whether the witness has accepted a tree with the entry at `index`.
  func hasAccepted(_ index: UInt64, _ witness: VerificationKey) -> Bool {
    index < acceptedHeads[witness]?.head.tree.size ?? 0
  }
}

extension WitnessSet {
  func contains(_ witness: VerificationKey) -> Bool {
    witnesses.contains { $0.verificationKey == witness }
  }
}

extension WitnessRecord {
  var verificationKey: VerificationKey { VerificationKey(encoding: identity) }
}
