package import CryptoPrimitives

/// One round of one task.
package struct RoundReference: Sendable, Hashable {
  /// The identifier of the task.
  package let task: Bytes32
  /// The round counter of the task, from 1 on.
  package let number: UInt64

  package init(task: Bytes32, number: UInt64) {
    self.task = task
    self.number = number
  }

  var place: (subject: Bytes32, number: UInt64) { (task, number) }

  func append(to bytes: inout [UInt8]) {
    task.append(to: &bytes)
    bytes.append(littleEndian: number)
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    task = try reader.bytes32("round.task")
    number = try reader.ordinal("round.number")
  }
}
