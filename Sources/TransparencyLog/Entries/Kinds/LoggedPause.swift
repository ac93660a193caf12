package import CryptoPrimitives

/// A task is paused, or goes on.
package struct LoggedPause: Sendable, Equatable {
  package enum State: UInt8, Sendable, CaseIterable {
    case paused = 1
    case resumed = 2
  }

  package let task: Bytes32
  /// Pauses and resumptions of the task, from 1 on.
  package let number: UInt64
  package let state: State

  package init(task: Bytes32, number: UInt64, state: State) {
    self.task = task
    self.number = number
    self.state = state
  }
}

extension LoggedPause: EntryFields {
  static let kind = EntryKind.pause
  var place: (subject: Bytes32, number: UInt64) { (task, number) }

  func append(to bytes: inout [UInt8]) {
    task.append(to: &bytes)
    bytes.append(littleEndian: number)
    bytes.append(state.rawValue)
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    task = try reader.bytes32("pause.task")
    number = try reader.ordinal("pause.number")
    guard let state = State(rawValue: try reader.u8("pause.state")) else {
      throw reader.refusal(.range, "pause.state")
    }
    self.state = state
  }
}
