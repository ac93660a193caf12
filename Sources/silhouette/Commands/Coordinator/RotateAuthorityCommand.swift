internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import Storage
internal import TransparencyLog

struct RotateAuthorityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate-authority",
    abstract: "Give the enrollment authority a new key, and say so in the log.",
    discussion: """
      For a key that others may have seen, or that has served its time. Both keys sign an entry of the log, so \
      auditors follow the change without a new file of keys. All plans have to have ended, and the coordinator \
      has to be stopped. The old key is deleted.

      Devices take nobody's word for another authority: until its owner joins again with a new code, a device \
      takes no part. Witnesses are made and added again for the same reason. A rotation that was interrupted is \
      finished by the same command.

      Example:
        silhouette coordinator rotate-authority --dir state
      """)

  @OptionGroup var options: CoordinatorOptions

  func run() async throws {
    try await options.rotate(
      .authority,
      remedy: "every device joins again: silhouette coordinator enroll issue --dir \(options.dir)")
  }
}

extension CoordinatorOptions {
  private struct Rotated: Encodable {
    let old: String
    let new: String
  }

  /// Replaces a key, and says what is to be done for the new one to be believed.
  func rotate(_ key: CoordinatorKeys.Replaceable, remedy: String) async throws {
    let folder = CoordinatorFolder(path: dir)
    let lock = try FolderLock(folder: dir)
    defer { withExtendedLifetime(lock) {} }
    let rotation = try await folder.withStore { store in
      var randomness = RandomStream.system()
      return try await KeyRotation.run(
        of: key, keysIn: folder.keysFolder, store, at: Int64(NodeClock.now()),
        randomness: &randomness)
    }
    let (old, new) = (rotation.old.encoding.description, rotation.new.encoding.description)
    if json { return try ConsoleOutput.writeJSON(Rotated(old: old, new: new)) }
    try ConsoleOutput.write(
      """
      the \(rotation.role)'s key \(old) has given way to \(new)
      \(remedy)
      """)
  }
}
