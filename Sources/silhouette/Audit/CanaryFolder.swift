internal import ClientNode
internal import DeviceLedger
internal import Foundation
internal import PlannedRounds
internal import PrivacyAuditing
internal import RoundVocabulary
internal import SilhouetteClient

/// A canary device: what it is, and what it has contributed by its own ledger.
struct CanaryDevice: Sendable {
  let role: CanaryRole
  let ledger: DeviceLedger

  /// Whether the device took part in a task of a plan: in or out, a canary that did not cannot be looked for.
  func tookPart(in task: TaskKind, of tasks: PlannedTasks) -> Bool {
    ledger.count(of: PlannedTasks.identifier(of: task, plan: tasks.hash)) > 0
  }
}

/// The canary devices of an audit: one folder with a folder for each.
enum CanaryFolder {
  /// - Throws: `CommandFailure.inputMissing`, `CanaryFault`, `DeviceError`.
  static func devices(in folder: String) async throws -> [CanaryDevice] {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
      throw CommandFailure.inputMissing(
        file: folder, reason: "cannot be listed",
        remedy: "write the folder that holds the canary devices' folders")
    }
    var devices: [CanaryDevice] = []
    for name in names {
      let place = DeviceFolder(path: folder + "/" + name)
      guard let role = try place.canary() else { continue }
      let session = try DeviceSession(
        folder: place, transport: OfflineTransport(), shelf: PlanShelf(), clock: NodeClock.now)
      let reading: Result<LedgerReading, any Error>
      do { reading = .success(try await session.node.ledger()) } catch { reading = .failure(error) }
      try await session.close()
      devices.append(CanaryDevice(role: role, ledger: try reading.get().ledger))
    }
    return devices
  }
}
