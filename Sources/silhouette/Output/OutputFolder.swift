internal import Foundation

/// Folders that files are written into.
enum OutputFolder {
  /// Sees whether files can come to be in a folder, before hours of work depend on it.
  ///
  /// Makes nothing: a run that fails or is interrupted leaves no empty folder behind.
  static func check(_ path: String) throws(CommandFailure) {
    let nearest = nearestExisting(path)
    guard isFolder(nearest) else {
      throw .cannotWrite(path: path, reason: "\(nearest) is not a folder")
    }
    guard FileManager.default.isWritableFile(atPath: nearest) else {
      throw .cannotWrite(path: path, reason: "permission denied in \(nearest)")
    }
  }

  /// Makes a folder where there is none.
  static func prepare(_ path: String) throws(CommandFailure) {
    try check(path)
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite(path: path, reason: AtomicFile.reason(error))
    }
  }

  /// The path itself where something is there, else the nearest one above it.
  static func nearestExisting(_ path: String) -> String {
    var nearest = path[...]
    while !FileManager.default.fileExists(atPath: String(nearest)) {
      // By hand: Foundation's way up traps on a name of one letter.
      guard let slash = nearest.lastIndex(of: "/") else { return "." }
      guard slash > nearest.startIndex else { return "/" }
      nearest = nearest[..<slash]
    }
    return String(nearest)
  }

  static func isFolder(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path + "/.")
  }
}
