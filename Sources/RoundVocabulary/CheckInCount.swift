/// What a coordinator keeps of a day's check-ins: how many devices there were, with discrete Laplace noise.
///
/// Both sides go by these numbers: a coordinator draws the noise, a device accounts for it.
/// protocols/device-ledger.md, section 8.
package enum CheckInCount {
  /// The noise's: a value k has probability proportional to e^(-|k| / scale).
  package static let noiseScale: UInt64 = 10
  /// In nats, of one device's check-ins on one day, under adding or removing them.
  package static let epsilonPerDay = 1 / Double(noiseScale)
  /// Of check-ins on so many days: what they cost adds up.
  package static func epsilon(days: Int) -> Double { Double(days) / Double(noiseScale) }
  /// Days over which a device's owner limits them.
  package static let windowDays = 30
}
