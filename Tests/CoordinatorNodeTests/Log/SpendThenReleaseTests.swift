import CryptoPrimitives
import FederatedRounds
import SecureAggregation
import Storage
import Testing
import TransparencyLog
import WireProtocol

@testable import ClientNode
@testable import CoordinatorNode

/// Whoever asks devices to help open a sum has charged for that sum in public, or gets no share.
@Suite(.serialized, .timeLimit(.minutes(20))) struct SpendThenReleaseTests {
  /// Devices that were asked for their shares, and what the coordinator shows them of its log.
  private struct Scene {
    let devices: [DeviceNode]
    let transport: LyingTransport
    let switchboard: Switchboard
    let clock: StandingClock
    let witnesses: WitnessPlace?
    let round: RoundKey
    /// How often devices have asked for what they are not shown.
    let questions: Questions

    func tick() async {
      await switchboard.tick()
      if let witnesses { await switchboard.call(witnesses) }
    }

    /// Waits until the devices have asked once more, each of them twice on the average.
    func untilAskedAgain() async throws {
      let before = questions.count
      while questions.count < before + 2 * devices.count {
        await tick()
        try await SpendThenReleaseTests.checkNothingIsOpened(switchboard)
        try await Task.sleep(for: .milliseconds(5))
      }
    }

    /// The deadline of the step comes, for devices before the coordinator hears of it.
    func passDeadline() async throws {
      let config = try Signed<RoundConfig>(
        decoding: try #require(try await switchboard.rounds().first).configuration
      ).content
      clock.advance(to: config.deadline(of: .unmask))
    }
  }

  /// Lets all devices take part until they are asked for their shares, with no log to be seen meanwhile.
  ///
  /// - Parameter body: what happens then; devices go on beside it.
  /// - Returns: and what every device found of the log, nil for one that took part to the end.
  private func play(
    _ world: NodeWorld, _ switchboard: Switchboard, _ clock: StandingClock,
    witnesses: WitnessPlace? = nil, _ body: (Scene) async throws -> Void
  ) async throws -> (scene: Scene, faults: [LogFault?]) {
    let transport = LyingTransport(switchboard)
    var devices: [DeviceNode] = []
    for index in 0..<NodeWorld.deviceCount {
      let device = try world.device(index, over: transport, clock: { clock.now })
      try await world.join(device, world.code(from: switchboard))
      devices.append(device)
    }
    return try await withThrowingTaskGroup(of: (Int, LogFault?).self) { group in
      for (index, device) in devices.enumerated() {
        group.addTask { (index, try await Self.fault(of: device, index)) }
      }
      let questions = Questions()
      try await Self.untilUnmasking(switchboard, witnesses, at: clock) {
        await transport.tell { _ in
          questions.note()
          return .bytes(nil)
        }
      }
      let scene = Scene(
        devices: devices, transport: transport, switchboard: switchboard, clock: clock,
        witnesses: witnesses, round: try #require(try await switchboard.rounds().first).key,
        questions: questions)
      try await body(scene)
      var faults = [LogFault?](repeating: nil, count: devices.count)
      for try await (index, fault) in group { faults[index] = fault }
      return (scene, faults)
    }
  }

  private static func fault(of device: DeviceNode, _ index: Int) async throws -> LogFault? {
    while true {
      do throws(DeviceError) {
        switch try await device.runOnce(TallyWorker(index: index)) {
        case .wait: break
        case .round(.committed): return nil
        case let outcome: Issue.record("the device did something else: \(outcome)")
        }
      } catch {
        guard case .log(let fault) = error else { throw error }
        return fault
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  private static func untilUnmasking(
    _ switchboard: Switchboard, _ witnesses: WitnessPlace?, at clock: StandingClock,
    begun: () async -> Void
  ) async throws {
    var hasBegun = false
    while true {
      await switchboard.tick()
      if let witnesses { await switchboard.call(witnesses) }
      let state = await switchboard.coordinator.live?.state(at: clock.now)
      // All have joined: they need no log until they are asked for their shares.
      if state == .collecting || state == .sealed, !hasBegun {
        hasBegun = true
        await begun()
      }
      if state == .unmasking { return }
      try await checkNothingIsOpened(switchboard)
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  private static func checkNothingIsOpened(_ switchboard: Switchboard) async throws {
    try #require(
      try await switchboard.committedRound() == nil, "opened while the log did not show the debit")
  }

  /// That nobody has released a share, and what the round has come to in the log.
  private func checkNothingIsOpened(_ scene: Scene) async throws {
    for device in scene.devices {
      let record = try #require(try await device.store.round(scene.round))
      #expect(record.unmask == nil && record.survivors != nil)
      // It has charged itself all the same, and awaits no end.
      #expect(try await device.contributions().map(\.round) == [scene.round])
      #expect(try await device.store.awaitedEnds().isEmpty)
    }
    await scene.tick()
    let outcome = try await scene.switchboard.store.round(scene.round)?.outcome
    #expect(outcome == .aborted(reason: RoundAbort.aggregation(.fewShares).number))
    // Charged, and not released.
    let kinds = try await Self.kinds(scene.round, scene.switchboard)
    #expect(kinds == [.round, .cohort, .survivors, .debit, .abort])
    #expect(try await scene.switchboard.models().count == 1)
  }

  /// What the log says of a round, in its order.
  private static func kinds(
    _ round: RoundKey, _ switchboard: Switchboard
  ) async throws -> [EntryKind] {
    let store = await switchboard.store
    return try await store.loggedEntries(0..<(try await store.logSize())).map {
      try LogEntry(decoding: $0).key
    }.filter { $0.subject == round.task && $0.number == round.number }.map(\.kind)
  }

  @Test func whoeverAsksForSharesWithoutALoggedDebitGetsNone() async throws {
    let (world, clock) = (try NodeWorld(), StandingClock())
    try await Switchboard.open(world, clock: { clock.now }) { switchboard in
      let (scene, faults) = try await play(world, switchboard, clock) { scene in
        let questions = scene.questions
        await scene.transport.hide(.debit) { questions.note() }
        // They wait for it, for heads are a little late sometimes.
        try await scene.untilAskedAgain()
        try await scene.passDeadline()
      }
      let missing = LogFault.missing(scene.round.logKey(.debit))
      #expect(faults == [LogFault?](repeating: missing, count: NodeWorld.deviceCount))
      try await checkNothingIsOpened(scene)
    }
  }

  @Test(arguments: DebitLie.allCases)
  func whoeverChargesForSomethingElseGetsNoShare(lie: DebitLie) async throws {
    let (world, clock) = (try NodeWorld(), StandingClock())
    try await Switchboard.open(world, clock: { clock.now }) { switchboard in
      let (scene, faults) = try await play(world, switchboard, clock) { scene in
        await scene.transport.show(
          try await ForgedLog(of: await switchboard.coordinator, lie.tell))
      }
      let key = scene.round.logKey(.debit)
      #expect(faults == [LogFault?](repeating: .falseDebit(key), count: NodeWorld.deviceCount))
      try await scene.passDeadline()
      try await checkNothingIsOpened(scene)
      // Kept for good, under a head that the log has signed; the right debit does not undo it.
      await scene.transport.tell { _ in .honest }
      await scene.tick()
      for (index, device) in scene.devices.enumerated() {
        #expect(try await device.falseDebit()?.key == key)
        let kept = try #require(try await device.falseDebit()?.shown)
        let head = try CosignedHead(decoding: kept.head).signed
        #expect(head.isSigned(by: await switchboard.coordinator.keys.logIdentity))
        #expect(try await Self.fault(of: device, index) == .falseDebit(key))
      }
    }
  }

  /// What no witness has seen could be shown to this device only.
  @Test func aDebitUnderAHeadWithoutItsWitnessesIsNone() async throws {
    let (world, clock) = (try NodeWorld(), StandingClock())
    let witnesses = try await WitnessPlace(world, count: 1) { clock.now }
    try await Switchboard.open(world, clock: { clock.now }) { switchboard in
      let (scene, faults) = try await play(world, switchboard, clock, witnesses: witnesses) {
        scene in
        let coordinator = await switchboard.coordinator
        while await coordinator.log.size < (try await coordinator.store.logSize()) {
          await scene.tick()
        }
        let head = CosignedHead(
          SignedHead(
            tree: try await coordinator.store.logTree(), time: clock.now, by: coordinator.keys.log))
        let questions = scene.questions
        await scene.transport.tell { path in
          questions.note()
          return path == "head" ? .bytes(head.encoded) : .honest
        }
        try await scene.untilAskedAgain()
        try await scene.passDeadline()
      }
      let refused = LogFault.refused(.fewWitnesses(found: 0, needed: 1))
      #expect(faults == [LogFault?](repeating: refused, count: NodeWorld.deviceCount))
      try await checkNothingIsOpened(scene)
    }
  }

  /// Devices are not sent to look for what they cannot find yet.
  @Test func theQuorumIsGivenOnceTheLogShowsTheDebit() async throws {
    let (world, clock) = (try NodeWorld(), StandingClock())
    try await Switchboard.open(world, clock: { clock.now }) { switchboard in
      let (_, faults) = try await play(world, switchboard, clock) { scene in
        let coordinator = await switchboard.coordinator
        while try await !coordinator.showsDebit() {
          await scene.tick()
          try await Task.sleep(for: .milliseconds(10))
        }
        let device = scene.devices[0].keys.verificationKey
        // The log may show the debit a moment before the step is closed.
        var asked: UInt64 = 0
        while true {
          asked += 1
          let shown = try await coordinator.askForQuorum(scene.round, as: device, question: asked)
          if case .message = shown { break }
          await scene.tick()
          try await Task.sleep(for: .milliseconds(10))
        }
        await coordinator.withdrawHead()
        asked += 1
        let hidden = try await coordinator.askForQuorum(scene.round, as: device, question: asked)
        if case .notYet = hidden {} else { Issue.record("a quorum before it is due: \(hidden)") }
        // What the device itself asks is later than what was asked in its name.
        clock.advance(to: clock.now + 2)
        await scene.transport.tell { _ in .honest }
        while try await switchboard.committedRound() == nil {
          await scene.tick()
          try await Task.sleep(for: .milliseconds(10))
        }
      }
      #expect(faults == [LogFault?](repeating: nil, count: NodeWorld.deviceCount))
    }
  }

  /// Also if the coordinator starts again between the debit and the first share.
  @Test(arguments: [false, true])
  func aDebitThatIsShownLateIsWaitedForAndMadeOnce(restarts: Bool) async throws {
    let (world, clock) = (try NodeWorld(), StandingClock())
    try await Switchboard.open(world, clock: { clock.now }) { switchboard in
      let (scene, faults) = try await play(world, switchboard, clock) { scene in
        try await scene.untilAskedAgain()
        if restarts { await switchboard.restart() }
        await scene.transport.tell { _ in .honest }
        while try await switchboard.committedRound() == nil {
          await scene.tick()
          try await Task.sleep(for: .milliseconds(10))
        }
      }
      #expect(faults == [LogFault?](repeating: nil, count: NodeWorld.deviceCount))
      #expect(try await switchboard.model() == [1, 1, 1, 1, 1, 0, 0, 0, 0])
      let kinds = try await Self.kinds(scene.round, switchboard)
      #expect(kinds == [.round, .cohort, .survivors, .debit, .release])
      let debits = try await switchboard.journal(scene.round).count {
        $0.kind == RoundEntry.opening(contributors: []).kind
      }
      #expect(debits == 1)
      // What each of them has in writing it had before it released a share: nobody has asked for ends yet.
      for device in scene.devices {
        let receipts = try await device.logReceipts().map(\.kind)
        #expect(receipts.contains(Int(EntryKind.debit.rawValue)))
        #expect(!receipts.contains(Int(EntryKind.release.rawValue)))
      }
    }
  }
}

extension Coordinator {
  /// Answers a poll for Quorum that a device would make a second from now; `question` orders several.
  fileprivate func askForQuorum(
    _ round: RoundKey, as device: VerificationKey, question: UInt64
  ) async throws -> ReplyBody {
    let body = RequestBody.poll(awaited: MessageKind.quorum.rawValue)
    var randomness = RandomStream.system()
    let header = RequestHeader(
      version: WireLimits.newestVersion, device: device, task: round.task, round: round.number,
      kind: body.kind,
      issuedAt: clock(),
      nonce: RequestHeader.nonce(counter: (clock() + 1) << 20 + question, randomness: &randomness))
    return try await perform(body, of: header, at: clock())
  }

  fileprivate func showsDebit() async throws -> Bool {
    try await live?.showsDebit(inLogOf: log.size) == true
  }

  /// As before the first head was published.
  fileprivate func withdrawHead() { log.heads.published = nil }
}
