package import CryptoPrimitives
package import RingArithmetic
package import SecureAggregation

/// A round as a device sees it: what comes from the coordinator in, what to do next out.
///
/// At any time there is one thing to do (`next`), which is repeated until it works or its deadline
/// comes. Everything random and every look at the clock is handed in.
package struct DeviceRound: ~Copyable, Sendable {
  /// The one thing that the device has to do now.
  package enum Next: Sendable {
    /// Send these bytes until a receipt comes.
    case send([UInt8])
    /// Upload this until it is acknowledged.
    case upload(MaskedInput)
    /// Ask for the message of this kind until it comes.
    case poll(MessageKind)
    /// Train, encode with noise, and call `contribute`.
    case train(dimension: Int, modulus: RingModulus)
    /// Ask how the round ended.
    case awaitEnd
    case finished(DeviceRoundEnd)
  }

  package private(set) var next: Next
  /// What came up besides, for the log of the device.
  package private(set) var events: [ClientEvent] = []
  private var aggregation: AggregationClient
  private var unmaskDeadline: UInt64 = 0
  private var backoff = Backoff()

  /// A device that has not looked at the round's configuration yet.
  package init(_ aggregation: consuming AggregationClient) {
    self.aggregation = aggregation
    next = .finished(.dismissed)
  }

  /// Joins the round of a configuration, or declines.
  ///
  /// - Returns: What has to be durable before `next` is done.
  package mutating func join(
    _ configuration: [UInt8], at time: UInt64, randomness: inout RandomStream
  ) -> [ClientRecord] {
    do {
      unmaskDeadline = try Signed<RoundConfig>(decoding: configuration).content
        .deadline(of: .unmask)
    } catch {
      // Declined below, with the code of what is wrong.
    }
    return perform(aggregation.received(configuration, at: time, randomness: &randomness))
  }

  /// How many survivors the set has that was signed; nil before.
  package var survivorCount: Int? { aggregation.survivorCount }

  package var isFinished: Bool {
    if case .finished = next { true } else { false }
  }

  /// The coordinator has acknowledged what was sent or uploaded.
  package mutating func acknowledged() {
    backoff = Backoff()
    switch (next, aggregation.state) {
    case (.send, .advertised): next = .poll(.directory)
    case (.send, .shared): next = .poll(.inbox)
    case (.upload, .uploaded): next = .poll(.survivors)
    case (.send, .signed): next = .poll(.quorum)
    case (.send, .done): next = .awaitEnd
    default: break
    }
  }

  /// The coordinator has sent the message that was asked for.
  ///
  /// - Returns: What has to be durable before `next` is done.
  package mutating func delivered(
    _ message: [UInt8], at time: UInt64, randomness: inout RandomStream
  ) -> [ClientRecord] {
    guard case .poll = next else { return [] }
    backoff = Backoff()
    return perform(aggregation.received(message, at: time, randomness: &randomness))
  }

  /// The own contribution: the encoded update with its noise.
  ///
  /// - Returns: What has to be durable before `next` is done: the charge among it.
  package mutating func contribute(
    _ vector: consuming RingVector, at time: UInt64
  ) -> [ClientRecord] {
    guard case .train = next else { return [] }
    return perform(aggregation.contribute(vector, at: time))
  }

  /// The coordinator says that the round is over.
  package mutating func ended(_ end: DeviceRoundEnd) {
    guard !isFinished else { return }
    next = .finished(end)
  }

  /// Looks at the clock: a device whose deadline has come stops.
  package mutating func timePassed(to time: UInt64) -> [ClientRecord] {
    guard !isFinished else { return [] }
    if case .awaitEnd = next {
      if time >= unmaskDeadline + Self.patience { next = .finished(.contributed) }
      return []
    }
    if case .send = next, aggregation.state == .done {
      if time >= unmaskDeadline { next = .finished(.contributed) }
      return []
    }
    return perform(aggregation.timePassed(to: time))
  }

  /// How long a device waits for the end of a round after its last deadline, in seconds.
  private static let patience: UInt64 = 60

  /// How long to wait before `next` is tried again, in milliseconds.
  package mutating func retryDelay(randomness: inout RandomStream) -> UInt32 {
    backoff.next(randomness: &randomness)
  }

  private mutating func perform(_ actions: [ClientAction]) -> [ClientRecord] {
    var records: [ClientRecord] = []
    for action in actions {
      switch action {
      case .record(let record): records.append(record)
      case .send(let message): next = .send(message)
      case .provideContribution(let dimension, let modulus):
        next = .train(dimension: dimension, modulus: modulus)
      case .upload(let input): next = .upload(input)
      case .note(let event): events.append(event)
      case .abort(let error, _): next = .finished(.stopped(error.code))
      }
    }
    return records
  }
}

/// Longer and longer waits, each drawn anew so that devices do not come back together.
package struct Backoff: Sendable {
  private static let shortest: UInt32 = 100
  private static let longest: UInt32 = 10_000
  private var ceiling = Self.shortest

  package init() {}

  /// Milliseconds: uniform between half the ceiling and the ceiling, which doubles.
  package mutating func next(randomness: inout RandomStream) -> UInt32 {
    let half = ceiling / 2
    let wait = half + UInt32(randomness.nextBelow(UInt64(half) + 1))
    ceiling = min(ceiling * 2, Self.longest)
    return wait
  }
}
