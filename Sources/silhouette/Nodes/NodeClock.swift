internal import Foundation
internal import Synchronization

/// The clock of nodes: Unix seconds that never go back while the process runs.
///
/// Whoever sets the system's clock back stops it until the old time has come again: deadlines are
/// late by that much, and nothing happens twice.
enum NodeClock {
  private static let latest = Mutex<UInt64>(0)

  @Sendable static func now() -> UInt64 {
    let time = UInt64(max(0, Date().timeIntervalSince1970))
    return latest.withLock { latest in
      latest = max(latest, time)
      return latest
    }
  }
}
