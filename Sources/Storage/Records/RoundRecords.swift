package import CryptoPrimitives

/// One round of one task of one coordinator.
package struct RoundKey: Hashable, Sendable, CustomStringConvertible {
  /// The identifier of the task.
  package let task: Bytes32
  /// Rounds of a task are numbered from 1.
  package let number: UInt64

  package init(task: Bytes32, number: UInt64) {
    self.task = task
    self.number = number
  }

  package var description: String { "\(task.description.prefix(12))/\(number)" }
}

/// How a round stands, as far as a store has to know.
package enum RoundOutcome: Sendable, Equatable {
  case open
  /// The sum was opened and became this model version.
  case committed(model: Bytes32)
  /// Nothing was opened; the number is the reason's.
  case aborted(reason: UInt32)
}

/// A round with what was announced of it.
package struct RoundRecord: Sendable, Equatable {
  package let key: RoundKey
  /// The plan that the round belongs to.
  package let plan: Bytes32
  /// The signed configuration, as sent to devices.
  package let configuration: [UInt8]
  /// Unix seconds.
  package let openedAt: Int64
  /// How many revocations the configuration knows: the first ones, in the order of the store.
  package let revocationCount: Int
  package var endedAt: Int64?
  package var outcome: RoundOutcome

  package init(
    key: RoundKey, plan: Bytes32, configuration: [UInt8], openedAt: Int64,
    revocationCount: Int = 0, endedAt: Int64? = nil, outcome: RoundOutcome = .open
  ) {
    self.key = key
    self.plan = plan
    self.configuration = configuration
    self.openedAt = openedAt
    self.revocationCount = revocationCount
    self.endedAt = endedAt
    self.outcome = outcome
  }
}

/// One thing that happened in a round: a device's message, or the coordinator's decision.
///
/// A round is what its journal says: replaying the entries in order restores it.
package struct JournalEntry: Sendable, Equatable {
  /// What the entry is; its meaning belongs to the round, but for `contributionKind`.
  package let kind: Int
  package let step: Int
  /// Who sent it; nil for the coordinator's own decisions.
  package let device: Bytes32?
  package let bytes: [UInt8]

  package init(kind: Int, step: Int, device: Bytes32?, bytes: [UInt8]) {
    self.kind = kind
    self.step = step
    self.device = device
    self.bytes = bytes
  }

  /// The kind of a device's contribution, which the store counts: `RoundEntry.input`.
  package static let contributionKind = 2

  /// Whether it is a device's contribution.
  package var isContribution: Bool { kind == Self.contributionKind && device != nil }
}

/// The opened sum of a round: what the round has released, for whoever measures what it shows.
///
/// It has the noise that was paid for, so that it tells no more of anybody than what was debited, whoever reads it.
package struct ReleasedSum: Sendable, Equatable {
  /// Whose contributions it holds.
  package let survivors: Int
  /// In the packing of the round's configuration.
  package let packed: [UInt8]

  package init(survivors: Int, packed: [UInt8]) {
    self.survivors = survivors
    self.packed = packed
  }
}

/// The masked sum of the contributions that a round has taken so far.
package struct PartialSum: Sendable, Equatable {
  /// The packed sum.
  package let sum: [UInt8]
  /// A bitmap over the cohort: whose contributions are in it.
  package let set: [UInt8]
  package let count: Int

  package init(sum: [UInt8], set: [UInt8], count: Int) {
    self.sum = sum
    self.set = set
    self.count = count
  }
}
