internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A file open for writing whose failures keep the system's reason.
///
/// Foundation's own writers lose the difference between a full disk and other failures. The owner
/// closes the file; copies share one descriptor.
struct OutputFile: Sendable {
  let path: String
  private let descriptor: Int32

  /// Opens the file, made where absent, without changing what it holds.
  init(opening path: String) throws(DownloadError) {
    self.path = path
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(errno, "open", path) }
  }

  /// Makes a file that must not be there yet.
  init(creating path: String) throws(DownloadError) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(errno, "create", path) }
  }

  /// Takes the file for this process, until it is closed.
  func lock() throws(DownloadError) {
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      guard errno != EWOULDBLOCK else { throw .alreadyRunning(path: path) }
      throw .system(errno, "lock", path)
    }
  }

  /// Bytes in the file.
  func byteCount() throws(DownloadError) -> Int {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .system(errno, "read", path) }
    return Int(status.st_size)
  }

  /// Cuts the file to nothing and goes to its start.
  func clear() throws(DownloadError) {
    // Truncating what is empty already would fail on devices such as /dev/full.
    if try byteCount() > 0, ftruncate(descriptor, 0) != 0 {
      throw .system(errno, "truncate", path)
    }
    _ = lseek(descriptor, 0, SEEK_SET)
  }

  /// Puts the next write at the end.
  func seekToEnd() {
    _ = lseek(descriptor, 0, SEEK_END)
  }

  /// Writes all the bytes.
  func write(_ bytes: [UInt8]) throws(DownloadError) {
    var start = 0
    while start < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe systemWrite(descriptor, buffer[start...])
      }
      if written > 0 {
        start += written
      } else if errno != EINTR {
        throw .system(errno, "write", path)
      }
    }
  }

  /// Closes the file, and tells of writes that only fail now.
  func close() throws(DownloadError) {
    guard systemClose(descriptor) == 0 || errno == EINTR else {
      throw .system(errno, "write", path)
    }
  }

  /// Closes the file after a failure, which is the one to report.
  func abandon() {
    _ = systemClose(descriptor)
  }
}

// The members above hide the system's functions of the same names.
private func systemWrite(_ descriptor: Int32, _ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
  let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes)
  return unsafe write(descriptor, rest.baseAddress, rest.count)
}

private func systemClose(_ descriptor: Int32) -> Int32 {
  close(descriptor)
}

extension DownloadError {
  /// The error for a failed system call; a full disk or quota has its own case.
  static func system(_ code: Int32, _ operation: String, _ path: String) -> DownloadError {
    if code == ENOSPC || code == EDQUOT { return .diskFull(path: path) }
    return .fileOperation(operation, path: path, reason: unsafe String(cString: strerror(code)))
  }
}

/// Makes the directory and those above it.
func makeDirectory(_ path: String) throws(DownloadError) {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
    throw .diskFull(path: path)
  } catch {
    throw .fileOperation("make directory", path: path, reason: error.localizedDescription)
  }
}

/// Removes the file or directory; one that is not there is no failure.
func removeIfPresent(_ path: String) throws(DownloadError) {
  do {
    try FileManager.default.removeItem(atPath: path)
  } catch let error as CocoaError where error.code == .fileNoSuchFile {
    return
  } catch {
    throw .fileOperation("remove", path: path, reason: error.localizedDescription)
  }
}
