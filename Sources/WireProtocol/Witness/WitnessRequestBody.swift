package import CryptoPrimitives

/// What a coordinator asks of a witness.
package enum WitnessRequestKind: UInt32, Sendable, CaseIterable {
  case standing = 1
  case reveal = 2
  case cosign = 3
  case head = 4
}

/// A question to a witness; asking again is harmless and gives the same answer.
package enum WitnessRequestBody: Sendable, Equatable {
  /// Where the chain stands.
  case standing
  case reveal(RevealInquiry)
  case cosign(CosignInquiry)
  case head(HeadInquiry)

  /// Whether the question stays within its limits.
  ///
  /// Cohorts and witnesses are bounded by every RoundConfig; a revocation list is not.
  package var isSendable: Bool {
    if case .reveal(let inquiry) = self {
      inquiry.revoked.count <= WireLimits.revokedCount
    } else {
      true
    }
  }

  package var kind: WitnessRequestKind {
    switch self {
    case .standing: .standing
    case .reveal: .reveal
    case .cosign: .cosign
    case .head: .head
    }
  }
}

/// The cohort for which a value is to be revealed.
package struct RevealInquiry: Sendable, Equatable {
  /// The signed RoundConfig.
  package let configuration: [UInt8]
  /// The signed Advertise messages by cohort index: 1 to 16,384 of 312 bytes each.
  package let cohort: [[UInt8]]
  /// The round's revocation list, ascending, at most 2^18.
  package let revoked: [Bytes32]
  /// The log's entries about round and cohort, each with its proof against the head that the witness
  /// cosigned last; at most 4,109 bytes each.
  package var roundEntry: [UInt8]
  package var cohortEntry: [UInt8]

  package init(
    configuration: [UInt8], cohort: [[UInt8]], revoked: [Bytes32], roundEntry: [UInt8] = [],
    cohortEntry: [UInt8] = []
  ) {
    self.roundEntry = roundEntry
    self.cohortEntry = cohortEntry
    self.configuration = configuration
    self.cohort = cohort
    self.revoked = revoked
  }
}

/// The survivors that are to be signed.
package struct CosignInquiry: Sendable, Equatable {
  /// The signed RoundConfig.
  package let configuration: [UInt8]
  /// T1.
  package let cohort: Bytes32
  /// Of all witnesses, in the order of the configuration; at most 16.
  package let values: [Bytes32]
  /// n, 1 to 16,384.
  package let cohortSize: Int
  /// Bitmaps of U2 and U3, of `cohortSize` bits each.
  package let sharers: [UInt8]
  package let survivors: [UInt8]

  package init(
    configuration: [UInt8], cohort: Bytes32, values: [Bytes32], cohortSize: Int,
    sharers: [UInt8], survivors: [UInt8]
  ) {
    self.configuration = configuration
    self.cohort = cohort
    self.values = values
    self.cohortSize = cohortSize
    self.sharers = sharers
    self.survivors = survivors
  }
}

/// A head of the coordinator's log that is to be signed.
package struct HeadInquiry: Sendable, Equatable {
  /// SignedHead, 146 bytes.
  package let head: [UInt8]
  /// ConsistencyProof from the head that the witness accepted last; empty for none, at most 2,051 bytes.
  package let proof: [UInt8]

  package init(head: [UInt8], proof: [UInt8]) {
    self.head = head
    self.proof = proof
  }
}

/// What a witness answers.
package enum WitnessReplyBody: Sendable, Equatable {
  case standing(WitnessStanding)
  /// A Reveal or a Cosign of the aggregation protocol, or a head.
  case message([UInt8])
}

/// Where a witness's chain stands.
package struct WitnessStanding: Sendable, Equatable {
  /// Of the last value that was revealed; 0 before the first.
  package let position: UInt64
  /// That value; the anchor before the first.
  package let value: Bytes32
  /// The last position of the chain.
  package let length: UInt64

  package init(position: UInt64, value: Bytes32, length: UInt64) {
    self.position = position
    self.value = value
    self.length = length
  }
}
