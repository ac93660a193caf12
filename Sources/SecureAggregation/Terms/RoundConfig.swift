package import CryptoPrimitives
package import RingArithmetic

/// The terms of a round, within the ranges of section 12: message kind 1 without its signature.
@dynamicMemberLookup
package struct RoundConfig: Sendable, Equatable {
  package static let mostCohort = 16_384
  package static let mostWitnesses = 16
  package static let mostDimension = 1 << 24
  /// From opening to the last deadline, in seconds.
  package static let longestRound: UInt64 = 604_800

  package let terms: RoundTerms
  /// What the round assumes of its cohort.
  package let faults: FaultAssumption

  /// The terms, if they can be sent.
  ///
  /// - Throws: `limit` or `range`, naming the first field that is outside of its range.
  package init(_ terms: RoundTerms) throws(ProtocolError) {
    // The decoder has all ranges: terms are valid exactly if it accepts what they encode to.
    var bytes = Self.kind.header
    terms.append(to: &bytes)
    var reader = MessageReader(fields: ByteReader(bytes))
    _ = try reader.fields.header()
    try self.init(from: &reader)
    try reader.fields.finish("RoundConfig")
    try checkJointConditions()
  }

  package init(from reader: inout MessageReader) throws(ProtocolError) {
    terms = try RoundTerms(from: &reader.fields)
    // A pair that does not exist is found by the joint conditions, which come last.
    faults = FaultAssumption(collusion: terms.collusion, dropout: terms.dropout) ?? .c500d500
  }

  package subscript<Value>(dynamicMember path: KeyPath<RoundTerms, Value>) -> Value {
    terms[keyPath: path]
  }

  /// The ring of the round's vectors.
  package var modulus: RingModulus { RingModulus(bits: terms.ringBits) }

  /// How vectors travel.
  package var packing: BitPacking {
    guard let packing = BitPacking(modulus) else {
      // Cannot fail: the width was checked.
      preconditionFailure("no packing for \(terms.ringBits) bits")
    }
    return packing
  }

  /// The time before which messages of `step` have to arrive, in Unix seconds.
  package func deadline(of step: RoundStep) -> UInt64 { terms.deadlines[step.rawValue] }

  /// k, t and the kind of graph for a cohort of `cohortSize`.
  package func graphParameters(cohortSize: Int) -> GraphParameters {
    GraphParameters(cohortSize: cohortSize, faults: faults, rule: terms.rule)
  }

  /// Whether `identity` is drawn for this round: section 8.
  ///
  /// Only values that the witnesses have revealed before enter, so the coordinator cannot try terms until
  /// its own identities are drawn.
  package func isEligible(_ identity: VerificationKey) -> Bool {
    var message = LabeledMessage(.eligible)
    for witness in terms.witnesses { message.append(witness.previous) }
    message.append(identity.encoding)
    let word = message.digest.bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return word <= terms.eligibilityThreshold
  }
}
