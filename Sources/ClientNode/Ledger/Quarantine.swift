package import DeviceLedger
internal import Foundation

/// A time in which a device contributes nothing, because it does not know what it has spent.
package struct Quarantine: Sendable, Equatable, CustomStringConvertible {
  package let reason: DeviceLedger.QuarantineReason
  /// Unix seconds.
  package let end: UInt64

  /// Nil if there is none, or it is over.
  package init?(of ledger: DeviceLedger, at time: UInt64) {
    guard ledger.isQuarantined(at: time), let reason = ledger.quarantineReason else { return nil }
    self.reason = reason
    end = ledger.quarantineEnd
  }

  package var description: String {
    let date = Date(timeIntervalSince1970: TimeInterval(end)).formatted(.iso8601)
    return
      "\(cause); the device cannot know what it has spent, and contributes nothing before \(date) "
      + "(privacy.quarantine when that was noticed)"
  }

  private var cause: String {
    switch reason {
    case .fault(let fault): fault.description
    case .counted(let missing):
      "the coordinator has counted \(missing) contributions that the ledger does not have: it is older than "
        + "the last of them, or another copy of this device contributes"
    }
  }
}
