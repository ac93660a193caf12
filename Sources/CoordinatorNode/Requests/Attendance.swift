internal import CryptoPrimitives
internal import DiscreteNoise
internal import RoundVocabulary
internal import Storage

/// How many devices check in on a day: what an operator plans cohorts with.
///
/// Whoever sees the counts must not learn from them whether one device was there. So the set of a day's devices
/// is never stored, and what is kept of it is its size with discrete Laplace noise, once for each day: `CheckInCount.epsilonPerDay`-differentially
/// private for each device and day, under adding or removing the device. Devices charge themselves for the day.
///
/// - Source: Ghosh, Roughgarden, Sundararajan 2009, arXiv:0811.2841 (the geometric mechanism).
package struct Attendance: Sendable {
  /// Counts below it are not told apart.
  package static let threshold = CoarseCount.step
  private static let noise: DiscreteLaplace = {
    do { return try DiscreteLaplace(scale: CheckInCount.noiseScale) } catch {
      preconditionFailure("\(error)")
    }
  }()

  private var day: UInt64
  /// Whether the day was seen from its beginning.
  private var isWhole = false
  /// By day: the next one may have begun before this one is closed.
  private var devices: [UInt64: Set<VerificationKey>] = [:]

  /// Begins in the middle of a day.
  ///
  /// - Parameter time: Unix seconds.
  init(at time: UInt64) { day = time / Self.daySeconds }

  private static let daySeconds: UInt64 = 86_400

  /// Notes that a device has checked in.
  ///
  /// It has charged itself for the days that may be meant by `time`: it is counted on that day or not at all.
  /// - Parameter time: Unix seconds; that with which the request's own was compared.
  mutating func note(_ device: VerificationKey, at time: UInt64) {
    guard time / Self.daySeconds >= day else { return }
    devices[time / Self.daySeconds, default: []].insert(device)
  }

  /// What is to be kept of the day that is over; nil if none is.
  ///
  /// A clock that goes back makes no new day.
  mutating func ended(by time: UInt64, randomness: inout RandomStream) -> AttendanceRecord? {
    guard time / Self.daySeconds > day else { return nil }
    let record = AttendanceRecord(
      day: Int64(day),
      count: Int64(devices[day]?.count ?? 0) + Self.noise.sample(using: &randomness),
      isWhole: isWhole)
    (day, isWhole) = (time / Self.daySeconds, true)
    devices = devices.filter { $0.key >= day }
    return record
  }
}
