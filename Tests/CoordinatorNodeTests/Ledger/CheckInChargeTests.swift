import ClientNode
import CryptoPrimitives
import NumericalMethods
import RoundVocabulary
import SeededRandomness
import Storage
import Testing

/// What a device charges itself with for being counted among those who check in.
@Suite struct CheckInChargeTests {
  private static let day: UInt64 = 86_400

  /// A way to a coordinator, with something amiss.
  private struct OddWay: NodeTransport {
    let switchboard: Switchboard
    /// Requests arrive, and their answers do not.
    var losesAnswers = false
    /// Before a device has read who the coordinator is.
    var reading: @Sendable () -> Void = {}

    func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
      let answer = try await switchboard.send(body)
      if losesAnswers { throw .timedOut }
      return answer
    }

    func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8] {
      reading()
      return try await switchboard.read(path, limit: limit)
    }
  }

  /// A device that has joined a coordinator, which offers it no round, at eight in the morning.
  ///
  /// - Parameter transport: to the coordinator, once the device has joined.
  private static func withDevice(
    mostCheckInDays: Int = CheckInCount.windowDays,
    over transport: (Switchboard, StandingClock) -> any NodeTransport = { way, _ in way },
    _ body: (_ device: DeviceNode, _ clock: StandingClock) async throws -> Void
  ) async throws {
    let world = try NodeWorld()
    let clock = StandingClock()
    try await Switchboard.open(world, clock: { clock.now }) { switchboard in
      let joining = try world.device(0, over: switchboard, clock: { clock.now })
      try await world.join(joining, world.code(from: switchboard))
      try await joining.close()
      let device = try world.device(
        0, over: transport(switchboard, clock), mostCheckInDays: mostCheckInDays,
        clock: { clock.now })
      try await body(device, clock)
      try await device.close()
    }
  }

  /// For life, and of the last 30.
  private static func days(_ device: DeviceNode) async throws -> [Int] {
    let days = try await device.checkInDays()
    return [days.life, days.recent]
  }

  private static func checksIn(_ device: DeviceNode) async throws -> Bool {
    if case .wait = try await device.runOnce(TallyWorker(index: 0)) { true } else { false }
  }

  @Test func aDayIsChargedOnceHoweverOftenTheDeviceAsks() async throws {
    try await Self.withDevice { device, clock async throws in
      #expect(try await Self.days(device) == [0, 0])
      for _ in 0..<3 {
        #expect(try await Self.checksIn(device))
        try await device.refreshServedModel(within: .seconds(900))
      }
      #expect(try await Self.days(device) == [1, 1])
      clock.advance(to: clock.now + Self.day)
      #expect(try await Self.checksIn(device))
      #expect(try await Self.days(device) == [2, 2])
      clock.advance(to: clock.now + 30 * Self.day)
      #expect(try await Self.days(device) == [2, 0])
    }
  }

  /// Asking for a newer version is a check-in, too.
  @Test func askingForAVersionIsCharged() async throws {
    try await Self.withDevice { device, _ async throws in
      try await device.refreshServedModel(within: .seconds(900))
      #expect(try await Self.days(device) == [1, 1])
    }
  }

  /// The request has arrived although no answer came: the charge is there before it leaves.
  @Test func whatWasNotAnsweredIsCharged() async throws {
    try await Self.withDevice(over: { way, _ in OddWay(switchboard: way, losesAnswers: true) }) {
      device, _ async throws in
      await #expect(throws: DeviceError.transport(.timedOut)) {
        try await device.runOnce(TallyWorker(index: 0))
      }
      #expect(try await Self.days(device) == [1, 1])
    }
  }

  /// Without a coordinator no request leaves, and nobody counts.
  @Test func whatNeverLeftIsFree() async throws {
    try await Self.withDevice(over: { _, _ in OfflineTransport() }) { device, _ async throws in
      await #expect(throws: DeviceError.transport(.unreachable("offline"))) {
        try await device.runOnce(TallyWorker(index: 0))
      }
      #expect(try await Self.days(device) == [0, 0])
    }
  }

  /// By the coordinator's clock it may be another day.
  @Test func nearMidnightBothDaysAreCharged() async throws {
    try await Self.withDevice { device, clock async throws in
      let midnight = (clock.now / Self.day + 1) * Self.day
      clock.advance(to: midnight - 301)
      #expect(try await Self.checksIn(device))
      #expect(try await Self.days(device) == [1, 1])
      clock.advance(to: midnight - 300)
      #expect(try await Self.checksIn(device))
      #expect(try await Self.days(device) == [2, 1], "tomorrow is none of the last 30 days")
      clock.advance(to: midnight + Self.day + 299)
      #expect(try await Self.checksIn(device))
      #expect(try await Self.days(device) == [3, 3])
      clock.advance(to: midnight + 2 * Self.day + 300)
      #expect(try await Self.checksIn(device))
      #expect(try await Self.days(device) == [4, 4])
    }
  }

  /// What comes before the request may take hours, as where a device sleeps over it.
  @Test func theDayIsThatOfTheRequest() async throws {
    try await Self.withDevice(
      over: { way, clock in
        OddWay(switchboard: way) { clock.advance(to: StandingClock.start + Self.day) }
      }
    ) { device, clock async throws in
      #expect(try await Self.checksIn(device))
      #expect(try await Self.days(device) == [1, 1])
      clock.advance(to: StandingClock.start + 30 * Self.day)
      #expect(try await Self.days(device) == [1, 1])
    }
  }

  @Test func noDayIsAboveTheOwnersCeiling() async throws {
    try await Self.withDevice(
      mostCheckInDays: 2, over: { way, _ in OddWay(switchboard: way, losesAnswers: true) }
    ) { device, clock async throws in
      func isRefused() async throws -> Bool {
        do {
          let outcome = try await device.runOnce(TallyWorker(index: 0))
          guard case .objection(let reason) = outcome else { return false }
          return reason.contains("above rounds.mostCheckInDays: 2 of any 30")
        } catch DeviceError.transport { return false }
      }
      for _ in 0..<2 {
        #expect(try await isRefused() == false)
        clock.advance(to: clock.now + Self.day)
      }
      #expect(try await isRefused())
      // Nothing is asked, so no answer is lost.
      try await device.refreshServedModel(within: .seconds(900))
      #expect(try await Self.days(device) == [2, 2])
      clock.advance(to: StandingClock.start + 30 * Self.day)
      #expect(try await isRefused() == false, "the first of the two is 30 days ago")
      #expect(try await Self.days(device) == [3, 2])
    }
  }

  /// Who checks in every day, also near midnight, is never told to stay away without an owner's word.
  @Test func theStandardCeilingLetsADeviceInEveryDay() async throws {
    try await Self.withDevice { device, clock async throws in
      // Eight in the morning and later: hour 16 is midnight.
      for hour in 0..<(24 * 62) where hour.isMultiple(of: 6) || hour % 24 == 16 {
        clock.advance(to: StandingClock.start + UInt64(hour) * 3_600)
        #expect(try await Self.checksIn(device))
      }
      #expect(try await Self.days(device).last == CheckInCount.windowDays)
    }
  }

  /// Whatever clocks show, and whoever asks.
  @Test func noDaysInARowAreAboveTheCeiling() async throws {
    let (most, window) = (5, 10)
    let world = try NodeWorld()
    let store = try SQLiteParticipantStore(folder: world.folder + "/alone")
    var randomness = RandomStream.seeded(1, label: "coordinators")
    let coordinators = (0..<2).map { _ in Bytes32(random: &randomness) }
    var generator = DeterministicGenerator(seed: 1, stream: 0)
    var recorded: Set<[UInt64]> = []
    for _ in 0..<400 {
      let which = Int.random(in: 0...1, using: &generator)
      let first = UInt64.random(in: 0...60, using: &generator)
      let days = first...(first + UInt64.random(in: 0...1, using: &generator))
      let wanted = Set(days.map { [$0, UInt64(which)] })
      let isIn = try await store.noteCheckIn(
        on: days, at: coordinators[which], most: most, in: UInt64(window))
      #expect(isIn || !wanted.isSubset(of: recorded), "what is there already is free")
      if isIn { recorded.formUnion(wanted) }
      #expect(try await store.checkIns() == recorded.count, "all days or none")
    }
    var counts: [Int] = []
    for first in 0...Int64(60) {
      counts.append(try await store.checkIns(from: first, to: first + Int64(window) - 1))
    }
    #expect(counts.max() == most)
    try store.close()
  }
}
