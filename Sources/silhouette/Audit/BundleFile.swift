internal import Foundation

/// Files that audits read.
enum BundleFile {
  /// All bytes of a file.
  ///
  /// - Throws: `CommandFailure.inputMissing` that says what stands in the way: a folder, an address, nothing.
  static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
    guard !path.hasPrefix("http://"), !path.hasPrefix("https://") else {
      throw .inputMissing(
        file: path, reason: "this is an address, and audits read no network",
        remedy: "download it first, and name the file or folder that it became")
    }
    guard FileManager.default.fileExists(atPath: path) else {
      throw .inputMissing(
        file: path, reason: "no such file", remedy: "name a file that is there")
    }
    guard !OutputFolder.isFolder(path) else {
      throw .inputMissing(file: path, reason: "this is a folder", remedy: "name a file")
    }
    do {
      return [UInt8](try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw .inputMissing(
        file: path, reason: "cannot be read: \(AtomicFile.reason(error))",
        remedy: "see to it that this user may read it")
    }
  }
}
