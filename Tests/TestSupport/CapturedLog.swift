package import CryptoPrimitives
internal import Foundation
package import Logging
internal import Synchronization

/// All that is logged, of every level, with its metadata: what an operator could read.
package final class CapturedLog: Sendable {
  private let lines = Mutex<[(level: Logger.Level, text: String)]>([])

  package init() {}

  package var text: String { text(from: .trace) }

  /// What is left if lines below a level are not written: the program writes from `info` on.
  package func text(from level: Logger.Level) -> String {
    lines.withLock { lines in
      lines.filter { $0.level >= level }.map(\.text).joined(separator: "\n")
    }
  }

  package var logger: Logger { Logger(label: "captured") { _ in Handler(log: self) } }

  /// Those of `devices` that a text names: as keys are printed, from the first digits on, or as protobuf's JSON has them.
  package static func named(_ devices: [Bytes32], in text: String) -> [Bytes32] {
    devices.filter { device in
      let base64 = Data(device.bytes).base64EncodedString()
      // As little as a round's key shows of a task.
      return text.lowercased().contains(device.description.prefix(12)) || text.contains(base64)
        || text.contains(base64.replacing("+", with: "-").replacing("/", with: "_").dropLast())
    }
  }

  private struct Handler: LogHandler {
    let log: CapturedLog
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level = .trace

    init(log: CapturedLog) { self.log = log }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
      log.lines.withLock { $0.append((event.level, "\(event.level) \(event.message) \(all)")) }
    }
  }
}
