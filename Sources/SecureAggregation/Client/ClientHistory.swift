package import CryptoPrimitives

/// A task and the number of a round of it.
package struct RoundName: Sendable, Hashable {
  package let task: Bytes32
  package let round: UInt64

  package init(task: Bytes32, round: UInt64) {
    self.task = task
    self.round = round
  }
}

/// Something that a client has done and must not forget: it is on durable storage before the client
/// goes on.
package enum ClientRecord: Sendable, Equatable {
  /// A round was joined on a day, counted from the start of Unix time; it is over at `expiry`.
  case began(RoundName, transcript: Bytes32, day: UInt64, expiry: UInt64)
  /// Witnesses revealed the next values of their chains.
  case chainsAdvanced([VerificationKey: ChainPosition])
  /// One contribution was charged to the privacy budget.
  case charged(RoundName)
  /// T4: the only set of survivors that this client signs in the round.
  case signed(RoundName, transcript: Bytes32)
  /// The Unmask message, which may be sent again before `expiry`, and no other.
  case released(RoundName, message: [UInt8], expiry: UInt64)
  /// The round is over, one way or another.
  case ended(RoundName)
}

/// All that a client remembers of earlier rounds, and of this one after a restart.
package struct ClientHistory: Sendable {
  package private(set) var highestRounds: [Bytes32: UInt64] = [:]
  /// Rounds that have not ended, with the time at which they will have.
  private var activeRounds: [RoundName: UInt64] = [:]
  package private(set) var roundsByDay: [UInt64: Int] = [:]
  package private(set) var chains: [VerificationKey: ChainPosition] = [:]
  package private(set) var contributions: [RoundName: Int] = [:]
  package private(set) var signedTranscripts: [RoundName: Bytes32] = [:]
  private var releases: [RoundName: (message: [UInt8], expiry: UInt64)] = [:]

  /// A client that has done nothing yet.
  package init() {}

  /// The history that records make, in the order in which they were made.
  package init(_ records: some Sequence<ClientRecord>) {
    for record in records { apply(record) }
  }

  package static let secondsPerDay: UInt64 = 86_400

  /// Rounds begun on a day or later: a clock that was set back gives none of them back.
  package func rounds(from day: UInt64) -> Int {
    roundsByDay.reduce(0) { $0 + ($1.key >= day ? $1.value : 0) }
  }

  package mutating func apply(_ record: ClientRecord) {
    switch record {
    case .began(let name, _, let day, let expiry):
      highestRounds[name.task] = max(highestRounds[name.task] ?? 0, name.round)
      activeRounds[name] = expiry
      roundsByDay[day, default: 0] += 1
    case .chainsAdvanced(let positions):
      chains.merge(positions) { _, new in new }
    case .charged(let name):
      contributions[name, default: 0] += 1
    case .signed(let name, let transcript):
      signedTranscripts[name] = transcript
    case .released(let name, let message, let expiry):
      releases[name] = (message, expiry)
    case .ended(let name):
      activeRounds[name] = nil
    }
  }

  /// Whether a round is going on.
  package func isActive(at time: UInt64) -> Bool { activeRounds.values.contains { time < $0 } }

  /// The Unmask message of a round, to be sent again as it is.
  package func unmaskMessage(of name: RoundName, at time: UInt64) -> [UInt8]? {
    guard let release = releases[name], time < release.expiry else { return nil }
    return release.message
  }
}
