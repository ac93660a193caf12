internal import Foundation

/// The channel for results.
enum ConsoleOutput {
  /// Writes a line; that it cannot be written is an error like that of any other file.
  static func write(_ line: String) throws(CommandFailure) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    } catch {
      throw .cannotWrite(path: "the standard output", reason: AtomicFile.reason(error))
    }
  }

  /// Writes a value as JSON with its keys in alphabetical order.
  static func writeJSON(_ value: some Encodable) throws {
    try write(try json(value))
  }

  /// A value as JSON, indented, with its keys in alphabetical order.
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
