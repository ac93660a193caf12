internal import CoordinatorNode
internal import CryptoPrimitives
internal import FederatedRounds
internal import Logging
internal import SecureAggregation
internal import SeededRandomness
internal import Storage
internal import WireProtocol

/// A coordinator, its disk, devices and the network under one virtual clock; all follows from the seed.
///
/// The coordinator is the real one, with its rounds, its recovery and its queue of writes; only the
/// envelopes of requests are left out. Used on one thread.
package final class SimulatedWorld: @unchecked Sendable {
  private enum Event {
    case deviceActs(Int, number: Int)
    case request(SimulatedDevice.Request, from: Int)
    case reply(Result<ReplyBody, RefusalCode>, to: Int, number: Int)
    case writeEnds(CheckedContinuation<WriteOutcome, Never>)
    case coordinatorLooks
    case coordinatorStarts
    case deviceStarts(Int)
    case troubles
    case operatorLeaves
  }

  /// Which schedule it is.
  package let seed: UInt64
  /// What fails in it.
  package let rates: FaultRates
  let cast: Cast
  let disk = SimulatedDisk()
  let devices: [SimulatedDevice]
  /// Every sum that was ever opened, with what was durable then.
  private(set) var openings: [Opening] = []
  /// Rounds that devices were asked to help open when the log did not have the debit.
  private(set) var askedUnpaid: Set<RoundKey> = []
  /// How often the coordinator died.
  package private(set) var crashes = 0
  /// A digest of all events: the same seed gives the same.
  package private(set) var trace: UInt64 = 0

  struct Opening {
    let round: RoundKey?
    let sum: OpenedSum
    let debits: Int
    let hasLoggedDebit: Bool
    /// Debits in the log of rounds that had not ended then.
    let unendedDebits: Int
  }

  private let course: CountingCourse
  private let executor = StepExecutor()
  private var coordinator: Coordinator?
  private var store: SimulatedStore?
  /// Which process of the coordinator a reply comes from.
  private var life = 0
  private var dice: RandomStream
  private var queue = EventQueue<Event>()
  /// Milliseconds since the beginning.
  private var now: UInt64 = 0
  private var coordinatorOffset: Int64 = 0
  private var deviceOffsets: [Int64]
  private var cutOffUntil: [UInt64]
  private var diskIsFreeAt: UInt64 = 0

  /// Faults end, so that everything that can end does.
  private static let quiet: UInt64 = 400_000
  private static let end: UInt64 = 2_400_000

  /// A world in which nothing has happened yet.
  package init(seed: UInt64, rates: FaultRates, cast: Cast) {
    self.seed = seed
    self.rates = rates
    self.cast = cast
    dice = RandomStream.seeded(seed, label: "world")
    devices = (0..<Cast.deviceCount).map {
      SimulatedDevice(
        index: $0, cast: cast,
        randomness: RandomStream.seeded(seed, label: "device", index: UInt64($0)))
    }
    // Mostly one round: what passes from one to the next is worth an eighth of the time.
    course = CountingCourse(rounds: dice.nextBelow(UInt64(8)) == 0 ? 2 : 1)
    deviceOffsets = []
    cutOffUntil = [UInt64](repeating: 0, count: Cast.deviceCount)
    for _ in 0..<Cast.deviceCount {
      deviceOffsets.append(
        Int64(dice.nextBelow(2 * rates.clockSkew + 1)) - Int64(rates.clockSkew))
    }
  }

  // MARK: Time and chance

  private var isQuiet: Bool { now >= Self.quiet }
  private func happens(_ share: UInt64) -> Bool { !isQuiet && dice.nextBelow(1_000) < share }
  private var coordinatorTime: UInt64 {
    UInt64(Int64(Cast.start + now / 1_000) + coordinatorOffset)
  }
  private func time(of device: Int) -> UInt64 {
    UInt64(Int64(Cast.start + now / 1_000) + deviceOffsets[device])
  }

  private func schedule(_ event: Event, in milliseconds: UInt64) {
    queue.add(event, at: now + milliseconds)
  }

  private func outcome(crash: UInt64) -> WriteOutcome {
    if happens(rates.fullDisk) { return .full }
    if happens(rates.uncertainWrite) { return .uncertain }
    guard happens(crash) else { return .stored }
    return happens(500) ? .crashBefore : .crashAfter
  }

  // MARK: Running

  /// Runs until the plan has ended and no device is in a round any more, or for forty minutes.
  package func run() {
    prepare()
    while !isOver, let (at, event) = queue.next() {
      guard at < Self.end else {
        giveUp(event)
        break
      }
      now = at
      perform(event)
      executor.run()
    }
    // Nobody waits for ever for the disk.
    while let (_, event) = queue.next() { giveUp(event) }
  }

  private func giveUp(_ event: Event) {
    guard case .writeEnds(let turn) = event else { return }
    store?.isDead = true
    turn.resume(returning: .full)
    executor.run()
  }

  /// Whether an operator takes up a plan again that has failed.
  private var willBeResumed: Bool {
    !isQuiet && rates.operatorActs > 0 && disk.state.plans.first?.state == .failed
  }

  private var isOver: Bool {
    hasPlanEnded && !willBeResumed && disk.state.isClosed
      && !devices.contains { $0.isInRound || !$0.isUp }
  }

  /// Whether all rounds of the plan were committed.
  package var isPlanDone: Bool { disk.state.plans.first?.state == .done }

  var hasPlanEnded: Bool {
    switch disk.state.plans.first?.state {
    case .done, .failed, .canceled: true
    default: false
    }
  }

  private func prepare() {
    disk.state.plans = [cast.record]
    disk.state.devices = zip(cast.devices, cast.certificates).map { device, certificate in
      DeviceRecord(
        identity: device.verificationKey.encoding, certificate: certificate.encoded, enrolledAt: 0)
    }
    disk.turn = { [unowned self] turn in
      diskIsFreeAt = max(diskIsFreeAt, now) + 1 + dice.nextBelow(rates.slowestWrite)
      queue.add(.writeEnds(turn), at: diskIsFreeAt)
    }
    disk.crash = { [unowned self] in coordinatorDies() }
    course.opened = { [unowned self] in note($0) }
    for device in devices {
      device.store.outcome = { [unowned self] in outcome(crash: rates.deviceCrash) }
      schedule(.deviceActs(device.index, number: 0), in: dice.nextBelow(5_000))
    }
    schedule(.coordinatorStarts, in: 0)
    schedule(.coordinatorLooks, in: 100)
    schedule(.troubles, in: 500)
    guard rates.operatorActs > 0 else { return }
    // Some pause a plan before anything was done for it; nobody leaves one paused.
    if dice.nextBelow(UInt64(4)) == 0 { act(.pause) }
    schedule(.operatorLeaves, in: Self.quiet)
  }

  private func note(_ sum: OpenedSum) {
    let round = disk.state.rounds.last { $0.outcome == .open }?.key
    openings.append(
      Opening(
        round: round, sum: sum, debits: round.map { disk.state.debits(of: $0) } ?? 0,
        hasLoggedDebit: round.map { disk.state.hasLoggedDebit(of: $0) } ?? false,
        unendedDebits: disk.state.unendedDebits))
  }

  private func perform(_ event: Event) {
    trace = (trace ^ now) &* 0x100_0000_01B3
    switch event {
    case .deviceActs(let index, let number): deviceActs(index, number)
    case .request(let request, let index): hear(request, from: index)
    case .reply(let reply, let index, let number):
      guard !isCutOff(index) else { return }
      if let wait = devices[index].received(reply, to: number, at: time(of: index)) {
        schedule(.deviceActs(index, number: devices[index].request), in: wait + 1)
      }
      restartIfNeeded(index)
    case .writeEnds(let turn): turn.resume(returning: outcome(crash: rates.coordinatorCrash))
    case .coordinatorLooks:
      if let coordinator { executor.start { await coordinator.advance() } }
      schedule(.coordinatorLooks, in: 500)
    case .coordinatorStarts: coordinatorStarts()
    case .deviceStarts(let index):
      devices[index].restart()
      schedule(.deviceActs(index, number: devices[index].request), in: 0)
    case .troubles: trouble()
    case .operatorLeaves: act(.resume)
    }
  }

  /// Once in a second: partitions and clocks.
  private func trouble() {
    guard !isQuiet else { return }
    for index in devices.indices where happens(rates.partition) {
      cutOffUntil[index] = now + 1 + dice.nextBelow(60_000)
    }
    if happens(rates.clockJump) {
      let jump = Int64(dice.nextBelow(UInt64(121))) - 60
      let who = Int(dice.nextBelow(UInt64(devices.count + 1)))
      if who == devices.count { coordinatorOffset += jump } else { deviceOffsets[who] += jump }
    }
    if happens(rates.operatorActs) { operatorActs() }
    if willBeResumed, happens(100) { act(.resume) }
    schedule(.troubles, in: 1_000)
  }

  /// A command in a process of its own.
  private func operatorActs() {
    let operation = Operation.allCases[Int(dice.nextBelow(UInt64(Operation.allCases.count)))]
    act(operation)
  }

  private func act(_ operation: Operation) {
    let (store, plan, time) = (SimulatedStore(disk, sweeps: false), runningPlan, coordinatorTime)
    executor.start {
      // One that comes at the wrong time, or hits a full disk, ends with an error.
      do { try await operation.perform(on: plan, in: store, at: time) } catch {}
    }
  }

  private func isCutOff(_ index: Int) -> Bool { now < cutOffUntil[index] }

  // MARK: Devices

  private func deviceActs(_ index: Int, _ number: Int) {
    let device = devices[index]
    guard number == device.request else { return }
    if let request = device.nextRequest(at: time(of: index)) {
      if !isCutOff(index) { send(.request(request, from: index)) }
      schedule(.deviceActs(index, number: device.request), in: device.patience())
    }
    restartIfNeeded(index)
  }

  private func restartIfNeeded(_ index: Int) {
    let device = devices[index]
    guard !device.isUp, !device.isRestarting else { return }
    device.isRestarting = true
    schedule(.deviceStarts(index), in: 1_000 + dice.nextBelow(20_000))
  }

  private func send(_ event: Event) {
    guard !happens(rates.loss) else { return }
    let longest = isQuiet ? 50 : rates.longestDelay
    schedule(event, in: 1 + dice.nextBelow(longest))
    if happens(rates.duplication) { schedule(event, in: 1 + dice.nextBelow(longest)) }
  }

  // MARK: The coordinator

  private func coordinatorStarts() {
    life += 1
    let life = life
    let store = SimulatedStore(disk)
    self.store = store
    let plan = runningPlan
    var settings = Coordinator.Settings()
    settings.pollMilliseconds = 1_500
    settings.pacing = Pacing(shortest: 2, longest: 4)
    executor.start { [self, settings] in
      do {
        let coordinator = try await Coordinator(
          keys: cast.keys, store: store, settings: settings, logger: Self.silence,
          interpret: { _ in plan }, clock: { self.coordinatorTime })
        if self.life == life, !store.isDead { self.coordinator = coordinator }
      } catch {
        // A process that cannot start ends, and is started again.
        if self.life == life, !store.isDead { coordinatorDies() }
      }
    }
  }

  private func note(_ reply: Result<ReplyBody, RefusalCode>, to header: RequestHeader) {
    let round = RoundKey(task: header.task, number: header.round)
    guard case .success(.message(let message)) = reply,
      MessageLayout.kind(of: message) == .quorum, !disk.state.hasLoggedDebit(of: round)
    else { return }
    askedUnpaid.insert(round)
  }

  private var runningPlan: RunningPlan {
    RunningPlan(record: cast.record, template: Cast.template, course: course)
  }

  private static let silence = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }

  private func coordinatorDies() {
    crashes += 1
    store?.isDead = true
    coordinator = nil
    schedule(.coordinatorStarts, in: 100 + dice.nextBelow(15_000))
  }

  private func hear(_ request: SimulatedDevice.Request, from index: Int) {
    guard let coordinator, !isCutOff(index) else { return }
    let life = life
    let time = coordinatorTime
    executor.start { [self] in
      let reply: Result<ReplyBody, RefusalCode>
      do throws(NodeError) {
        try Coordinator.checkClock(request.header, at: time)
        reply = .success(try await coordinator.perform(request.body, of: request.header, at: time))
      } catch { reply = .failure(error.refusal.code) }
      // A process that died meanwhile has said nothing.
      guard self.life == life, self.coordinator != nil else { return }
      note(reply, to: request.header)
      send(.reply(reply, to: index, number: request.number))
    }
  }
}

extension DurableState {
  /// How often the budget was debited for a round.
  func debits(of round: RoundKey) -> Int {
    let kind = RoundEntry.opening(contributors: []).kind
    return journals[round, default: []].filter { $0.kind == kind }.count
  }

  /// Whose contributions are on record.
  func contributors(to round: RoundKey) -> [Bytes32] {
    journals[round, default: []].flatMap { stored -> [Bytes32] in
      let entry = RoundEntry(kind: stored.kind, device: stored.device, bytes: stored.bytes)
      guard case .opening(let contributors)? = entry else { return [] }
      return contributors.map(\.encoding)
    }
  }
}

/// Events in the order of their times; of those at one time the one that was added first comes first.
struct EventQueue<Event> {
  private var heap: [(at: UInt64, order: Int, event: Event)] = []
  private var order = 0

  mutating func add(_ event: Event, at time: UInt64) {
    order += 1
    heap.append((time, order, event))
    var child = heap.count - 1
    while child > 0, isBefore(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func next() -> (at: UInt64, event: Event)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return (first.at, first.event) }
    heap[0] = last
    var parent = 0
    while true {
      let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }
      guard let least = children.min(by: isBefore), isBefore(least, parent) else { break }
      heap.swapAt(least, parent)
      parent = least
    }
    return (first.at, first.event)
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    (heap[left].at, heap[left].order) < (heap[right].at, heap[right].order)
  }
}
