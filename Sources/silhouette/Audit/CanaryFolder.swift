internal import Foundation
internal import PrivacyAuditing
internal import SilhouetteClient

/// The canary devices of an audit: one folder with a folder for each.
enum CanaryFolder {
  /// - Throws: `CommandFailure.inputMissing`, `CanaryFault`.
  static func roles(in folder: String) throws -> [CanaryRole] {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
      throw CommandFailure.inputMissing(
        file: folder, reason: "cannot be listed",
        remedy: "write the folder that holds the canary devices' folders")
    }
    return try names.compactMap { try DeviceFolder(path: folder + "/" + $0).canary() }
  }
}
