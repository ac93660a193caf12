import CryptoPrimitives
import RingArithmetic
import SecureAggregation

@testable import FederatedRounds

/// What survives a crash of the simulated coordinator.
struct SimulatedDisk {
  var journal: [RoundEntry] = []
  var partial: PartialSum?
  var committed: RingVector?
  var aborted: RoundAbort?
}

/// What a durable write comes to.
enum WriteOutcome { case stored, full, crashBefore, crashAfter }

/// A coordinator process with a disk: it does what the machine says, as the real one does.
final class SimulatedCoordinator {
  enum Request {
    case message([UInt8])
    case poll(MessageKind)
    case end
  }

  enum Reply {
    case acknowledged(Bytes32)
    case delivered([UInt8])
    case notYet
    case dismissed
    case ended(committed: Bool)
  }

  let cast: Cast
  var disk = SimulatedDisk()
  /// Every sum that was ever opened, by every incarnation.
  var opened: [OpenedSum] = []
  private(set) var isUp = true
  private(set) var crashes = 0
  private var round: CoordinatorRound?
  /// Decides what becomes of each write.
  var write: () -> WriteOutcome = { .stored }

  init(cast: Cast) { self.cast = cast }

  /// What a process does when it starts: everything from the disk, nothing else.
  func start() throws {
    isUp = true
    round = nil
    guard disk.committed == nil, disk.aborted == nil else { return }
    var round = CoordinatorRound(cast.server())
    try round.replay(disk.journal, partial: disk.partial)
    self.round = consume round
  }

  private func crash() {
    isUp = false
    crashes += 1
    round = nil
  }

  /// Stores an entry; false if the process or the disk failed, and the machine was thrown away.
  private func store(_ entry: RoundEntry, partial: PartialSum?) throws -> Bool {
    let outcome = write()
    switch outcome {
    case .stored, .crashAfter:
      disk.journal.append(entry)
      if let partial { disk.partial = partial }
    case .full, .crashBefore: break
    }
    switch outcome {
    case .stored: return true
    // A machine that has run ahead of its journal is worth nothing.
    case .full:
      try start()
      return false
    case .crashBefore, .crashAfter:
      crash()
      return false
    }
  }

  /// The answer to a request, nil if the process died over it.
  func handle(
    _ request: Request, from device: VerificationKey, at time: UInt64
  ) async throws -> Reply? {
    guard isUp else { return nil }
    if disk.committed != nil { return .ended(committed: true) }
    if disk.aborted != nil { return .ended(committed: false) }
    switch request {
    case .message(let message): return try await take(message, from: device, at: time)
    case .end: return .notYet
    case .poll(let kind):
      switch round?.answer(to: device, awaiting: kind, at: time) {
      case .message(let message): return .delivered(message)
      case .notYet: return .notYet
      case .notForYou, .over, nil: return .dismissed
      }
    }
  }

  private func take(
    _ message: [UInt8], from device: VerificationKey, at time: UInt64
  ) async throws -> Reply? {
    switch round?.received(message, from: device, at: time) {
    case .accepted(let entry, let digest):
      let isInput = if case .input = entry { true } else { false }
      guard
        try store(entry, partial: isInput ? round?.aggregation.partialSum : nil)
      else { return nil }
      try await advance(at: time)
      return isUp ? .acknowledged(digest) : nil
    case .repeated(let digest): return .acknowledged(digest)
    case .refused, nil: return .dismissed
    }
  }

  /// What the coordinator does whenever time has passed.
  func advance(at time: UInt64) async throws {
    while isUp, let effects = round?.advance(at: time), !effects.isEmpty {
      for effect in effects {
        switch effect {
        case .record(let entry): guard try store(entry, partial: nil) else { return }
        case .deliver, .askWitnesses, .open: break
        case .abort(let reason): disk.aborted = reason
        }
      }
    }
    if isUp, round?.state(at: time) == .opening { try await open() }
  }

  private func open() async throws {
    if let debit = round?.debit() { guard try store(debit, partial: nil) else { return } }
    guard let opening = round?.aggregation.makeOpening() else { return }
    do {
      let sum = try await opening.open(threads: 1)
      opened.append(sum)
      switch write() {
      case .stored, .crashAfter: disk.committed = sum.vector
      case .full: return try start()
      case .crashBefore: return crash()
      }
      round?.committed()
    } catch let error as ProtocolError {
      disk.aborted = .aggregation(error.code)
    }
  }
}
