internal import Foundation

/// Reads the text of scenario files.
enum ScenarioFile {
  /// The whole file as text.
  static func text(of path: String) throws -> String {
    guard FileManager.default.fileExists(atPath: path),
      !FileManager.default.fileExists(atPath: path + "/.")
    else {
      throw CommandFailure.inputMissing(
        file: path, remedy: "name a scenario file, for example simulations/demo.yaml")
    }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw CommandFailure.inputMissing(file: path, remedy: "it exists but may not be read")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure.notText(file: path)
    }
    return text
  }
}
