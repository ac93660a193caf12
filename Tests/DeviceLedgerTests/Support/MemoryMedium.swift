import DeviceLedger
import Synchronization

/// A ledger's places in memory, whose next writes can break off.
final class MemoryMedium: LedgerMedium {
  /// What becomes of a write.
  enum Outcome: Sendable, CaseIterable { case stored, lost, storedAndCrashed }

  struct Crash: Error {}
  typealias Failure = Crash

  struct State: Sendable, Equatable {
    var head: [UInt8]?
    var entries: [SealedLedgerEntry] = []
  }

  private let place = Mutex(State())
  private let outcomes = Mutex<[Outcome]>([])

  var state: State {
    get { place.withLock { $0 } }
    set { place.withLock { $0 = newValue } }
  }

  /// Decides the next writes; those after are stored.
  func plan(_ next: [Outcome]) { outcomes.withLock { $0 = next } }

  private func write(_ body: (inout State) -> Void) throws(Crash) {
    let outcome = outcomes.withLock { $0.isEmpty ? .stored : $0.removeFirst() }
    if outcome != .lost { place.withLock { body(&$0) } }
    if outcome != .stored { throw Crash() }
  }

  func head() -> [UInt8]? { state.head }
  func entries() -> [SealedLedgerEntry] { state.entries }

  func append(_ entries: [SealedLedgerEntry]) throws(Crash) {
    try write { $0.entries += entries }
  }

  func restart(with entry: SealedLedgerEntry) throws(Crash) { try write { $0.entries = [entry] } }

  func keep(head: [UInt8]) throws(Crash) { try write { $0.head = head } }
}
