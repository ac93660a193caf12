internal import Foundation

/// The clock of nodes: Unix seconds.
enum NodeClock {
  @Sendable static func now() -> UInt64 { UInt64(max(0, Date().timeIntervalSince1970)) }
}
