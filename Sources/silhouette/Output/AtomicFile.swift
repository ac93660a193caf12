internal import Foundation
internal import Synchronization

/// Writes files that are either whole or not there.
enum AtomicFile {
  /// Temporary files that exist right now, for the signal handler to remove.
  private static let pending = Mutex<Set<String>>([])

  /// Writes a neighbor of `path` and renames it onto `path`.
  static func write(_ text: String, to path: String) throws(CommandFailure) {
    let target = URL(filePath: path)
    let temporary = target.deletingLastPathComponent()
      .appending(path: ".\(target.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier)")
      .path(percentEncoded: false)
    _ = pending.withLock { $0.insert(temporary) }
    defer { _ = pending.withLock { $0.remove(temporary) } }
    do {
      try Data(text.utf8).write(to: URL(filePath: temporary))
    } catch {
      removeIfPresent(temporary)
      throw .cannotWrite(path: path, reason: reason(error))
    }
    guard unsafe rename(temporary, path) == 0 else {
      let reason = unsafe String(cString: strerror(errno))
      removeIfPresent(temporary)
      throw .cannotWrite(path: path, reason: reason)
    }
  }

  /// Lets `produce` write files into a folder of its own, then moves them into `folder`.
  /// - Returns: the paths of the files, which appear only when all of them are whole.
  static func collect(
    _ names: [String], into folder: String, produce: (_ temporaryFolder: String) throws -> Void
  ) throws -> [String] {
    // Beside the folder where that does not exist yet, so that nothing is left of it on failure.
    let temporary =
      OutputFolder.nearestExisting(folder)
      + "/.silhouette.\(ProcessInfo.processInfo.processIdentifier)"
    _ = pending.withLock { $0.insert(temporary) }
    defer {
      removeIfPresent(temporary)
      _ = pending.withLock { $0.remove(temporary) }
    }
    try OutputFolder.check(folder)
    try OutputFolder.prepare(temporary)
    try produce(temporary)
    try OutputFolder.prepare(folder)
    return try names.map { name throws(CommandFailure) in
      let path = folder + "/" + name
      guard unsafe rename(temporary + "/" + name, path) == 0 else {
        throw unsafe .cannotWrite(path: path, reason: String(cString: strerror(errno)))
      }
      return path
    }
  }

  /// Removes what is half written and ends the process.
  ///
  /// The lock is kept until the end, so that no new file can be begun meanwhile.
  static func removePendingAndExit(_ status: ExitStatus) -> Never {
    pending.withLock { paths in
      for path in paths { removeIfPresent(path) }
      _exit(status.rawValue)
    }
  }

  private static func removeIfPresent(_ path: String) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      ConsoleError.write("notice: \(path) is left over: \(reason(error))")
    }
  }

  /// What the system says about a failure, without Foundation's wrapping.
  static func reason(_ error: any Error) -> String {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    if let cause, cause.domain == NSPOSIXErrorDomain {
      return unsafe String(cString: strerror(Int32(cause.code)))
    }
    return (error as NSError).userInfo[NSLocalizedFailureReasonErrorKey] as? String
      ?? error.localizedDescription
  }
}
