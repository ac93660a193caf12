internal import CryptoPrimitives
internal import SecureAggregation
internal import Storage
internal import WireProtocol

/// What a coordinator knows of its witnesses between two requests to them.
struct WitnessWatch: Sendable {
  private(set) var pinned = WitnessSet.none
  /// Where chains stand, asked since the last round began.
  ///
  /// It is asked before every round: an answer that was lost in an aborted one moved the chain on.
  private var standings: [VerificationKey: WitnessStanding] = [:]
  private var attempts: [VerificationKey: Attempts] = [:]

  private struct Attempts: Sendable {
    var isUnderWay = false
    /// Failures in a row.
    var failures = 0
    /// Unix seconds.
    var nextAt: UInt64 = 0
  }

  /// The longest wait between two requests to a witness that does not answer, in seconds.
  private static let longestWait: UInt64 = 16

  /// Takes over the witnesses that the store names now.
  mutating func use(_ set: WitnessSet) {
    guard set != pinned else { return }
    pinned = set
    standings = [:]
    attempts = attempts.filter { witness, attempts in
      attempts.isUnderWay || set.contains(witness)
    }
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
      let attempt = attempts[witness] ?? Attempts()
      guard witnesses.contains(witness), !attempt.isUnderWay, time >= attempt.nextAt else {
        return false
      }
      attempts[witness, default: Attempts()].isUnderWay = true
      return true
    }
  }

  mutating func succeeded(_ witness: VerificationKey) { attempts[witness] = nil }

  mutating func failed(_ witness: VerificationKey, at time: UInt64) {
    var attempt = attempts[witness] ?? Attempts()
    attempt.isUnderWay = false
    attempt.nextAt = time + min(Self.longestWait, 1 << UInt64(min(attempt.failures, 10)))
    attempt.failures += 1
    attempts[witness] = attempt
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
