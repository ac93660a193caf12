import CryptoPrimitives
import SeededRandomness
import Storage
import Testing

@testable import CoordinatorNode

/// What is kept of who checked in.
@Suite struct AttendanceTests {
  private static let day: UInt64 = 86_400
  private static let noon = 20_000 * day + day / 2

  private static func devices(_ count: Int) -> [VerificationKey] {
    var randomness = RandomStream.seeded(1, label: "attendance")
    return (0..<count).map { _ in SigningKey(random: &randomness).verificationKey }
  }

  /// Noise of scale 10 is farther than 200 from 0 with a probability of 2.1e-9.
  @Test func aDayIsCountedOnceWithNoise() throws {
    var randomness = RandomStream.seeded(2, label: "noise")
    var attendance = Attendance(at: Self.noon)
    let devices = Self.devices(1_000)
    for _ in 0..<3 { for device in devices { attendance.note(device, at: Self.noon) } }
    #expect(attendance.ended(by: Self.noon + 100, randomness: &randomness) == nil)
    // A clock that goes back.
    #expect(attendance.ended(by: Self.noon - Self.day, randomness: &randomness) == nil)
    let first = try #require(
      attendance.ended(by: Self.noon + Self.day / 2, randomness: &randomness))
    #expect(first.day == 20_000)
    #expect(!first.isWhole)
    #expect(abs(first.count - 1_000) < 200)
    #expect(attendance.ended(by: Self.noon + Self.day, randomness: &randomness) == nil)
    for device in devices.prefix(500) { attendance.note(device, at: Self.noon + Self.day) }
    let second = try #require(
      attendance.ended(by: Self.noon + Self.day * 2, randomness: &randomness))
    #expect(second.day == 20_001)
    #expect(second.isWhole)
    #expect(abs(second.count - 500) < 200)
  }

  /// The day may be closed late; devices have charged themselves for the day on which they asked.
  @Test func whoAsksOnTheNextDayIsCountedThen() throws {
    var randomness = RandomStream.seeded(4, label: "noise")
    var attendance = Attendance(at: Self.noon)
    let devices = Self.devices(1_000)
    for device in devices { attendance.note(device, at: Self.noon + Self.day / 2) }
    let first = try #require(
      attendance.ended(by: Self.noon + Self.day / 2 + 9, randomness: &randomness))
    #expect(abs(first.count) < 200)
    // Too late for a day that has been told.
    for device in Self.devices(2_000) { attendance.note(device, at: Self.noon) }
    let second = try #require(
      attendance.ended(by: Self.noon + Self.day * 2, randomness: &randomness))
    #expect(abs(second.count - 1_000) < 200)
  }

  /// The same devices on many days: counts that have no noise are all equal, which noise does with a probability below 1e-20.
  @Test func everyCountHasNoiseOfItsOwn() throws {
    var randomness = RandomStream.seeded(3, label: "noise")
    var attendance = Attendance(at: Self.noon)
    let devices = Self.devices(100)
    var counts: Set<Int64> = []
    for day in 1...30 {
      let time = Self.noon + UInt64(day - 1) * Self.day
      for device in devices { attendance.note(device, at: time) }
      let record = attendance.ended(
        by: Self.noon + UInt64(day) * Self.day, randomness: &randomness)
      counts.insert(try #require(record).count)
    }
    #expect(counts.count > 5)
  }

  @Test func aCoordinatorKeepsTheDayThatIsOver() async throws {
    let world = try NodeWorld()
    let clock = StandingClock()
    try await Switchboard.open(world, clock: { clock.now }) { switchboard in
      await switchboard.tick()
      #expect(try await switchboard.store.attendance(limit: 7).isEmpty)
      clock.advance(to: clock.now + Self.day)
      await switchboard.tick()
      let kept = try await switchboard.store.attendance(limit: 7)
      #expect(kept.count == 1)
      // A second count of a day would cost its devices twice.
      let other = AttendanceRecord(day: kept[0].day, count: 999, isWhole: true)
      try await switchboard.store.keep(other)
      #expect(try await switchboard.store.attendance(limit: 7) == kept)
    }
  }

  @Test func whatDevicesDoIsShownInSteps() {
    let counter = NodeMetrics.Counter("name", "Help.", isCoarse: true)
    for _ in 0..<63 { counter.increment() }
    #expect(counter.shown == 32)
    counter.increment()
    #expect(counter.shown == 64)
    #expect(counter.help == "Help. In steps of 32.")
    let metrics = NodeMetrics()
    metrics.contributions.increment()
    #expect(metrics.text.contains("\nsilhouette_contributions_total 0\n"))
  }
}
