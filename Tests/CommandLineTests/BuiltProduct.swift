import Foundation
import Testing

/// The program as a user starts it.
struct BuiltProduct {
  struct Run {
    let status: Int32
    let output: String
    let errors: String
  }

  /// The executable beside the bundle that holds these tests.
  static func path() throws -> String {
    let arguments = ProcessInfo.processInfo.arguments
    let bundle = arguments.compactMap { argument in
      argument.range(of: ".xctest").map { String(argument[..<$0.upperBound]) }
    }.first
    let folder = URL(filePath: bundle ?? arguments[0]).deletingLastPathComponent()
    let product = folder.appending(path: "silhouette").path(percentEncoded: false)
    try #require(FileManager.default.isExecutableFile(atPath: product), "no program at \(product)")
    return product
  }

  /// Starts the program, waits for it and returns what it wrote.
  ///
  /// It has no terminal, an empty home folder and no data sets.
  /// - Parameters:
  ///   - environment: what is set besides the home folder.
  ///   - outputFile: where results go instead of a file that is read back.
  static func run(
    _ arguments: String..., in folder: TemporaryFolder, environment: [String: String] = [:],
    outputFile: String? = nil
  ) async throws -> Run {
    try await run(
      arguments: arguments, in: folder, environment: environment, outputFile: outputFile)
  }

  /// As `run`, for arguments that are made up of parts.
  static func run(
    arguments: [String], in folder: TemporaryFolder, environment: [String: String] = [:],
    outputFile: String? = nil
  ) async throws -> Run {
    let process = Process()
    process.executableURL = URL(filePath: try path())
    process.arguments = arguments
    process.currentDirectoryURL = folder.url
    process.environment = ["HOME": folder.url.path(percentEncoded: false)]
      .merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: a full pipe would stop the program while nobody reads it.
    let output = folder.url.appending(path: "stdout")
    let errors = folder.url.appending(path: "stderr")
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(
      forWritingTo: outputFile.map { URL(filePath: $0) } ?? output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in done.resume() }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        done.resume(throwing: error)
      }
    }
    return Run(
      status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }
}

/// A folder that is gone when the test is.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appending(path: "silhouette-\(UUID().uuidString)/work", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    do {
      try FileManager.default.removeItem(at: url.deletingLastPathComponent())
    } catch {
      Issue.record("could not remove \(url): \(error)")
    }
  }

  /// Writes a file into the folder.
  func write(_ text: String, to name: String) throws {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Whether there is something of this name in the folder.
  func holds(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: url.appending(path: name).path(percentEncoded: false))
  }
}
