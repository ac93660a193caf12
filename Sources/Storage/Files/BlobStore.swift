package import CryptoPrimitives
internal import Foundation

/// Files named by the BLAKE2b-256 hash of their bytes.
///
/// Storing the same bytes again changes nothing, so a retry after a crash is free.
package struct BlobStore: Sendable {
  package let folder: String
  private let faults: any FaultInjector

  /// Opens the folder and makes it if it is missing.
  ///
  /// - Parameter clears: whether to remove what crashes left behind; nobody else may be writing then.
  package init(
    folder: String, clears: Bool = true, faults: any FaultInjector
  ) throws(StorageError) {
    self.folder = folder
    self.faults = faults
    try DurableFile.makeFolder(folder)
    guard clears else { return }
    for name in try names() where name.hasSuffix(".tmp") { try remove(named: name) }
  }

  /// Stores bytes durably and returns their hash.
  package func store(_ bytes: [UInt8]) throws(StorageError) -> Bytes32 {
    let hash = Blake2b.digest(bytes)
    guard !contains(hash) else {
      // The write that put it there may have ended before its name was durable.
      try DurableFile.sync(folder: folder)
      return hash
    }
    unsafe try DurableFile.write(
      bytes.span.bytes, name: hash.description, in: folder, faults: faults)
    return hash
  }

  package func contains(_ hash: Bytes32) -> Bool {
    FileManager.default.fileExists(atPath: path(of: hash))
  }

  /// The bytes with this hash.
  ///
  /// - Throws: `blobMissing`, or `blobDamaged` if the file does not have its hash.
  package func bytes(_ hash: Bytes32) throws(StorageError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path(of: hash)) else {
      throw .blobMissing(hash)
    }
    let bytes = [UInt8](data)
    guard Blake2b.digest(bytes) == hash else { throw .blobDamaged(hash) }
    return bytes
  }

  /// How long a blob is.
  package func byteCount(_ hash: Bytes32) throws(StorageError) -> Int {
    do {
      let attributes = try FileManager.default.attributesOfItem(atPath: path(of: hash))
      guard let size = attributes[.size] as? Int else { throw StorageError.blobMissing(hash) }
      return size
    } catch { throw .blobMissing(hash) }
  }

  /// A part of a blob; whether the whole has its hash is not checked.
  ///
  /// - Throws: `blobMissing`, or `blobDamaged` if it is shorter.
  package func bytes(_ hash: Bytes32, _ range: Range<Int>) throws(StorageError) -> [UInt8] {
    guard let file = FileHandle(forReadingAtPath: path(of: hash)) else { throw .blobMissing(hash) }
    do {
      try file.seek(toOffset: UInt64(range.lowerBound))
      guard let data = try file.read(upToCount: range.count), data.count == range.count else {
        throw StorageError.blobDamaged(hash)
      }
      return [UInt8](data)
    } catch { throw .blobDamaged(hash) }
  }

  /// Removes a blob; one that is not there is not missed.
  package func remove(_ hash: Bytes32) throws(StorageError) {
    if contains(hash) { try remove(named: hash.description) }
  }

  /// Removes every blob that `isNeeded` denies.
  package func sweep(keeping needed: Set<Bytes32>) throws(StorageError) {
    let names = Set(needed.map(\.description))
    for name in try self.names() where !names.contains(name) { try remove(named: name) }
  }

  /// Where the bytes with this hash are, or would be.
  package func path(of hash: Bytes32) -> String { folder + "/" + hash.description }

  private func names() throws(StorageError) -> [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
      throw DurableFile.failure(folder, "readdir")
    }
  }

  private func remove(named name: String) throws(StorageError) {
    do { try FileManager.default.removeItem(atPath: folder + "/" + name) } catch {
      throw DurableFile.failure(folder + "/" + name, "unlink")
    }
  }
}
