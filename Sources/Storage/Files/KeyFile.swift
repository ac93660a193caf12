package import CryptoPrimitives

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Secret bytes in a file that only its owner can read.
///
/// The bytes go from guarded memory to the file and back; no array ever holds them.
package enum KeyFile {
  /// Writes fresh or given secret bytes.
  package static func write(
    _ secret: borrowing SecretBytes, name: String, in folder: String,
    faults: any FaultInjector = NoFaults()
  ) throws(StorageError) {
    try DurableFile.makeFolder(folder)
    try secret.withBytes { (bytes) throws(StorageError) in
      try DurableFile.write(bytes, name: name, in: folder, faults: faults)
    }
  }

  /// Whether the file is there.
  package static func exists(name: String, in folder: String) -> Bool {
    unsafe access(folder + "/" + name, F_OK) == 0
  }

  /// Gives a key file the name of another, which is gone then; durable when this returns.
  package static func rename(
    _ name: String, to other: String, in folder: String
  ) throws(StorageError) {
    try DurableFile.rename(name, to: other, in: folder)
  }

  /// Removes a key file; one that is not there is not missed.
  package static func remove(name: String, in folder: String) throws(StorageError) {
    let path = folder + "/" + name
    guard unsafe unlink(path) == 0 || errno == ENOENT else {
      throw DurableFile.failure(path, "unlink")
    }
  }

  /// The `count` bytes of a key file.
  ///
  /// - Throws: `keyFileMode` if others can read it, `keyFileLength`, `keyMissing`, or `file`.
  package static func read(
    _ count: Int, name: String, in folder: String
  ) throws(StorageError) -> SecretBytes {
    let path = folder + "/" + name
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT ? .keyMissing(path: path) : DurableFile.failure(path, "open")
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw DurableFile.failure(path, "fstat") }
    guard status.st_mode & 0o077 == 0 else {
      throw .keyFileMode(path: path, mode: UInt32(status.st_mode & 0o777))
    }
    guard Int(status.st_size) == count else {
      throw .keyFileLength(path: path, expected: count, found: Int(status.st_size))
    }
    var secret = SecretBytes(zeros: count)
    let found = unsafe secret.withUnsafeMutableBuffer { buffer in
      unsafe read(descriptor, buffer.baseAddress, buffer.count)
    }
    guard found == count else { throw DurableFile.failure(path, "read") }
    return secret
  }

  #if canImport(Glibc)
    private static func read(
      _ descriptor: Int32, _ start: UnsafeMutableRawPointer?, _ count: Int
    ) -> Int { unsafe Glibc.read(descriptor, start, count) }
  #else
    private static func read(
      _ descriptor: Int32, _ start: UnsafeMutableRawPointer?, _ count: Int
    ) -> Int { unsafe Darwin.read(descriptor, start, count) }
  #endif
}
