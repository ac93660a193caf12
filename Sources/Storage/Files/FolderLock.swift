#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A folder that one process at a time may work in; it is free again when the process ends, however.
package final class FolderLock: Sendable {
  private let descriptor: Int32
  private static let name = "lock"

  /// - Throws: `folderInUse` if another process has it.
  package init(folder: String) throws(StorageError) {
    try DurableFile.makeFolder(folder)
    let path = folder + "/" + Self.name
    let opened = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw DurableFile.failure(path, "open") }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      close(opened)
      throw .folderInUse(folder)
    }
    descriptor = opened
  }

  deinit { close(descriptor) }
}
