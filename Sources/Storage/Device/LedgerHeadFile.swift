internal import Foundation

/// The sealed head of a device's ledger, beside its key and outside of its database.
package enum LedgerHeadFile {
  private static let name = "ledger-head"
  /// Bytes of the longest that is read.
  private static let mostBytes = 1 << 28

  /// The sealed head of a folder; nil if there is none.
  package static func read(folder: String) throws(StorageError) -> [UInt8]? {
    let path = folder + "/" + name
    guard KeyFile.exists(name: name, in: folder) else { return nil }
    do {
      let file = try FileHandle(forReadingFrom: URL(filePath: path))
      defer { try? file.close() }  // Opened for reading: closing cannot lose anything.
      return [UInt8](try file.read(upToCount: mostBytes) ?? Data())
    } catch { throw DurableFile.failure(path, "read") }
  }

  /// Replaces the head; the new one is durable when this returns.
  package static func write(
    _ head: [UInt8], folder: String, faults: any FaultInjector
  ) throws(StorageError) {
    unsafe try DurableFile.write(head.span.bytes, name: name, in: folder, faults: NoFaults())
    try faults.reached(.ledgerHeadKept)
  }
}
