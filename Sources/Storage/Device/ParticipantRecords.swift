package import CryptoPrimitives

/// A sealed event of the device's user.
package struct SealedEvent: Sendable, Equatable {
  /// Unix seconds; decides when the event is forgotten.
  package let happenedAt: Int64
  /// What `EventKey` sealed.
  package let box: [UInt8]

  package init(happenedAt: Int64, box: [UInt8]) {
    self.happenedAt = happenedAt
    self.box = box
  }
}

/// A round that the device has taken part in.
package struct ParticipationRecord: Sendable, Equatable {
  package let key: RoundKey
  /// T0 of the round.
  package let transcript: Bytes32
  /// The UTC day of its opening, in days since 1970.
  package let day: Int64
  /// When the round is over for certain; Unix seconds.
  package let expiry: Int64
  /// Whether it is over for this device.
  package var hasEnded: Bool
  /// T4, once the device has signed a set of survivors.
  package var survivors: Bytes32?
  /// How many they are; nil also for a round from before this was noted.
  package var survivorCount: Int?
  /// The message Unmask, to be sent again until the deadline.
  package var unmask: [UInt8]?

  package init(
    key: RoundKey, transcript: Bytes32, day: Int64, expiry: Int64, hasEnded: Bool = false,
    survivors: Bytes32? = nil, survivorCount: Int? = nil, unmask: [UInt8]? = nil
  ) {
    self.key = key
    self.transcript = transcript
    self.day = day
    self.expiry = expiry
    self.hasEnded = hasEnded
    self.survivors = survivors
    self.survivorCount = survivorCount
    self.unmask = unmask
  }
}

/// What one contribution has cost.
package struct ChargeRecord: Sendable, Equatable {
  package let round: RoundKey
  /// Unix seconds.
  package let chargedAt: Int64
  /// The round's signed configuration; the store does not read it.
  package let description: [UInt8]
  /// What hid the contribution, as the log has to have it; nil for a charge from before this was noted.
  package let mechanism: [UInt8]?

  package init(round: RoundKey, chargedAt: Int64, description: [UInt8], mechanism: [UInt8]? = nil) {
    self.round = round
    self.chargedAt = chargedAt
    self.description = description
    self.mechanism = mechanism
  }
}
