import CryptoPrimitives
import Storage
import TestSupport
import Testing
import TransparencyLog

@testable import ClientNode
@testable import CoordinatorNode

/// What a device demands of the log about rounds that it has sent its Unmask to.
@Suite(.timeLimit(.minutes(20))) struct RoundEndTests {
  /// A device that was in a committed round, and is offered the next.
  private struct Scene {
    let device: DeviceNode
    let transport: LyingTransport
    let switchboard: Switchboard
    let round: RoundKey

    func forge(
      hiding hidden: EntryKind? = nil, _ change: (inout [LogEntry]) throws -> Void
    ) async throws {
      let forged = try await ForgedLog(of: await switchboard.coordinator, change)
      await transport.show(forged, hiding: hidden)
    }

    /// What the device finds of the log, if anything.
    func fault() async throws -> LogFault? {
      let before = try await device.contributions().count
      do throws(DeviceError) {
        let outcome = try await device.runOnce(TallyWorker(index: 0))
        Issue.record("the device took part: \(outcome)")
        return nil
      } catch {
        guard case .log(let fault) = error else { throw error }
        #expect(try await device.contributions().count == before)
        return fault
      }
    }

    func receipts(_ kind: EntryKind) async throws -> [LogReceipt] {
      try await device.logReceipts().filter {
        $0.kind == Int(kind.rawValue) && $0.number == round.number
      }
    }
  }

  private func scene(
    heard: AwaitedEnd.Heard? = nil, _ body: (Scene) async throws -> Void
  ) async throws {
    let world = try NodeWorld(rounds: 2)
    try await Switchboard.open(world) { switchboard in
      let transport = LyingTransport(switchboard)
      let devices = try await world.joined(switchboard, over: transport)
      _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
      let round = try #require(try await switchboard.committedRound())
      while try await switchboard.rounds().first?.outcome != .open { await switchboard.tick() }
      await switchboard.tick()
      let awaited = try await devices[0].store.awaitedEnds()
      #expect(awaited.map(\.key) == [round], "from the Unmask on")
      if let heard { try await devices[0].store.note(heard, of: round) }
      try await body(
        Scene(device: devices[0], transport: transport, switchboard: switchboard, round: round))
    }
  }

  /// The device has seen the right one, which no log takes back; a second one is as bad as a wrong one.
  @Test(arguments: DebitLie.allCases)
  func aSecondDebitOfSomethingElseIsKeptAndEndsTheContributions(lie: DebitLie) async throws {
    try await scene { scene in
      try await scene.forge { entries in
        var debits = entries.filter { $0.content.kind == .debit }
        try lie.tell(in: &debits)
        entries += debits
      }
      let key = scene.round.logKey(.debit)
      #expect(try await scene.fault() == .falseDebit(key))
      #expect(LogFault.falseDebit(key).isTemporary == false)
      // Whatever is shown later.
      await scene.transport.hide(.debit)
      #expect(try await scene.fault() == .falseDebit(key))
      let found = try #require(try await scene.device.falseDebit())
      #expect(found.key == key)
      let kept = try #require(found.shown)
      let head = try CosignedHead(decoding: kept.head).signed
      #expect(head.isSigned(by: await scene.switchboard.coordinator.keys.logIdentity))
      let entry = try ProvedEntry(decoding: kept.entry)
      try entry.proof.verify(leaf: entry.entry.leaf, in: head.head.tree)
      let right = try #require(try await scene.receipts(.debit).first)
      #expect(try ProvedEntry(decoding: right.entry).entry.leaf != entry.entry.leaf, "the lie")
    }
  }

  /// A coordinator that opens a sum, and says that it has aborted, has to log an abort at least.
  @Test func anAbortThatWasToldHasToBeLogged() async throws {
    try await scene(heard: .aborted) { scene in
      let fault = try await scene.fault()
      #expect(fault == .missing(scene.round.logKey(.abort)))
    }
  }

  /// The debit was seen before the Unmask was sent: that it is not shown again changes nothing.
  @Test(arguments: [AwaitedEnd.Heard.aborted, .nothing], [nil, EntryKind.debit])
  func anAbortIsTakenAndKeptBesideTheDebit(
    heard: AwaitedEnd.Heard, hidden: EntryKind?
  ) async throws {
    try await scene(heard: heard) { scene in
      try await scene.forge(hiding: hidden) { entries in
        let release = try #require(entries.firstIndex { $0.content.kind == .release })
        entries[release] = try .abort(of: scene.round, reason: 1_001, at: 5)
      }
      try await scene.device.settleNow()
      #expect(try await scene.device.store.awaitedEnds().isEmpty)
      #expect(try await scene.receipts(.abort).count == 1)
      #expect(try await scene.receipts(.debit).count == 1)
    }
  }

  @Test func aRoundThatEndedUnheardIsTakenWithItsRelease() async throws {
    try await scene(heard: .nothing) { scene in
      await scene.transport.hide(.debit)
      #expect(try await scene.fault() == .missing(scene.round.logKey(.debit)))
      await scene.transport.hide(.release)
      #expect(try await scene.fault() == .missing(scene.round.logKey(.release)))
      await scene.transport.tell { _ in .honest }
      try await scene.device.settleNow()
      #expect(try await scene.receipts(.debit).count == 1)
      #expect(try await scene.receipts(.release).count == 1)
    }
  }

  @Test func aRoundWithoutAnUnmaskIsNotAwaited() async throws {
    let world = try NodeWorld()
    let store = try SQLiteParticipantStore(folder: world.folder + "/device")
    let key = RoundKey(task: Bytes32(), number: 1)
    try await store.begin(
      ParticipationRecord(key: key, transcript: Bytes32(), day: 1, expiry: 2))
    try await store.note(.aborted, of: key)
    #expect(try await store.awaitedEnds().isEmpty)
    try await store.recordUnmask([1], of: key, identity: Bytes32())
    #expect(try await store.awaitedEnds() == [AwaitedEnd(key: key, heard: .nothing)])
    try await store.note(.committed(model: Bytes32()), of: key)
    #expect(
      try await store.awaitedEnds() == [AwaitedEnd(key: key, heard: .committed(model: Bytes32()))])
    try await store.settle(key)
    #expect(try await store.awaitedEnds().isEmpty)
    try store.close()
  }
}

extension DeviceNode {
  /// Asks the log for what is awaited, as before each round, and does not join one.
  fileprivate func settleNow() async throws(DeviceError) {
    try await settleEnds(LogReader(self, witnesses: WitnessQuorum([], needed: 0)))
  }
}
