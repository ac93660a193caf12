internal import CryptoPrimitives

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Files that are either whole or not there, whatever happens meanwhile.
///
/// Bytes go to a temporary file, which is synced, renamed, and its folder synced.
enum DurableFile {
  /// Only the owner may read.
  static let privateMode: mode_t = 0o600

  /// Writes `bytes` to `folder/name`, replacing what is there.
  static func write(
    _ bytes: RawSpan, name: String, in folder: String, mode: mode_t = privateMode,
    faults: any FaultInjector
  ) throws(StorageError) {
    let path = folder + "/" + name
    let temporary = folder + "/." + name + "." + suffix() + ".tmp"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw failure(temporary, "open") }
    do throws(StorageError) {
      try faults.reached(.fileOpened)
      try writeAll(bytes, to: descriptor, path: temporary)
      try faults.reached(.fileWritten)
      try sync(descriptor, path: temporary)
      try faults.reached(.fileSynced)
      guard rename(temporary, path) == 0 else { throw failure(path, "rename") }
    } catch {
      close(descriptor)
      unsafe unlink(temporary)
      throw error
    }
    close(descriptor)
    try faults.reached(.fileRenamed)
    try sync(folder: folder)
    try faults.reached(.fileStored)
  }

  /// Gives a file the name of another, which is gone then; durable when this returns.
  static func rename(_ name: String, to other: String, in folder: String) throws(StorageError) {
    guard rename(folder + "/" + name, folder + "/" + other) == 0 else {
      throw failure(folder + "/" + name, "rename")
    }
    try sync(folder: folder)
  }

  #if canImport(Glibc)
    private static func rename(_ old: String, _ new: String) -> Int32 {
      unsafe Glibc.rename(old, new)
    }
  #else
    private static func rename(_ old: String, _ new: String) -> Int32 {
      unsafe Darwin.rename(old, new)
    }
  #endif

  /// Makes the names in a folder durable.
  static func sync(folder: String) throws(StorageError) {
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(folder, "open") }
    defer { close(descriptor) }
    try sync(descriptor, path: folder)
  }

  private static func sync(_ descriptor: Int32, path: String) throws(StorageError) {
    #if canImport(Darwin)
      // There fsync leaves the bytes in the drive's cache; where this is not known, it is all there is.
      if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
    #endif
    guard fsync(descriptor) == 0 else { throw failure(path, "fsync") }
  }

  /// Makes a folder that only the owner may enter, unless it exists.
  static func makeFolder(_ path: String) throws(StorageError) {
    if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    // Those above it, which are as private.
    if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      try makeFolder(String(path[..<slash]))
      if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    }
    throw failure(path, "mkdir")
  }

  static func failure(_ path: String, _ call: String) -> StorageError {
    let code = errno
    return code == ENOSPC || code == EDQUOT
      ? .diskFull(path: path) : .file(path: path, call: call, errno: code)
  }

  private static func writeAll(
    _ bytes: RawSpan, to descriptor: Int32, path: String
  ) throws(StorageError) {
    var done = 0
    while done < bytes.byteCount {
      let count = unsafe bytes.withUnsafeBytes { buffer -> Int in
        guard let start = buffer.baseAddress else { return -1 }
        return unsafe Self.write(descriptor, start + done, buffer.count - done)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure(path, "write") }
      done += count
    }
  }

  private static func write(
    _ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int
  ) -> Int {
    #if canImport(Glibc)
      unsafe Glibc.write(descriptor, start, count)
    #else
      unsafe Darwin.write(descriptor, start, count)
    #endif
  }

  /// Two writers never share a temporary file.
  private static func suffix() -> String {
    var randomness = RandomStream.system()
    return String(randomness.nextWord(), radix: 36)
  }
}
