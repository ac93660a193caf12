/// Bounds on what comes from outside: protocols/transparency-log.md, section 1.
package enum LogLimits {
  /// Entries in a log; also the largest time, round and other number that is counted.
  package static let mostCount: UInt64 = 1 << 53
  /// Bytes of an entry.
  package static let mostEntryBytes = 2_048
  /// Nodes in a proof; a tree of 2^53 entries needs 54 at most.
  package static let mostProofNodes = 64
  /// Witnesses of a head.
  package static let mostWitnesses = 16
  /// Devices in a cohort.
  package static let mostDevices = 1 << 24
}
