internal import Foundation
internal import Synchronization

/// Writes files that are either whole or not there.
enum AtomicFile {
  /// Temporary files that exist right now, for the signal handler to remove.
  private static let pending = Mutex<Set<String>>([])

  /// Writes one file.
  static func write(_ text: String, to path: String) throws {
    try write(Array(text.utf8), to: path)
  }

  /// Writes one file.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init)
    guard let name, !name.isEmpty else {
      throw CommandFailure.cannotWrite(path: path, reason: "this names a folder")
    }
    let folder = String(path.dropLast(name.count))
    _ = try write([(name, bytes)], into: folder.isEmpty ? "." : folder)
  }

  /// Writes several files into a folder.
  /// - Returns: the paths of the files, which appear only when all of them are whole.
  static func write(
    _ files: [(name: String, bytes: [UInt8])], into folder: String
  ) throws -> [String] {
    try collect(files.map(\.name), into: folder) { temporary in
      for file in files {
        do {
          try Data(file.bytes).write(to: URL(filePath: temporary + "/" + file.name))
        } catch {
          throw CommandFailure.cannotWrite(path: folder + "/" + file.name, reason: reason(error))
        }
      }
    }
  }

  /// Lets `produce` write files into a folder of its own, then moves them into `folder`.
  ///
  /// That folder has a name that nobody can know beforehand and is open to its owner alone, so that
  /// nobody can put a link in the way.
  /// - Returns: the paths of the files, which appear only when all of them are whole.
  static func collect(
    _ names: [String], into folder: String, produce: (_ temporaryFolder: String) throws -> Void
  ) throws -> [String] {
    try OutputFolder.check(folder)
    // Beside the folder where that does not exist yet, so that nothing is left of it on failure.
    let temporary = try makePrivateFolder(in: OutputFolder.nearestExisting(folder))
    defer {
      removeIfPresent(temporary)
      _ = pending.withLock { $0.remove(temporary) }
    }
    try produce(temporary)
    try OutputFolder.prepare(folder)
    return try names.map { name throws(CommandFailure) in
      let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
      guard unsafe rename(temporary + "/" + name, path) == 0 else {
        throw unsafe .cannotWrite(path: path, reason: String(cString: strerror(errno)))
      }
      return path
    }
  }

  /// Runs `body`, and when the process is interrupted meanwhile removes what it leaves at `path`.
  static func removingWhenInterrupted<Result>(
    _ path: String, _ body: () async throws -> Result
  ) async throws -> Result {
    _ = pending.withLock { $0.insert(path) }
    defer { _ = pending.withLock { $0.remove(path) } }
    return try await body()
  }

  /// Makes a folder with a random name, which is pending from its first moment on.
  private static func makePrivateFolder(in parent: String) throws(CommandFailure) -> String {
    var template = Array((parent + "/.silhouette-XXXXXX").utf8CString)
    let made = pending.withLock { paths -> String? in
      let isMade = unsafe template.withUnsafeMutableBufferPointer {
        unsafe $0.baseAddress.map { unsafe mkdtemp($0) != nil } ?? false
      }
      guard isMade else { return nil }
      let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
      paths.insert(path)
      return path
    }
    guard let made else {
      throw unsafe .cannotWrite(path: parent, reason: String(cString: strerror(errno)))
    }
    return made
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
