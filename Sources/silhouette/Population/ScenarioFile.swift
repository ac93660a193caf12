internal import Foundation

/// Reads the text of scenario files.
enum ScenarioFile {
  /// The whole file as text.
  static func text(of path: String) throws -> String {
    let remedy = "name a scenario file, for example simulations/demo.yaml"
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandFailure.inputMissing(file: path, reason: "no such file", remedy: remedy)
    }
    guard !OutputFolder.isFolder(path) else {
      throw CommandFailure.inputMissing(file: path, reason: "this is a folder", remedy: remedy)
    }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw CommandFailure.inputMissing(
        file: path, reason: AtomicFile.reason(error), remedy: "make it readable")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure.notText(file: path)
    }
    return text
  }
}
