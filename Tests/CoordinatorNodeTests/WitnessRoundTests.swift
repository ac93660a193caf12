import CryptoPrimitives
import FederatedRounds
import Foundation
import SecureAggregation
import Storage
import Testing
import TransparencyLog
import WireProtocol

@testable import ClientNode
@testable import CoordinatorNode

/// Rounds of coordinator, devices and witnesses.
@Suite(.serialized, .timeLimit(.minutes(15))) struct WitnessRoundTests {
  private func joined(
    _ world: NodeWorld, _ switchboard: Switchboard, count: Int = NodeWorld.deviceCount,
    clock: @escaping @Sendable () -> UInt64 = { UInt64(Date().timeIntervalSince1970) }
  ) async throws -> [DeviceNode] {
    var devices: [DeviceNode] = []
    for index in 0..<count {
      let device = try world.device(index, over: switchboard, clock: clock)
      let code = try await world.code(from: switchboard.coordinator)
      while true {
        do {
          try await device.join(code)
          break
        } catch DeviceError.transport {}
      }
      devices.append(device)
    }
    return devices
  }

  /// On the ring each device sees its neighbors only: nothing of this goes without a witness.
  ///
  /// Takes some seconds: 136 devices with a store each.
  @Test func aRoundAbove128DevicesIsExact() async throws {
    let world = try NodeWorld(
      template: RoundTemplate(
        leastCohort: 130, mostCohort: 136, leastSurvivors: 100, leastHonest: 1,
        stepSeconds: [900, 900, 900, 900, 900]))
    let witnesses = try await WitnessPlace(world, count: 2)
    let switchboard = try await Switchboard(folder: world.folder, plan: world.plan)
    let devices = try await joined(world, switchboard, count: 136)
    let ends = try await world.run(devices, rounds: 1) {
      await switchboard.tick()
      await switchboard.call(witnesses)
    }
    let model = try #require(try await switchboard.models().dropFirst().first).hash
    for ends in ends { #expect(ends == [.committed(model: model)]) }
    // 17 of the 136 devices share each place.
    #expect(try await switchboard.model() == [1] + [UInt8](repeating: 17, count: 8))
    let config = try Signed<RoundConfig>(
      decoding: try await switchboard.rounds()[0].configuration
    ).content
    #expect(config.witnesses.map(\.position) == [1, 1])
    #expect(config.graphParameters(cohortSize: 136).mode == .ring)
    let messages = await witnesses.messages
    #expect(messages[.reveal]?.count == 2 && messages[.cosign]?.count == 2)
    // Every device remembers where the chains stand.
    for device in [devices[0], devices[135]] {
      let chains = try await device.store.history().chains
      #expect(chains.values.map(\.position) == [1, 1])
      #expect(Set(chains.keys) == Set(config.witnesses.map(\.identity)))
    }
  }

  /// An answer that is lost after its record became durable is given again, byte by byte.
  @Test(arguments: [WitnessRequestKind.reveal, .cosign])
  func aWitnessThatDiesBeforeItsAnswerArrivesGivesItAgain(kind: WitnessRequestKind) async throws {
    let world = try NodeWorld(rounds: 2)
    let witnesses = try await WitnessPlace(world, count: 2)
    await witnesses.plan([.diesAfter], for: kind)
    let switchboard = try await Switchboard(folder: world.folder, plan: world.plan)
    let devices = try await joined(world, switchboard)
    _ = try await world.run(devices, rounds: 2) {
      await switchboard.tick()
      await switchboard.call(witnesses)
    }
    #expect(try await switchboard.model() == [2, 2, 2, 2, 2, 0, 0, 0, 0])
    #expect(await witnesses.restarts == 1)
    // Two witnesses in two rounds, and one answer twice.
    let messages = await witnesses.messages[kind] ?? []
    #expect(messages.count == 5 && Set(messages).count == 4)
  }

  /// Without a reveal no Directory is due, without a cosignature no Quorum: the round ends, by name.
  @Test(arguments: [(WitnessRequestKind.reveal, RoundStep.advertise), (.cosign, .consistency)])
  func aDeadWitnessEndsTheRoundAndTheNextOneWorks(
    kind: WitnessRequestKind, step: RoundStep
  ) async throws {
    let world = try NodeWorld()
    let clock = StandingClock()
    let witnesses = try await WitnessPlace(world, count: 1) { clock.now }
    await witnesses.setAbsent(true, for: kind)
    let switchboard = try await Switchboard(folder: world.folder, plan: world.plan) { clock.now }
    let devices = try await joined(world, switchboard) { clock.now }
    let aborted = RoundAbort.aggregation(.witnessSet)
    _ = try await world.run(devices, rounds: 2) {
      await switchboard.tick()
      await switchboard.call(witnesses)
      let rounds = (try? await switchboard.rounds()) ?? []
      if rounds.contains(where: { $0.outcome == .aborted(reason: aborted.number) }) {
        await witnesses.setAbsent(false, for: kind)
      } else {
        try? await clock.skipWitness(after: step, switchboard)
      }
    }
    let rounds = try await switchboard.rounds()
    #expect(rounds.last?.outcome == .aborted(reason: aborted.number))
    #expect(try await switchboard.model() == [1, 1, 1, 1, 1, 0, 0, 0, 0])
    // A value that was revealed for the aborted round is not used again.
    let positions = try rounds.map {
      try Signed<RoundConfig>(decoding: $0.configuration).content.witnesses[0].position
    }
    #expect(positions.first == (kind == .cosign ? UInt64(rounds.count) : 1))
  }

  /// The coordinator loses its memory at some request, in every step of a round with witnesses.
  @Test(arguments: Array(stride(from: 6, through: 42, by: 12)), [true, false])
  func aCoordinatorThatDiesTakesTheWitnessesAnswersFromItsJournal(
    request: Int, before: Bool
  ) async throws {
    let world = try NodeWorld()
    let witnesses = try await WitnessPlace(world, count: 2)
    let switchboard = try await Switchboard(
      folder: world.folder, plan: world.plan, crash: (request, before))
    let devices = try await joined(world, switchboard)
    _ = try await world.run(devices, rounds: 1) {
      await switchboard.tick()
      await switchboard.call(witnesses)
    }
    #expect(await switchboard.restarts == (await switchboard.requestCount >= request ? 1 : 0))
    #expect(try await switchboard.model() == [1, 1, 1, 1, 1, 0, 0, 0, 0])
    #expect(try await switchboard.rounds().count == 1)
    // Asked again or not, a witness has said one thing.
    for kind in [WitnessRequestKind.reveal, .cosign] {
      #expect(Set(await witnesses.messages[kind] ?? []).count == 2)
    }
    // What others have said is forgotten with the end of the round.
    #expect(try await switchboard.journal().allSatisfy { $0.device == nil })
  }

  /// A head that all witnesses have signed is shown to nobody again: what they have accepted is known from it.
  @Test func aCoordinatorThatStartsAgainAsksForRevealsThatAreMissing() async throws {
    let world = try NodeWorld(stepSeconds: 60)
    let witnesses = try await WitnessPlace(world, count: 2)
    await witnesses.setAbsent(true, for: .reveal)
    let switchboard = try await Switchboard(folder: world.folder, plan: world.plan)
    let devices = try await joined(world, switchboard)
    _ = try await world.run(devices, rounds: 1) {
      await switchboard.tick()
      await switchboard.call(witnesses)
      guard await switchboard.restarts == 0, await switchboard.awaitsRevealsInPublic() else {
        return
      }
      await switchboard.restart()
      await witnesses.setAbsent(false, for: .reveal)
    }
    #expect(await switchboard.restarts == 1)
    #expect(try await switchboard.model() == [1, 1, 1, 1, 1, 0, 0, 0, 0])
    #expect(try await switchboard.rounds().count == 1)
  }

  /// What a device says to the first round that it is offered: when its head is published.
  private func outcome(
    of device: DeviceNode, _ switchboard: Switchboard, _ witnesses: WitnessPlace
  ) async throws -> DeviceNode.CheckInOutcome {
    while true {
      await switchboard.tick()
      await switchboard.call(witnesses)
      let outcome = try await device.runOnce(TallyWorker(index: 0))
      if case .wait = outcome { continue }
      return outcome
    }
  }

  @Test func aDeviceRefusesARoundThatLeavesOutAWitnessThatItHasPinned() async throws {
    let world = try NodeWorld()
    let witnesses = try await WitnessPlace(world, count: 2)
    let store = try await SQLiteCoordinatorStore(folder: world.folder + "/store")
    let both = try await store.witnesses()
    let switchboard = try await Switchboard(folder: world.folder, plan: world.plan)
    let device = try world.device(0, over: switchboard)
    let code = try await world.code(from: switchboard.coordinator)
    try await device.join(code)
    #expect(
      try await Set(device.anchors().keys.map(\.encoding)) == Set(both.witnesses.map(\.identity)))

    let keys = try CoordinatorKeys(folder: world.folder + "/keys")
    let one = keys.removing(both.witnesses[0].identity, from: both)
    try await store.replaceWitnesses(one)
    try store.close()
    let smaller = try await Switchboard(folder: world.folder, plan: world.plan)
    let left = try world.device(0, over: smaller)
    #expect(
      try await outcome(of: left, smaller, witnesses) == .round(.stopped(.witnessSet)))
    // Joining again is the user's word that the new list is right.
    try await left.join(code)
    #expect(try await left.anchors().keys.map(\.encoding) == one.witnesses.map(\.identity))
    // The older list is not taken any more.
    await #expect(throws: DeviceError.olderWitnessList(pinned: 3, found: 2)) {
      try await left.join(code, shownBy: both.signedList)
    }
  }

  @Test func aDeviceThatPinnedNoneRefusesRoundsWithWitnesses() async throws {
    let world = try NodeWorld()
    let alone = try await Switchboard(folder: world.folder, plan: world.plan)
    let device = try world.device(0, over: alone)
    try await device.join(world.code(from: alone.coordinator))
    #expect(try await device.anchors().isEmpty)
    let witnesses = try await WitnessPlace(world, count: 1)
    let switchboard = try await Switchboard(folder: world.folder, plan: world.plan)
    let same = try world.device(0, over: switchboard)
    #expect(
      try await outcome(of: same, switchboard, witnesses) == .round(.stopped(.witnessSet)))
  }

  /// The coordinator could name witnesses of its own: only the authority's word counts.
  @Test func aListThatTheAuthorityHasNotSignedIsRefused() async throws {
    let world = try NodeWorld()
    let switchboard = try await Switchboard(folder: world.folder, plan: world.plan)
    let device = try world.device(0, over: switchboard)
    let code = try await world.code(from: switchboard.coordinator)
    let keys = try CoordinatorKeys(folder: world.folder + "/keys")
    let anchor = WitnessList.Anchor(
      identity: VerificationKey(encoding: Blake2b.digest([1])), value: Bytes32())
    let own = WitnessList([anchor], serial: 1, of: keys.verificationKey, signedBy: keys.identity)
    await #expect(throws: DeviceError.badWitnessList) {
      try await device.join(code, shownBy: own.encoded)
    }
    let others = WitnessList([anchor], serial: 1, of: keys.authorityKey, signedBy: keys.authority)
    await #expect(throws: DeviceError.badWitnessList) {
      try await device.join(code, shownBy: others.encoded)
    }
  }

  @Test func aPlanAbove128DevicesWaitsForAWitness() async throws {
    let world = try NodeWorld(
      template: RoundTemplate(
        leastCohort: 130, mostCohort: 136, leastSurvivors: 100, leastHonest: 1,
        stepSeconds: [20, 20, 20, 20, 20]))
    let switchboard = try await Switchboard(folder: world.folder, plan: world.plan)
    await switchboard.tick()
    #expect(try await switchboard.rounds().isEmpty)
    #expect(try await switchboard.planState() == .paused)
    let fault = try #require(RunningPlanFault.missingWitness(most: 136, witnesses: 0))
    #expect(fault == .needsWitness(most: 136, limit: 128))
    #expect(fault.description.contains("cohort.most 136"))
    #expect(fault.description.contains("coordinator witness add"))
    #expect(RunningPlanFault.missingWitness(most: 136, witnesses: 1) == nil)
    #expect(RunningPlanFault.missingWitness(most: 128, witnesses: 0) == nil)
  }

  @Test func noMoreThanSixteenWitnessesAreNamed() throws {
    let world = try NodeWorld()
    let keys = try CoordinatorKeys(folder: world.folder + "/keys")
    func description(_ number: UInt8, anchor: UInt8 = 0) -> WitnessDescription {
      WitnessDescription(
        identity: VerificationKey(encoding: Blake2b.digest([number])),
        anchor: Blake2b.digest([anchor]), url: "https://witness.example", certificatePin: nil)
    }
    var set = WitnessSet.none
    for number in 0..<UInt8(16) { set = try keys.adding(description(number), to: set) }
    #expect(set.serial == 16 && set.witnesses.count == 16)
    #expect(set.witnesses.map(\.identity) == set.witnesses.map(\.identity).sorted())
    #expect(try keys.adding(description(3), to: set) == set)
    #expect(throws: WitnessSetFault.full(most: 16)) {
      try keys.adding(description(16), to: set)
    }
    let third = description(3, anchor: 1)
    #expect(throws: WitnessSetFault.otherAnchor(third.identity)) { try keys.adding(third, to: set) }
  }
}

extension Switchboard {
  /// Whether the witnesses' values are missing and nothing else: they have all signed that the cohort is logged.
  fileprivate func awaitsRevealsInPublic() async -> Bool {
    guard let live = await coordinator.live, await live.awaitsReveals,
      let published = await coordinator.log.heads.published
    else { return false }
    do {
      let cohort = try await store.logged(live.key.logKey(.cohort))
      let (size, witnesses) = (try await store.logSize(), try await store.witnesses().witnesses)
      return cohort != nil && size == published.signed.head.tree.size
        && published.cosignatures.count == witnesses.count
    } catch { preconditionFailure("the store has failed: \(error)") }
  }
}

extension DeviceNode {
  /// Joins, and is shown a list of witnesses that the coordinator does not give out.
  fileprivate func join(_ code: JoinCode, shownBy list: [UInt8]) async throws {
    let liar = try DeviceNode(
      folder: folder, transport: Liar(transport, list: list), ceilings: ceilings, clock: clock)
    try await liar.join(code)
  }
}

/// A way to a coordinator that shows another list of witnesses.
private struct Liar: NodeTransport {
  private let inner: any NodeTransport
  private let list: [UInt8]

  init(_ inner: any NodeTransport, list: [UInt8]) {
    self.inner = inner
    self.list = list
  }

  func send(_ body: [UInt8]) async throws(TransportError) -> [UInt8] {
    try await inner.send(body)
  }

  func read(_ path: String, limit: Int) async throws(TransportError) -> [UInt8] {
    path == "/v1/witnesses" ? list : try await inner.read(path, limit: limit)
  }
}
