internal import Foundation

/// A folder of known answers of any protocol, recognized by the names of its files.
package enum VectorFolder {
  /// Compares all results with what the library computes.
  ///
  /// - Throws: `ProtocolVectorError` where a file cannot be understood.
  package static func verify(_ path: String) async throws(ProtocolVectorError) -> VectorReport {
    if holds(path, LedgerVectors.fileNames) { return try LedgerVectors.verify(folder: path) }
    if holds(path, LogVectors.fileNames) { return try LogVectors.verify(folder: path) }
    return try await ProtocolVectors(folder: path).verify()
  }

  private static func holds(_ path: String, _ names: [String]) -> Bool {
    names.contains { FileManager.default.fileExists(atPath: path + "/" + $0) }
  }

  /// Verifies those of `names` that are there, in their order.
  static func verify(
    _ path: String, _ names: [String],
    _ body: (_ name: String, _ bytes: Data) throws(ProtocolVectorError) -> VectorReport.File
  ) throws(ProtocolVectorError) -> VectorReport {
    var report = VectorReport(files: [], missing: [])
    for name in names {
      guard FileManager.default.fileExists(atPath: path + "/" + name) else {
        report.missing.append(name)
        continue
      }
      let bytes: Data
      do {
        bytes = try Data(contentsOf: URL(filePath: path + "/" + name))
      } catch {
        throw .unreadable(file: name, reason: error.localizedDescription)
      }
      report.files.append(try body(name, bytes))
    }
    return report
  }
}
