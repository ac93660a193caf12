import CryptoPrimitives
import DeviceLedger
import FederatedRounds
import Foundation
import Storage
import Testing
import TransparencyLog

@testable import ClientNode
@testable import CoordinatorNode

/// What a device does when the coordinator's log is not as it has to be: it contributes nothing, says why,
/// and keeps what convicts the log.
@Suite(.timeLimit(.minutes(20))) struct MaliciousLogTests {
  /// A device to which the coordinator lies, in a round that is open.
  private struct Scene {
    let device: DeviceNode
    let transport: LyingTransport
    let switchboard: Switchboard
    let world: NodeWorld

    /// Asks to take part, and expects to be refused by the device itself.
    func fault() async throws -> LogFault? {
      await switchboard.tick()
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

    func forged(
      _ change: (inout [LogEntry]) throws -> Void = { _ in }
    ) async throws -> ForgedLog {
      try await ForgedLog(of: await switchboard.coordinator, change)
    }

    /// Those that were refused themselves.
    func refusedHeads() async throws -> [RefusedHead] {
      try await device.refusedHeads().filter { $0.entry == nil }
    }

    /// What an honest coordinator answers.
    func proved(_ key: EntryKey, in size: UInt64) async throws -> ProvedEntry {
      try ProvedEntry(
        decoding: try await switchboard.read(
          "/v1/log/entry/\(size)/\(key.kind.rawValue)/\(key.subject)/\(key.number)", limit: 1 << 13)
      )
    }

    func key(_ kind: EntryKind) async throws -> EntryKey {
      let round = try #require(try await switchboard.rounds().first).key
      return kind == .plan
        ? EntryKey(kind: .plan, subject: world.plan.record.hash, number: 0)
        : EntryKey(kind: kind, subject: round.task, number: round.number)
    }
  }

  private func scene(_ body: (Scene) async throws -> Void) async throws {
    let world = try NodeWorld(rounds: 2)
    try await Switchboard.open(world) { switchboard in
      let transport = LyingTransport(switchboard)
      let device = try world.device(0, over: transport)
      try await world.join(device, world.code(from: switchboard))
      await switchboard.tick()
      try await body(
        Scene(device: device, transport: transport, switchboard: switchboard, world: world))
    }
  }

  @Test(arguments: [EntryKind.plan, .round])
  func whatTheLogDoesNotShowIsNotContributedTo(kind: EntryKind) async throws {
    try await scene { scene in
      await scene.transport.hide(kind)
      let key = try await scene.key(kind)
      let fault = try await scene.fault()
      #expect(fault == .missing(key))
      // It may be shown later: the device comes again.
      #expect(fault?.isTemporary == true)
      let refused = try await scene.device.refusedHeads()
      #expect(refused.map(\.rule) == ["entry-missing"] && refused.map(\.entry) == [key])
      #expect(refused.first?.head == (try await scene.device.acceptedHead()))
    }
  }

  /// Kept back is what was in the tree of a head under which it was not shown.
  @Test func onlyAnEntryThatCameLaterWasNotKeptBack() async throws {
    try await scene { scene in
      await scene.transport.hide(.round)
      let key = try await scene.key(.round)
      #expect(try await scene.fault() == .missing(key))
      let log = await scene.switchboard.coordinator.keys.logIdentity
      let head = try #require(try await scene.device.acceptedHead())
      let proved = try await scene.proved(key, in: head.head.tree.size)
      try await scene.device.forgetMissing(proved, in: log)
      #expect(try await scene.device.refusedHeads().map(\.entry) == [key])
      let later = ProvedEntry(
        entry: proved.entry, proof: InclusionProof(index: head.head.tree.size, path: []))
      try await scene.device.forgetMissing(later, in: log)
      #expect(try await scene.device.refusedHeads().isEmpty)
    }
  }

  /// The entry of another round, under the path of this one; and a proof of another place.
  @Test func anEntryWithAnotherProofIsRefusedAndTheHeadKept() async throws {
    try await scene { scene in
      let key = try await scene.key(.round)
      let size = try #require(try await scene.switchboard.store.logHeads().published)
        .signed.head.tree.size
      let proved = try await scene.proved(key, in: size)
      let moved = ProvedEntry(
        entry: proved.entry,
        proof: InclusionProof(index: proved.proof.index ^ 1, path: proved.proof.path))
      await scene.transport.tell { path in
        path.hasPrefix("entry/") && path.contains("/\(EntryKind.round.rawValue)/")
          ? .bytes(moved.encoded) : .honest
      }
      guard case .refused? = try await scene.fault() else {
        Issue.record("a proof of another place was taken")
        return
      }
      let plan = try await scene.proved(try await scene.key(.plan), in: size)
      await scene.transport.tell { path in
        path.hasPrefix("entry/") && path.contains("/\(EntryKind.round.rawValue)/")
          ? .bytes(plan.encoded) : .honest
      }
      #expect(try await scene.fault() == .differs(key))
      let refused = try await scene.device.refusedHeads()
      #expect(refused.map(\.rule) == ["entry-refused", "entry-differs"])
      #expect(refused.allSatisfy { $0.entry == key })
    }
  }

  /// A count costs the device's budget: it is believed of rounds that everybody can see.
  @Test func aCountOfARoundThatIsNotLoggedIsNotBelieved() async throws {
    let world = try NodeWorld(rounds: 2)
    let folder = world.folder + "/device-0"
    try await Switchboard.open(world) { switchboard in
      var devices = try await world.joined(switchboard)
      _ = try await devices[0].readyLedger()
      try await devices[0].close()
      try FileManager.default.copyItem(atPath: folder, toPath: world.folder + "/backup")
      devices[0] = try world.device(0, over: switchboard)
      _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
      // Put back as a whole: the coordinator has counted a contribution that the ledger does not have.
      try await devices[0].close()
      try FileManager.default.removeItem(atPath: folder)
      try FileManager.default.copyItem(atPath: world.folder + "/backup", toPath: folder)
      let transport = LyingTransport(switchboard)
      let device = try world.device(0, over: transport)
      await transport.hide(.round)
      let scene = Scene(
        device: device, transport: transport, switchboard: switchboard, world: world)
      while try await switchboard.rounds().first?.outcome != .open { await switchboard.tick() }
      #expect(try await scene.fault() == .missing(try await scene.key(.round)))
      #expect(try await device.ledger().ledger == DeviceLedger())
      await transport.tell { _ in .honest }
      guard case .objection = try await device.runOnce(TallyWorker(index: 0)) else {
        Issue.record("the device took part")
        return
      }
      #expect(try await device.ledger().ledger.quarantineReason == .counted(1))
      try await device.close()
    }
  }

  @Test func aPlanThatIsLoggedWithAnotherSignatureIsRefused() async throws {
    try await scene { scene in
      let forged = try await scene.forged { entries in
        for index in entries.indices {
          guard case .plan(let plan) = entries[index].content else { continue }
          entries[index] = try LogEntry(
            time: entries[index].time,
            .plan(
              LoggedPlan(
                hash: plan.hash, signer: plan.signer,
                signature: try #require(Signature([UInt8](repeating: 1, count: 64))))))
        }
      }
      await scene.transport.show(forged)
      #expect(try await scene.fault() == .differs(try await scene.key(.plan)))
    }
  }

  @Test func aRoundThatIsLoggedWithAnotherConfigurationIsRefused() async throws {
    try await scene { scene in
      let forged = try await scene.forged { entries in
        for index in entries.indices {
          guard case .round(let round) = entries[index].content else { continue }
          entries[index] = try LogEntry(
            time: entries[index].time,
            .round(
              LoggedRound(
                round: round.round, configuration: Blake2b.digest([1]), planHash: round.planHash,
                modelHash: round.modelHash)))
        }
      }
      await scene.transport.show(forged)
      #expect(try await scene.fault() == .differs(try await scene.key(.round)))
    }
  }

  @Test func twoHeadsOfOneSizeAreKeptAsEvidence() async throws {
    try await scene { scene in
      // The device sees one history and is kept from contributing; then it is shown another.
      await scene.transport.hide(.round)
      _ = try await scene.fault()
      let forged = try await scene.forged { entries in
        entries[0] = try LogEntry(time: entries[0].time + 1, entries[0].content)
      }
      await scene.transport.show(forged)
      guard case .refused(.splitView(let evidence))? = try await scene.fault() else {
        Issue.record("two histories were not noticed")
        return
      }
      let log = await scene.switchboard.coordinator.keys.logIdentity
      #expect(evidence.fault(of: log) == .splitView)
      #expect(try await scene.device.logEvidence() == evidence)
      // From now on nothing that the log shows helps, not even the first history.
      await scene.transport.tell { _ in .honest }
      #expect(try await scene.fault() == .convicted)
    }
  }

  @Test func aHeadThatWasRolledBackIsRefused() async throws {
    try await scene { scene in
      await scene.transport.hide(.round)
      _ = try await scene.fault()
      // Signed when it was the newest, as every log has older heads.
      let older = try await scene.forged { $0.removeLast() }
      await scene.transport.show(older)
      switch try await scene.fault() {
      case .refused(.rollback(_, let offered))?:
        #expect(offered == older.head.signed.head.tree.size)
      case .refused(.shrunk)?: break
      case let fault: Issue.record("a smaller log was taken: \(String(describing: fault))")
      }
    }
  }

  @Test func aLogThatGrowsWithoutProofIsRefused() async throws {
    try await scene { scene in
      await scene.transport.hide(.round)
      _ = try await scene.fault()
      let seen = try await scene.switchboard.store.logSize()
      let grown = try await scene.forged { entries in
        entries.append(
          try LogEntry(
            time: 5,
            .enrollment(
              LoggedEnrollment(
                authority: VerificationKey(encoding: Bytes32()), certificateHash: Bytes32()))))
      }
      await scene.transport.tell { path in
        path.hasPrefix("consistency") ? .bytes(nil) : .bytes(try grown.bytes(at: path))
      }
      #expect(try await scene.fault() == .refused(.missingProof(seen: seen, offered: seen + 1)))
      // No evidence by itself, and yet something to compare with what other devices have.
      let missing = RefusedHead(rule: "missing-proof", head: grown.head.signed)
      #expect(try await scene.refusedHeads() == [missing])
      #expect(try await scene.device.logEvidence() == nil)
      // A history that begins otherwise has no proof that holds.
      let other = try await scene.forged { entries in
        entries.insert(
          try LogEntry(
            time: 5, .pause(LoggedPause(task: Bytes32(), number: 1, state: .paused))), at: 0)
      }
      await scene.transport.show(other)
      guard case .refused(.proof)? = try await scene.fault() else {
        Issue.record("another history was taken for the continuation")
        return
      }
      // Of each rule one, and the accepted head is as it was.
      let refused = try await scene.refusedHeads()
      #expect(refused.count == 2 && refused.first == missing)
      #expect(refused.last?.head == other.head.signed)
      #expect(try await scene.device.acceptedHead()?.head.tree.size == seen)
    }
  }

  @Test func aHeadOfAnotherKeyIsRefused() async throws {
    try await scene { scene in
      let coordinator = await scene.switchboard.coordinator
      let tree = try await coordinator.store.logTree()
      let other = CosignedHead(
        SignedHead(tree: tree, time: coordinator.clock(), by: coordinator.keys.identity))
      await scene.transport.tell { path in path == "head" ? .bytes(other.encoded) : .honest }
      #expect(try await scene.fault() == .refused(.otherLog(other.signed.head.log)))
      // The log has not signed it: it says nothing of the log.
      #expect(try await scene.device.refusedHeads().isEmpty)
    }
  }

  @Test func aWitnessThatIsDemandedAndMissingKeepsTheDeviceOut() async throws {
    try await scene { scene in
      var ceilings = await scene.device.ceilings
      ceilings.leastLogWitnesses = 1
      await scene.device.allow(ceilings)
      let fault = try await scene.fault()
      #expect(fault == .quorum(needed: 1, pinned: 0))
    }
  }

  @Test(arguments: [EntryKind.debit, .release])
  func aCommittedRoundThatIsNotAccountedForEndsTheContributions(kind: EntryKind) async throws {
    let world = try NodeWorld(rounds: 2)
    try await Switchboard.open(world) { switchboard in
      let transport = LyingTransport(switchboard)
      let devices = try await world.joined(switchboard, over: transport)
      _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
      let round = try #require(try await switchboard.committedRound())
      await transport.hide(kind)
      let scene = Scene(
        device: devices[0], transport: transport, switchboard: switchboard, world: world)
      while try await switchboard.rounds().first?.outcome != .open { await switchboard.tick() }
      let key = EntryKey(kind: kind, subject: round.task, number: round.number)
      #expect(try await scene.fault() == .missing(key))
      // A proof that does not hold is no answer either, and each fault leaves its head.
      let size = try #require(try await switchboard.store.logHeads().published)
        .signed.head.tree.size
      let proved = try await scene.proved(key, in: size)
      let moved = ProvedEntry(
        entry: proved.entry,
        proof: InclusionProof(index: proved.proof.index ^ 1, path: proved.proof.path))
      await transport.tell { path in
        LyingTransport.isEntry(String(path), kind) ? .bytes(moved.encoded) : .honest
      }
      guard case .refused? = try await scene.fault() else {
        Issue.record("a proof of another place was taken")
        return
      }
      let refused = try await scene.device.refusedHeads()
      #expect(refused.map(\.rule) == ["entry-missing", "entry-refused"])
      #expect(refused.allSatisfy { $0.entry == key })
      // Shown at last, it is taken, and the device has it in writing.
      await transport.tell { _ in .honest }
      _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
      let receipts = try await devices[0].logReceipts()
      #expect(receipts.contains { $0.kind == Int(kind.rawValue) && $0.number == round.number })
      for receipt in receipts {
        let head = try CosignedHead(decoding: receipt.head).signed
        #expect(head.isSigned(by: await switchboard.coordinator.keys.logIdentity))
        let proved = try ProvedEntry(decoding: receipt.entry)
        try proved.proof.verify(leaf: proved.entry.leaf, in: head.head.tree)
      }
    }
  }

  /// A coordinator whose store was restored from before a round opens that round's number again.
  @Test func aRoundThatIsHeldAgainFromAnOldStoreIsRefused() async throws {
    let world = try NodeWorld(rounds: 2)
    let backup = world.folder + "/backup"
    try await Switchboard.open(world) { switchboard in
      let device = try world.device(0, over: switchboard)
      try await world.join(device, world.code(from: switchboard))
      try await device.close()
    }
    try FileManager.default.copyItem(atPath: world.folder + "/store", toPath: backup)
    try await Switchboard.open(world) { switchboard in
      let transport = LyingTransport(switchboard)
      let device = try world.device(0, over: transport)
      await transport.hide(.round)
      let scene = Scene(
        device: device, transport: transport, switchboard: switchboard, world: world)
      _ = try await scene.fault()
      try await device.close()
    }
    try FileManager.default.removeItem(atPath: world.folder + "/store")
    try FileManager.default.moveItem(atPath: backup, toPath: world.folder + "/store")
    try await Switchboard.open(world) { switchboard in
      let device = try world.device(0, over: switchboard)
      let scene = Scene(
        device: device, transport: LyingTransport(switchboard), switchboard: switchboard,
        world: world)
      switch try await scene.fault() {
      case .refused(.splitView)?, .refused(.shrunk)?, .refused(.rollback)?: break
      case let fault: Issue.record("the round was held again: \(String(describing: fault))")
      }
    }
  }
}
