internal import CryptoPrimitives
internal import SecureAggregation
internal import Storage

/// A device's store over a disk that may break off: the rules of `SQLiteParticipantStore`.
struct SimulatedParticipantStore {
  private(set) var rounds: [RoundKey: ParticipationRecord] = [:]
  private(set) var charges: [RoundKey: Int] = [:]
  /// Decides what becomes of each write.
  var outcome: () -> WriteOutcome = { .stored }

  /// Why a record could not be stored.
  enum Failure: Error {
    case disk
    case crash
    /// The rules forbid the record.
    case rule(StorageError)
  }

  private mutating func write(
    _ body: (inout SimulatedParticipantStore) throws(StorageError) -> Void
  ) throws(Failure) {
    let outcome = outcome()
    switch outcome {
    case .full: throw .disk
    case .crashBefore: throw .crash
    case .stored, .uncertain, .crashAfter: break
    }
    var next = self
    do throws(StorageError) { try body(&next) } catch { throw .rule(error) }
    self = next
    switch outcome {
    case .uncertain: throw .disk
    case .crashAfter: throw .crash
    case .stored, .full, .crashBefore: break
    }
  }

  mutating func keep(_ record: ClientRecord) throws(Failure) {
    try write { (store) throws(StorageError) in
      switch record {
      case .began(let name, let transcript, let day, let expiry):
        let key = RoundKey(name)
        let last =
          store.rounds.keys.filter { $0.task == key.task }.map(\.number).max() ?? 0
        guard key.number > last else { throw .roundOutOfOrder(key, last: last) }
        store.rounds[key] = ParticipationRecord(
          key: key, transcript: transcript, day: Int64(day), expiry: Int64(expiry))
      case .chainsAdvanced: break
      case .charged(let name):
        let key = RoundKey(name)
        guard store.charges[key] == nil else { throw .chargeExists(key) }
        store.charges[key] = 1
      case .signed(let name, let transcript):
        let key = RoundKey(name)
        let earlier = store.rounds[key]?.survivors
        guard earlier == nil || earlier == transcript else {
          throw .equivocation(key, step: 4)
        }
        store.rounds[key]?.survivors = transcript
      case .released(let name, let message, _):
        store.rounds[RoundKey(name)]?.unmask = message
      case .ended(let name): store.rounds[RoundKey(name)]?.hasEnded = true
      }
    }
  }

  /// What the aggregation protocol is told of earlier rounds, as `SQLiteParticipantStore` tells it.
  var history: ClientHistory {
    var records: [ClientRecord] = []
    for round in rounds.values.sorted(by: { $0.key.number < $1.key.number }) {
      let name = round.key.name
      records.append(
        .began(
          name, transcript: round.transcript, day: UInt64(round.day),
          expiry: UInt64(round.expiry)))
      if let survivors = round.survivors { records.append(.signed(name, transcript: survivors)) }
      if let unmask = round.unmask {
        records.append(.released(name, message: unmask, expiry: UInt64(round.expiry)))
      }
      records.append(.ended(name))
    }
    for (key, _) in charges { records.append(.charged(key.name)) }
    return ClientHistory(records)
  }
}

extension RoundKey {
  init(_ name: RoundName) { self.init(task: name.task, number: name.round) }
  var name: RoundName { RoundName(task: task, round: number) }
}
