import ClientNode
import CryptoPrimitives
import FederatedRounds
import Foundation
import SecureAggregation
import Storage
import TestSupport
import Testing
import TransparencyLog
import WireProtocol

@testable import CoordinatorNode

extension CrashTests {
  /// A coordinator process with a server and a store is killed at each fail point, with SIGKILL; devices
  /// live on and reach its successor in the same folder. What must hold whatever the point is:
  ///
  /// - the model is, byte for byte, that of a life without a death;
  /// - every contribution is counted once, and every device has paid for one;
  /// - one debit, one opened round, no round besides;
  /// - the log says the same, in this order and once, and its head is signed over all of it.
  @Suite struct CoordinatorCrashTests {
    static let kills: [Kill] =
      FailPoint.ofCoordinators.map { Kill($0) }
      // The first file is the first version; the second is the sum with the first contributions.
      + [.fileOpened, .fileWritten, .fileSynced, .fileRenamed, .fileStored].map {
        Kill($0, visit: 2)
      }
      // Plans become published, running, done; the second round is the one that is committed.
      + [2, 3].flatMap {
        [Kill(.planStateWritten, visit: $0), Kill(.planStateCommitted, visit: $0)]
      }
      + [Kill(.roundWritten, visit: 2), Kill(.roundCommitted, visit: 2)]
      // Four devices: the fifth message is the first of Shares, then come Consistency and Unmask.
      + [5, 9, 13].flatMap { [Kill(.messageReceived, visit: $0), Kill(.messageStored, visit: $0)] }
      + [Kill(.uploadReceived, visit: 4), Kill(.uploadStored, visit: 4)]
      + [2, 3, 4].flatMap { [Kill(.stepClosing, visit: $0), Kill(.stepClosed, visit: $0)] }

    @Test(arguments: kills)
    func aKilledCoordinatorGoesOnAsIfNothingHadHappened(kill: Kill) async throws {
      let world = try NodeWorld(floor: NodeWorld.deviceCount)
      let transport = Redialing(folder: world.folder)
      try await rehearse(world, transport) { folder in
        await #expect(processExitsWith: .signal(SIGKILL)) { [kill, folder = folder as String] in
          try await OperatedCoordinator.live(in: folder, faults: KillAt(kill))
        }
        let successor = try await OperatedCoordinator(folder: folder, faults: NoFaults())
        try await successor.open()
        try await transport.succeed(successor.coordinator)
        try await successor.run()
        return successor
      }
    }

    @Test func aLifeWithoutADeathHasTheSameEnd() async throws {
      let world = try NodeWorld(floor: NodeWorld.deviceCount)
      let transport = Redialing(folder: world.folder)
      try await rehearse(world, transport) { folder in
        await #expect(processExitsWith: .success) { [folder = folder as String] in
          try await OperatedCoordinator.live(in: folder, faults: NoFaults())
        }
        let successor = try await OperatedCoordinator(folder: folder, faults: NoFaults())
        try await transport.succeed(successor.coordinator)
        return successor
      }
    }

    /// A disk that is full once: the coordinator goes on in the same process as soon as there is room,
    /// unless it could not start.
    @Test(arguments: FailPoint.ofCoordinators)
    func aFullDiskChangesNothingEither(point: FailPoint) async throws {
      let world = try NodeWorld(floor: NodeWorld.deviceCount)
      let transport = Redialing(folder: world.folder)
      let faults = FullDiskAt(point)
      try await rehearse(world, transport) { folder in
        let operated = try await again { () async throws in
          let operated = try await OperatedCoordinator(folder: folder, faults: faults)
          try await operated.open()
          return operated
        }
        try await transport.succeed(operated.coordinator)
        try await again { try await operated.run() }
        return operated
      }
      #expect(faults.wasFull)
    }

    private func again<Value>(_ body: () async throws -> Value) async throws -> Value {
      while true {
        do { return try await body() } catch StorageError.diskFull {}
      }
    }

    /// Devices take part while a coordinator lives, dies and is followed; then everything is checked.
    private func rehearse(
      _ world: NodeWorld, _ transport: Redialing,
      _ life: @escaping @Sendable (_ folder: String) async throws -> OperatedCoordinator
    ) async throws {
      let codes = try await codes(world)
      async let lived = life(world.folder)
      async let taken = takePart(world, transport, codes)
      let last = try await lived
      let (devices, ends) = try await taken
      try await transport.close()
      let model = try await checkCoordinator(last.store, world)
      try await checkLog(last, world)
      for (device, ends) in zip(devices, ends) {
        #expect(ends == [.committed(model: model)])
        #expect(try await device.contributions().count == 1)
      }
      try last.store.close()
    }

    /// Codes for all devices and the spare one, made by an operator before the coordinator starts.
    private func codes(_ world: NodeWorld) async throws -> [JoinCode] {
      let store = try await SQLiteCoordinatorStore(folder: world.folder + "/store")
      let keys = try CoordinatorKeys(folder: world.folder + "/keys")
      var codes: [JoinCode] = []
      for _ in 0...NodeWorld.deviceCount {
        codes.append(
          JoinCode(
            url: "https://in.process", certificatePin: nil, coordinator: keys.verificationKey,
            authority: keys.authorityKey, log: keys.logKey,
            token: try await Coordinator.issueToken(in: store, expiry: .max >> 1)))
      }
      try store.close()
      return codes
    }

    private func takePart(
      _ world: NodeWorld, _ transport: Redialing, _ codes: [JoinCode]
    ) async throws -> ([DeviceNode], [[DeviceRoundEnd]]) {
      var devices: [DeviceNode] = []
      for (index, code) in codes.enumerated() {
        let device = try world.device(index, over: transport, clock: { OperatedCoordinator.now })
        try await world.join(device, code)
        devices.append(device)
      }
      devices.removeLast()
      let ends = try await world.run(
        devices, rounds: 1, noiseSeed: OperatedCoordinator.noiseSeed, ticking: {})
      return (devices, ends)
    }

    private func checkLog(_ last: OperatedCoordinator, _ world: NodeWorld) async throws {
      // A head that waited is published first, then one over everything.
      for _ in 0..<2 { await last.coordinator.advance() }
      let store = last.store
      let size = try await store.logSize()
      let entries = try await store.loggedEntries(0..<size).map { try LogEntry(decoding: $0) }
      let kinds = entries.map(\.content.kind).filter { $0 != .enrollment }
      #expect(
        kinds == [.plan, .round, .abort, .round, .cohort, .survivors, .debit, .release, .closing])
      // Sleepers share a certificate, which counts once.
      #expect(entries.count - kinds.count == NodeWorld.deviceCount + 2)
      for entry in entries {
        guard case .release(let release) = entry.content else { continue }
        #expect(entries.first { $0.content.kind == .debit }?.leaf == release.debit)
        #expect(release.survivorCount == NodeWorld.deviceCount)
      }
      let head = try #require(try await store.logHeads().published?.signed)
      #expect(head.isSigned(by: last.coordinator.keys.logIdentity))
      #expect(head.head.tree == (try await store.logTree()))
    }

    /// - Returns: The committed version.
    private func checkCoordinator(
      _ store: SQLiteCoordinatorStore, _ world: NodeWorld
    ) async throws -> Bytes32 {
      var expected = [UInt8](repeating: 0, count: 1 + TallyCourse.dimension)
      expected[0] = 1
      for index in 0..<NodeWorld.deviceCount {
        let words = TallyWorker(index: index, noiseSeed: OperatedCoordinator.noiseSeed).words
        for (place, word) in words.enumerated() { expected[1 + place] += UInt8(word) }
      }
      let plan = world.plan.record.hash
      let models = try await store.models(plan: plan)
      let version = try #require(models.last)
      #expect(models.count == 2)
      #expect(try await store.blob(version.hash) == expected)
      #expect(try await store.currentModel(plan: plan) == version)
      #expect(try await store.servedModel(plan: plan) == version)
      #expect(try await store.plan(plan)?.state == .done)
      #expect(try await store.revokedDevices() == [OperatedCoordinator.spare(in: world.folder)])
      let rounds = try await store.rounds(limit: 10)
      #expect(
        rounds.map(\.outcome) == [
          .committed(model: version.hash), .aborted(reason: RoundAbort.byOperator.number),
        ])
      let entries = try await store.journal(rounds[0].key).map {
        RoundEntry(kind: $0.kind, device: $0.device, bytes: $0.bytes)
      }
      let debits = entries.compactMap { entry -> [VerificationKey]? in
        if case .opening(let contributors)? = entry { contributors } else { nil }
      }
      #expect(debits.count == 1)
      #expect(debits.first?.count == NodeWorld.deviceCount)
      #expect(Set(debits.first ?? []).count == NodeWorld.deviceCount)
      return version.hash
    }
  }
}
