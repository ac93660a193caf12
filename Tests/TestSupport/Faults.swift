package import Storage
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Where and when a process is to die.
package struct Kill: Codable, Sendable, CustomStringConvertible {
  package let point: FailPoint
  /// The first time that the point is reached is 1.
  package let visit: Int

  package init(_ point: FailPoint, visit: Int = 1) {
    self.point = point
    self.visit = visit
  }

  package var description: String { visit == 1 ? point.rawValue : "\(point.rawValue), \(visit)" }
}

/// Ends the process at a fail point, as the system does that loses power to its process table.
package final class KillAt: FaultInjector {
  private let when: Kill
  private let visits = Mutex(0)

  package init(_ when: Kill) { self.when = when }

  package func reached(_ point: FailPoint) throws(StorageError) {
    guard point == when.point else { return }
    let visit = visits.withLock { visits in
      visits += 1
      return visits
    }
    if visit == when.visit { kill(getpid(), SIGKILL) }
  }
}

/// Is full once, at one fail point.
package final class FullDiskAt: FaultInjector {
  private let point: FailPoint
  private let used = Mutex(false)

  package init(_ point: FailPoint) { self.point = point }

  /// Whether the point was reached.
  package var wasFull: Bool { used.withLock { $0 } }

  package func reached(_ point: FailPoint) throws(StorageError) {
    guard point == self.point else { return }
    let isFirst = used.withLock { used in
      defer { used = true }
      return !used
    }
    if isFirst { throw .diskFull(path: "disk") }
  }
}

extension FailPoint {
  /// The points that a device comes to.
  package static let ofDevices: [FailPoint] = [
    .certificateReceived, .certificateStored, .contributionMade, .messageAcknowledged,
    .uploadAcknowledged, .roundEndWritten, .roundEndCommitted, .eventsWritten, .eventsCommitted,
    .roundBegunWritten, .roundBegunCommitted, .chargeWritten, .chargeCommitted, .survivorsWritten,
    .survivorsCommitted, .unmaskWritten, .unmaskCommitted, .ledgerHeadKept,
  ]

  /// The points that a witness comes to.
  package static let ofWitnesses: [FailPoint] = [
    .revealWritten, .revealCommitted, .cosignatureWritten, .cosignatureCommitted, .headWritten,
    .headCommitted,
  ]

  /// The points of a device whose ledger is not as it was left.
  package static let ofLedgers: [FailPoint] = [.ledgerWritten, .ledgerCommitted]

  /// All others are a coordinator's.
  package static let ofCoordinators = allCases.filter {
    !ofDevices.contains($0) && !ofWitnesses.contains($0) && !ofLedgers.contains($0)
  }

  /// The points of a coordinator that lie outside of its store.
  package static let ofRounds: [FailPoint] = [
    .messageReceived, .messageStored, .uploadReceived, .uploadStored, .stepClosing, .stepClosed,
    .sealing, .sealed, .debiting, .debited, .sumOpened, .releaseRecorded, .headSigned, .headKept,
  ]
}
