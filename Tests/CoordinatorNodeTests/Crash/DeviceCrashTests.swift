import ClientNode
import CryptoPrimitives
import DeviceLedger
import FederatedRounds
import Foundation
import SecureAggregation
import Storage
import TestSupport
import Testing
import WireProtocol

@testable import ClientNode
@testable import CoordinatorNode

extension CrashTests {
  /// A device process is killed at each of its fail points, with SIGKILL, and starts again in its folder.
  /// What must hold whatever the point is:
  ///
  /// - the model is, byte for byte, that of a life without a death: rounds that the device's death leaves
  ///   with too few contributions end without a sum, and the next one has everybody;
  /// - a contribution that was acknowledged is in the sum, though its device is dead: no other round is
  ///   needed;
  /// - the device has paid for every contribution that was counted, and at most once for each round.
  @Suite struct DeviceCrashTests {
    static let kills: [Kill] =
      FailPoint.ofDevices.map { Kill($0) }
      // The messages of a round: Advertise, Shares, Consistency, Unmask.
      + [2, 3, 4].map { Kill(.messageAcknowledged, visit: $0) }
      // The head of the ledger: before the key, and with the first entry.
      + [Kill(.ledgerHeadKept, visit: 2)]

    /// Points at which the contribution has been acknowledged.
    private static func hasContributed(_ kill: Kill) -> Bool {
      switch kill.point {
      case .uploadAcknowledged, .survivorsWritten, .survivorsCommitted, .unmaskWritten,
        .unmaskCommitted, .roundEndWritten, .roundEndCommitted:
        true
      case .messageAcknowledged: kill.visit > 2
      default: false
      }
    }

    @Test(arguments: kills)
    func aKilledDevicePaysForWhatIsCountedAndHindersNobody(kill: Kill) async throws {
      try await rehearse(over: .overHTTPS, expectingOneRound: Self.hasContributed(kill)) { stage in
        await #expect(processExitsWith: .signal(SIGKILL)) {
          [
            kill, folder = stage.folder as String, code = stage.code as String,
            now = stage.start as UInt64
          ] in
          try await Self.live(in: folder, code: code, at: now, faults: KillAt(kill))
        }
      }
    }

    /// A disk that is full once stops the device, which starts again.
    @Test(arguments: kills.filter { $0.visit == 1 }.map(\.point))
    func aFullDiskIsNoMoreThanADeath(point: FailPoint) async throws {
      let faults = FullDiskAt(point)
      try await rehearse(
        over: .inProcess, expectingOneRound: Self.hasContributed(Kill(point))
      ) { stage in
        await #expect(throws: (any Error).self) {
          let device = try NodeWorld.device(
            in: stage.folder, over: stage.switchboard, faults: faults, clock: { stage.start })
          do { try await Self.takePart(device, code: JoinCode(text: stage.code)) } catch {
            try await device.close()
            throw error
          }
        }
      }
      #expect(faults.wasFull)
    }

    /// What the first life of the device is given.
    private struct Stage {
      let folder: String
      let code: String
      let start: UInt64
      let switchboard: Switchboard
    }

    /// The life of a process that is killed.
    private static func live(
      in folder: String, code: String, at time: UInt64, faults: any FaultInjector
    ) async throws {
      let code = try JoinCode(text: code)
      let transport = try await HTTPSTransport.connect(url: code.url, pin: code.certificatePin)
      let device = try NodeWorld.device(
        in: folder, over: transport, faults: faults, clock: { time })
      try await takePart(device, code: code)
    }

    private static func takePart(_ device: DeviceNode, code: JoinCode) async throws {
      try await device.store.add([SealedEvent(happenedAt: 1, box: [1])])
      try await device.join(code)
      while try await !hasContributed(device) { try await Task.sleep(for: .milliseconds(10)) }
    }

    /// Checks in once; on a busy machine a request may not be answered in time, and a device comes again.
    private static func hasContributed(_ device: DeviceNode) async throws(DeviceError) -> Bool {
      let outcome: DeviceNode.CheckInOutcome
      do throws(DeviceError) { outcome = try await device.runOnce(worker(0)) } catch {
        guard error.isTemporary else { throw error }
        return false
      }
      if case .round(.committed) = outcome { return true }
      return false
    }

    private static func worker(_ index: Int) -> TallyWorker {
      TallyWorker(index: index, noiseSeed: OperatedCoordinator.noiseSeed)
    }

    private func rehearse(
      over way: Way, expectingOneRound: Bool,
      _ firstLife: @escaping @Sendable (Stage) async throws -> Void
    ) async throws {
      let world = try NodeWorld(floor: NodeWorld.deviceCount, stepSeconds: 60)
      let clock = StandingClock()
      try await Switchboard.open(world, way, clock: { clock.now }) { switchboard in
        let code = try await world.code(from: switchboard)
        let stage = Stage(
          folder: world.folder + "/device-0", code: code.text, start: clock.now,
          switchboard: switchboard)
        var devices: [DeviceNode] = []
        for index in 1..<NodeWorld.deviceCount {
          let device = try world.device(index, over: switchboard, clock: { clock.now })
          try await device.join(world.code(from: switchboard))
          devices.append(device)
        }
        let device = try await withThrowingTaskGroup(of: Void.self) { group in
          for (index, device) in devices.enumerated() {
            group.addTask { try await Self.takePart(device, index + 1, switchboard) }
          }
          group.addTask {
            // While the first life lasts, no deadline is needed.
            while !Task.isCancelled {
              await switchboard.tick()
              do { try await Task.sleep(for: .milliseconds(10)) } catch { break }
            }
          }
          try await firstLife(stage)
          // Requests of a second are numbered; the next life has numbers of its own.
          clock.advance(to: clock.now + 1)
          let device = try world.device(0, over: switchboard, clock: { clock.now })
          try await device.join(code)
          let formerRound = try await device.store.rounds().last?.key
          group.addTask { try await Self.takePart(device, 0, switchboard) }
          group.addTask {
            while try await switchboard.committedRound() == nil {
              if let formerRound {
                try await clock.skipWait(
                  in: formerRound, for: device.keys.verificationKey, switchboard)
              }
              try await Task.sleep(for: .milliseconds(10))
            }
          }
          // All devices, and the wait for the end; the ticker has none.
          for _ in 0..<NodeWorld.deviceCount + 1 { try await group.next() }
          group.cancelAll()
          return device
        }
        try await check([device] + devices, switchboard, expectingOneRound)
      }
    }

    private static func takePart(
      _ device: DeviceNode, _ index: Int, _ switchboard: Switchboard
    ) async throws {
      while try await switchboard.committedRound() == nil {
        do { _ = try await device.runOnce(worker(index)) } catch  where error.isTemporary {
          // The next request may be heard.
        }
        try await Task.sleep(for: .milliseconds(10))
      }
    }

    private func check(
      _ devices: [DeviceNode], _ switchboard: Switchboard, _ isOneRoundExpected: Bool
    ) async throws {
      var expected = [UInt8](repeating: 0, count: 1 + TallyCourse.dimension)
      expected[0] = 1
      for index in devices.indices {
        for (place, word) in Self.worker(index).words.enumerated() {
          expected[1 + place] += UInt8(word)
        }
      }
      #expect(try await switchboard.model() == expected)
      let rounds = try await switchboard.rounds()
      if isOneRoundExpected { #expect(rounds.count == 1) }
      var debits = 0
      for round in rounds {
        let openings = try await switchboard.journal(round.key).filter {
          $0.kind == RoundEntry.opening(contributors: []).kind
        }.count
        debits += openings
        if case .aborted = round.outcome { #expect(openings == 0) }
      }
      #expect(debits == 1)
      for device in devices {
        let paid = try await device.contributions().map(\.round)
        #expect(paid.contains(rounds[0].key))
        #expect(Set(paid).count == paid.count && paid.count <= rounds.count)
        let reading = try await device.ledger()
        #expect(reading.fault == nil && reading.ledger.contributionCount == paid.count)
        #expect(reading.ledger.quarantineEnd == 0, "a death is no reason for a quarantine")
      }
    }
  }
}
