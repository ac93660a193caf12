internal import CryptoPrimitives
internal import Foundation
package import PrivacyAuditing
internal import RoundVocabulary
internal import Storage

/// Why a folder is no canary device, or cannot become one.
package enum CanaryFault: Error, Equatable, CustomStringConvertible {
  case unreadable(file: String)
  /// Whoever tosses twice can choose.
  case tossed(file: String)
  case holdsEvents(folder: String, count: Int)

  package var description: String {
    switch self {
    case .unreadable(let file):
      "\(file) is no canary; the device takes no part until it is put back from a copy, or the folder is deleted"
    case .tossed(let file): "\(file) is there: the coin was tossed, and is not tossed again"
    case .holdsEvents(let folder, let count):
      "\(folder) holds \(count) events of somebody; make a canary device in a folder of its own"
    }
  }
}

extension DeviceFolder {
  package var canaryPath: String { path + "/" + Self.canaryName }
  private static let canaryName = "canary.json"

  /// Which canary the device is; nil for devices of people.
  ///
  /// - Throws: `CanaryFault.unreadable`.
  package func canary() throws(CanaryFault) -> CanaryRole? {
    guard FileManager.default.fileExists(atPath: canaryPath) else { return nil }
    // Unreadable, no JSON, or numbers that no canary has: one remedy for all, which the error names with the file.
    guard let bytes = FileManager.default.contents(atPath: canaryPath),
      let role = try? JSONDecoder().decode(CanaryRole.self, from: bytes)
    else { throw .unreadable(file: canaryPath) }
    return role
  }

  /// Makes the device a canary, in or out of each task by the toss of a fair coin; durable when this returns.
  ///
  /// - Throws: `CanaryFault`, `AuditError` or `StorageError`, also while another process works in the folder.
  package func becomeCanary(_ index: Int, of count: Int, seed: UInt64) throws {
    let lock = try FolderLock(folder: path)
    defer { withExtendedLifetime(lock) {} }
    guard !FileManager.default.fileExists(atPath: canaryPath) else {
      throw CanaryFault.tossed(file: canaryPath)
    }
    var randomness = RandomStream.system()
    let tasks = zip(TaskKind.allCases, Bytes32(random: &randomness).bytes)
      .filter { $0.1 & 1 == 1 }.map(\.0)
    let role = try CanaryRole(index: index, count: count, seed: seed, tasks: Set(tasks))
    // Coins are kept from the operator until the guesses are made; they open nothing, so an array may hold them.
    let bytes = Array(try JSONEncoder().encode(role))
    var secret = SecretBytes(zeros: bytes.count)
    unsafe secret.withUnsafeMutableBuffer { unsafe $0.copyBytes(from: bytes) }
    try KeyFile.write(secret, name: Self.canaryName, in: path)
  }
}
