internal import Synchronization

/// Shows on stderr how far something is: a bar on a terminal, a line per phase anywhere else.
final class ProgressDisplay: Sendable {
  private struct State {
    var phase: String?
    var shownPercent: Int?
  }

  private static let width = 24

  private let isTerminal: Bool
  private let isQuiet: Bool
  private let state = Mutex(State())

  init(isQuiet: Bool, isTerminal: Bool = ConsoleError.isTerminal) {
    self.isQuiet = isQuiet
    self.isTerminal = isTerminal
  }

  /// Shows a phase and how much of it is done, 0 to 1 or not known.
  func show(phase: String, fraction: Double?) {
    guard !isQuiet else { return }
    let percent = fraction.map { Int((min(max($0, 0), 1) * 100).rounded(.down)) }
    // Written under the lock: two threads must not mix their lines.
    state.withLock { state in
      let isNew = state.phase != phase
      guard isNew || (isTerminal && state.shownPercent != percent) else { return }
      state.phase = phase
      state.shownPercent = percent
      ConsoleError.put(isTerminal ? Self.bar(phase: phase, percent: percent) : phase + "\n")
    }
  }

  /// Takes the bar away, so that the next line starts clean.
  func finish() {
    guard !isQuiet, isTerminal else { return }
    state.withLock { state in
      if state.phase != nil { ConsoleError.put("\r\u{1B}[2K") }
      state = State()
    }
  }

  /// The line of a terminal, over whatever stood there.
  private static func bar(phase: String, percent: Int?) -> String {
    guard let percent else { return "\r\u{1B}[2K\(phase) ..." }
    let filled = width * percent / 100
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
    let padding = String(repeating: " ", count: 3 - "\(percent)".count)
    return "\r\u{1B}[2K[\(bar)] \(padding)\(percent) % \(phase)"
  }
}
