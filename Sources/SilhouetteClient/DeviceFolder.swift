internal import ClientNode
internal import CryptoPrimitives
internal import DeviceLedger
package import Scenarios
internal import Foundation
internal import SecureAggregation

/// A device's folder: its settings beside its keys, events and ledger.
package struct DeviceFolder: Sendable {
  package let path: String
  private static let settingsName = "device.yaml"

  package init(path: String) { self.path = path }

  package var settingsPath: String { path + "/" + Self.settingsName }

  /// What the owner allows; cautious settings where there is no file.
  ///
  /// - Throws: `ScenarioError`.
  package func settings() throws -> DeviceSettings {
    guard hasSettings else { return .cautious }
    guard let bytes = FileManager.default.contents(atPath: settingsPath) else {
      // What the owner has written may be stricter: no other settings can stand in for it.
      throw ScenarioError.notYAML(
        file: settingsPath, line: nil, column: nil,
        reason: "the file is there and cannot be read; make it readable")
    }
    return try DeviceSettingsFile.decode(
      yaml: String(decoding: bytes, as: UTF8.self), file: settingsPath)
  }

  /// Whether the owner has said anything.
  package var hasSettings: Bool { FileManager.default.fileExists(atPath: settingsPath) }

  /// Changes settings, each as `key.path=value`, and writes all of them.
  ///
  /// - Throws: `ScenarioError`, or what the file system says.
  package func change(_ overrides: [String]) throws -> DeviceSettings {
    let present = DeviceSettingsFile.yaml(of: try settings())
    let changed = try DeviceSettingsFile.decode(
      yaml: present, file: settingsPath, overrides: overrides)
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try Data(DeviceSettingsFile.yaml(of: changed).utf8)
      .write(to: URL(fileURLWithPath: settingsPath), options: .atomic)
    return changed
  }
}

extension DeviceCeilings {
  init(_ settings: DeviceSettings) {
    // In 1/256, rounded up: what the owner asks for is the least.
    let noise = UInt16(min(65_535, (settings.leastNoise * 256).rounded(.up)))
    var policy = ClientPolicy.device(
      coordinators: [], authority: VerificationKey(encoding: Bytes32()), anchors: [:],
      mostClipNorm: settings.mostClipNorm, leastNoise: .init(noise, over: 256),
      // Coordinators draw nobody by lot yet: everybody who is enrolled is eligible.
      mostEligibilityThreshold: .max)
    policy.leastCohort = settings.leastCohort
    policy.leastSurvivors = settings.leastSurvivors
    policy.leastHonest = settings.leastHonest
    policy.leastSurvivorShare = Int((settings.leastSurvivorShare * 10_000).rounded())
    policy.mostRoundsPerDay = settings.mostRoundsPerDay
    policy.mostDimension = settings.mostCoordinates
    self.init(
      policy: policy, mostContributions: settings.mostContributions,
      mostTrainingTime: .seconds(settings.workSeconds),
      mostDownload: settings.mostMegabytes << 20, leastLogWitnesses: settings.logWitnesses,
      quarantineSeconds: UInt64(settings.quarantineSeconds),
      mostCheckInDays: settings.mostCheckInDays)
  }
}

extension LedgerCeilings {
  init(_ settings: DeviceSettings) {
    self.init(
      epsilon: settings.epsilon, epsilonPerTask: settings.epsilonPerTask,
      epsilonPerDay: settings.epsilonPerDay, delta: settings.delta,
      mostContributions: settings.mostContributions,
      leastSeparation: UInt64(settings.leastSeparationSeconds))
  }
}
