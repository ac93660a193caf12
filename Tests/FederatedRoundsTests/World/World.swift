import CryptoPrimitives
import RingArithmetic
import SecureAggregation
import SeededRandomness

@testable import FederatedRounds

/// Coordinator, devices and network under one virtual clock; everything follows from the seed.
final class World {
  private enum Event {
    case deviceActs(Int)
    case request(SimulatedCoordinator.Request, from: Int, number: Int)
    case reply(SimulatedCoordinator.Reply, to: Int, number: Int)
    case coordinatorLooks
    case coordinatorStarts
    case deviceStarts(Int)
  }

  let seed: UInt64
  let rates: FaultRates
  let cast: Cast
  let coordinator: SimulatedCoordinator
  let devices: [SimulatedDevice]
  private var dice: RandomStream
  private var queue: [(at: UInt64, order: Int, event: Event)] = []
  private var order = 0
  /// Milliseconds since the round's opening.
  private var now: UInt64 = 0
  private var skews: [Int64]
  private static let end: UInt64 = 400_000

  init(seed: UInt64, rates: FaultRates, cast: Cast) {
    self.seed = seed
    self.rates = rates
    self.cast = cast
    coordinator = SimulatedCoordinator(cast: cast)
    devices = (0..<Cast.deviceCount).map {
      SimulatedDevice(
        index: $0, cast: cast,
        randomness: RandomStream.seeded(seed, label: "device", index: UInt64($0)))
    }
    dice = RandomStream.seeded(seed, label: "world")
    skews = []
    for _ in devices {
      skews.append(
        Int64(dice.nextBelow(2 * rates.clockSkew + 1)) - Int64(rates.clockSkew))
    }
  }

  private func happens(_ share: UInt64) -> Bool { dice.nextBelow(1_000) < share }
  private var time: UInt64 { Cast.opens + now / 1_000 }
  private func time(of device: Int) -> UInt64 { UInt64(Int64(time) + skews[device]) }

  private func schedule(_ event: Event, in milliseconds: UInt64) {
    order += 1
    queue.append((now + milliseconds, order, event))
  }

  func run() async throws {
    coordinator.write = { [unowned self] in
      if happens(rates.fullDisk) { return .full }
      guard happens(rates.coordinatorCrash) else { return .stored }
      return happens(500) ? .crashBefore : .crashAfter
    }
    for device in devices {
      device.crash = { [unowned self] in (happens(rates.deviceCrash), happens(500)) }
      device.join(at: time(of: device.index))
      schedule(.deviceActs(device.index), in: dice.nextBelow(5_000))
    }
    try coordinator.start()
    schedule(.coordinatorLooks, in: 1_000)
    while let next = queue.indices.min(by: {
      (queue[$0].at, queue[$0].order) < (queue[$1].at, queue[$1].order)
    }), queue[next].at < Self.end {
      let entry = queue.takeOut(next)
      now = entry.at
      try await perform(entry.event)
    }
  }

  private func perform(_ event: Event) async throws {
    switch event {
    case .deviceActs(let index):
      let device = devices[index]
      guard let request = device.nextRequest(at: time(of: index)) else {
        if !device.isUp { schedule(.deviceStarts(index), in: 1_000 + dice.nextBelow(20_000)) }
        return
      }
      send(.request(request, from: index, number: device.request))
      let wait =
        device.retryDelay() + 200 + min(rates.longestDelay, 1_000)
      schedule(.deviceActs(index), in: wait)
    case .request(let request, let index, let number):
      let wasUp = coordinator.isUp
      let reply = try await coordinator.handle(
        request, from: devices[index].identity, at: time)
      if let reply { send(.reply(reply, to: index, number: number)) }
      restartIfNeeded(wasUp)
    case .reply(let reply, let index, let number):
      devices[index].received(reply, to: number, at: time(of: index))
    case .coordinatorLooks:
      let wasUp = coordinator.isUp
      try await coordinator.advance(at: time)
      restartIfNeeded(wasUp)
      schedule(.coordinatorLooks, in: 1_000)
    case .coordinatorStarts: try coordinator.start()
    case .deviceStarts(let index):
      devices[index].restart(at: time(of: index))
      schedule(.deviceActs(index), in: 0)
    }
  }

  private func restartIfNeeded(_ wasUp: Bool) {
    if wasUp && !coordinator.isUp {
      schedule(.coordinatorStarts, in: 100 + dice.nextBelow(15_000))
    }
  }

  private func send(_ event: Event) {
    guard !happens(rates.loss) else { return }
    schedule(event, in: 1 + dice.nextBelow(rates.longestDelay))
    if happens(rates.duplication) { schedule(event, in: 1 + dice.nextBelow(rates.longestDelay)) }
  }
}

extension Array {
  /// Removes the element at `index` without keeping the order.
  fileprivate mutating func takeOut(_ index: Int) -> Element {
    swapAt(index, count - 1)
    return removeLast()
  }
}
