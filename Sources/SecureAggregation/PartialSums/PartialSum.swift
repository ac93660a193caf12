package import CryptoPrimitives
package import RingArithmetic

/// The sum of the masked vectors of some clients, and who they are: message kind 13.
///
/// It is still masked: only the sum over all survivors can be opened. Partial sums of disjoint clients
/// combine in any order to the same total.
package struct PartialSum: Sendable, Equatable {
  /// T3.
  package let transcript: Bytes32
  package private(set) var members: CohortSet
  package private(set) var vector: RingVector

  /// The sum over nobody.
  package init(transcript: Bytes32, cohortSize: Int, dimension: Int, modulus: RingModulus) {
    self.transcript = transcript
    members = CohortSet(cohortSize: cohortSize)
    vector = RingVector(zeros: dimension, modulus: modulus)
  }

  /// The sum of given vectors over given clients.
  package init(transcript: Bytes32, members: CohortSet, vector: RingVector) {
    self.transcript = transcript
    self.members = members
    self.vector = vector
  }

  package var count: Int { members.count }

  /// Adds the sum over other clients.
  ///
  /// - Throws: `differentRound`, or `overlap` if a client is in both; nothing is then added.
  package mutating func add(_ other: PartialSum) throws(ProtocolError) {
    guard other.transcript == transcript, other.members.cohortSize == members.cohortSize,
      other.vector.count == vector.count, other.vector.modulus == vector.modulus
    else { throw ProtocolError(.differentRound, "PartialSum.T3") }
    guard other.members.isDisjoint(with: members) else {
      throw ProtocolError(.overlap, "PartialSum.members")
    }
    members.formUnion(other.members)
    vector.add(other.vector)
  }

  /// Adds the packed masked vector of one client.
  ///
  /// - Throws: `overlap` if it is in the sum, `length` or `padding`; nothing is then added.
  mutating func add(
    _ packed: RawSpan, of index: Int, packing: BitPacking
  ) throws(ProtocolError) {
    guard !members.contains(index) else {
      throw ProtocolError(.overlap, "PartialSum.members")
    }
    do throws(PackingError) {
      try packing.add(packed, to: &vector, 0..<vector.count)
    } catch {
      throw ProtocolError(error.code, "Input.vector")
    }
    members.insert(index)
  }
}

extension PackingError {
  fileprivate var code: AbortCode {
    switch self {
    case .wrongLength: .length
    case .nonZeroPadding: .padding
    }
  }
}
