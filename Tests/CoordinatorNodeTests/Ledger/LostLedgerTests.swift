import CryptoPrimitives
import DeviceLedger
import Foundation
import GRDB
import Storage
import TestSupport
import Testing
import TransparencyLog

@testable import ClientNode
@testable import CoordinatorNode

/// A device of a running federation whose folder was harmed between two rounds.
@Suite struct LostLedgerTests {
  /// What happens to the folder of a device that has contributed once.
  enum Harm: CaseIterable, Sendable {
    case databaseGone, databaseOlder, headGone, bothGone, folderOlder

    /// What the device says of it.
    var reason: String {
      switch self {
      case .databaseGone: "the ledger is gone, which had 1 entries"
      case .databaseOlder: "the ledger is gone, which had 1 entries"
      case .headGone, .bothGone: "the file ledger-head is gone"
      case .folderOlder: "the coordinator has counted 1 contributions"
      }
    }
  }

  @Test(arguments: Harm.allCases)
  func aHarmedLedgerKeepsTheDeviceOutAndForgetsNothing(harm: Harm) async throws {
    let world = try NodeWorld(rounds: 3)
    let folder = world.folder + "/device-0"
    try await Switchboard.open(world) { switchboard in
      var devices = try await world.joined(switchboard)
      // As a backup of the device would be, from before its first round.
      _ = try await devices[0].readyLedger()
      try await devices[0].close()
      try FileManager.default.copyItem(atPath: folder, toPath: world.folder + "/backup")
      devices[0] = try world.device(0, over: switchboard)
      _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
      #expect(try await devices[0].ledger().ledger.contributionCount == 1)
      try await devices[0].close()

      try Self.harm(folder, harm, backup: world.folder + "/backup")
      let device = try world.device(0, over: switchboard)
      if harm == .databaseGone || harm == .bothGone {
        try await world.join(device, world.code(from: switchboard))
      }
      let text = try await Self.objection(of: device, switchboard)
      #expect(text.contains(harm.reason), "\(text)")
      #expect(text.contains("privacy.quarantine"))
      let reading = try await device.ledger()
      #expect(reading.fault == nil)
      // Where entries and head are gone, only the coordinator still knows, and is asked after the quarantine.
      let known = harm == .bothGone ? 0 : 1
      #expect(reading.ledger.contributionCount == known, "nothing was forgotten")
      let now = UInt64(Date().timeIntervalSince1970)
      #expect(reading.ledger.quarantineEnd <= now + 60 + NodeWorld.quarantineSeconds)
      #expect(reading.ledger.isQuarantined(at: now + NodeWorld.quarantineSeconds - 3_600))
      // It stays so after a restart.
      try await device.close()
      let again = try world.device(0, over: switchboard)
      #expect(try await Self.objection(of: again, switchboard) == text)
      try await again.close()
    }
  }

  /// A device that leaves its coordinator, and comes back, has spent what it has spent.
  @Test func leavingAndJoiningKeepsTheLedger() async throws {
    let world = try NodeWorld(rounds: 2)
    try await Switchboard.open(world) { switchboard in
      let devices = try await world.joined(switchboard)
      _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
      let before = try await devices[0].ledger()
      try await devices[0].leave()
      #expect(try await devices[0].ledger() == before)
      try await world.join(devices[0], world.code(from: switchboard))
      _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
      let after = try await devices[0].ledger()
      #expect(after.fault == nil && after.ledger.contributionCount == 2)
      #expect(after.ledger.accounts.map(\.charge.task) == [TallyCourse.task])
      #expect(after.ledger.quarantineEnd == 0)
    }
  }

  /// The ceiling on contributions counts what the ledger has, also of elsewhere.
  @Test func theLedgerIsWhatCeilingsCount() async throws {
    let world = try NodeWorld(rounds: 1)
    try await Switchboard.open(world) { switchboard in
      let devices = try await world.joined(switchboard)
      _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
      for device in devices {
        let ledger = try await device.ledger().ledger
        let charges = try await device.contributions()
        #expect(ledger.contributionCount == charges.count)
        let mechanism = try #require(ledger.accounts.first).charge.mechanism
        #expect(charges.first?.mechanism == mechanism.encoded)
      }
    }
  }

  /// A folder from before there were ledgers has charges, and neither their mechanisms nor a ledger.
  @Test func anOldDatabaseIsTakenOver() async throws {
    let world = try NodeWorld(rounds: 2)
    let folder = world.folder + "/device-0"
    try await Switchboard.open(world) { switchboard in
      var devices = try await world.joined(switchboard)
      _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
      let before = try await devices[0].ledger().ledger
      try await devices[0].close()
      try Self.takeBackToVersion1(folder)
      devices[0] = try world.device(0, over: switchboard)
      let ledger = try await devices[0].readyLedger()
      #expect(ledger.contributionCount == 1 && ledger.quarantineEnd == 0)
      let (old, new) = (try #require(before.accounts.first), try #require(ledger.accounts.first))
      #expect(new.charge.task == old.charge.task && new.charge.plan == old.charge.plan)
      #expect(new.charge.mechanism.varianceNumerator == old.charge.mechanism.varianceNumerator)
      // Nothing said how far from its law the noise was; no less is assumed than there can have been.
      #expect(new.charge.mechanism.totalVariation >= old.charge.mechanism.totalVariation)
      // The round after is one more, and the log is still asked how the first one ended.
      _ = try await world.run(devices, rounds: 1) { await switchboard.tick() }
      #expect(try await devices[0].ledger().ledger.contributionCount == 2)
    }
  }

  /// What versions before the ledger have left in a folder, by taking back what the migration did.
  private static func takeBackToVersion1(_ folder: String) throws {
    let pool = try DatabaseQueue(path: folder + "/device.sqlite")
    try pool.write { database in
      try database.execute(
        sql: """
          DROP TABLE ledger;
          ALTER TABLE charge DROP COLUMN mechanism;
          ALTER TABLE round DROP COLUMN survivorCount;
          CREATE TABLE unsettled (
            task BLOB NOT NULL CHECK (length(task) = 32), round INTEGER NOT NULL, model BLOB NOT NULL,
            PRIMARY KEY (task, round)
          ) WITHOUT ROWID;
          INSERT INTO unsettled SELECT task, round, model FROM awaitedEnd WHERE heard = 1;
          DROP TABLE awaitedEnd;
          DELETE FROM grdb_migrations WHERE identifier = 'ledger';
          """)
    }
    try pool.close()
    try FileManager.default.removeItem(atPath: folder + "/ledger-head")
  }

  private static func harm(_ folder: String, _ harm: Harm, backup: String) throws {
    let files = FileManager.default
    func isDatabase(_ name: String) -> Bool { name.hasPrefix("device.sqlite") }
    func remove(_ name: String) throws { try files.removeItem(atPath: folder + "/" + name) }
    func restore(_ name: String) throws {
      try files.copyItem(atPath: backup + "/" + name, toPath: folder + "/" + name)
    }
    if [.headGone, .bothGone, .folderOlder].contains(harm) { try remove("ledger-head") }
    if harm != .headGone {
      for name in try files.contentsOfDirectory(atPath: folder) where isDatabase(name) {
        try remove(name)
      }
    }
    guard harm == .databaseOlder || harm == .folderOlder else { return }
    for name in try files.contentsOfDirectory(atPath: backup)
    where isDatabase(name) || (harm == .folderOlder && name == "ledger-head") {
      try restore(name)
    }
  }

  /// Why a device that is offered a round does not join it.
  private static func objection(
    of device: DeviceNode, _ switchboard: Switchboard
  ) async throws -> String {
    for _ in 0..<20_000 {
      await switchboard.tick()
      switch try await device.runOnce(TallyWorker(index: 0)) {
      case .objection(let text): return text
      case .round(let end):
        Issue.record("it took part: \(end)")
        return ""
      case .wait, .paused: try await Task.sleep(for: .milliseconds(10))
      }
    }
    Issue.record("no round was offered")
    return ""
  }
}
