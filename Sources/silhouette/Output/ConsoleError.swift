internal import Foundation

/// The channel for everything that is not a result: progress, notices and errors.
enum ConsoleError {
  /// Whether somebody is looking on, rather than a file or another program.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Writes a line.
  static func write(_ line: String) { put(line + "\n") }

  /// Writes text as it is.
  static func put(_ text: String) {
    do {
      try FileHandle.standardError.write(contentsOf: Data(text.utf8))
    } catch {
      // Whoever closed stderr does not want to read this, and there is nowhere else to say it.
    }
  }
}
