package import CryptoPrimitives
package import TransparencyLog

/// What contributions are counted by: a task of a plan, at one coordinator, with the noise that hid them.
package struct ChargedTask: Sendable, Hashable {
  package let coordinator: VerificationKey
  /// The hash of the plan.
  package let plan: Bytes32
  /// The name of the task: protocols/node-api.md, section 8.
  package let task: Bytes32
  /// All that an accountant needs.
  package let mechanism: LoggedMechanism

  package init(
    coordinator: VerificationKey, plan: Bytes32, task: Bytes32, mechanism: LoggedMechanism
  ) {
    self.coordinator = coordinator
    self.plan = plan
    self.task = task
    self.mechanism = mechanism
  }

  func append(to bytes: inout [UInt8]) {
    coordinator.encoding.append(to: &bytes)
    plan.append(to: &bytes)
    task.append(to: &bytes)
    mechanism.append(to: &bytes)
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    coordinator = try reader.key("charge.coordinator")
    plan = try reader.bytes32("charge.plan")
    task = try reader.bytes32("charge.task")
    mechanism = try LoggedMechanism(from: &reader)
  }
}

/// How often a device has contributed to a task.
package struct TaskAccount: Sendable, Equatable {
  package let charge: ChargedTask
  package internal(set) var count: Int
  /// Unix seconds of the last time.
  package internal(set) var last: UInt64

  package init(charge: ChargedTask, count: Int, last: UInt64) {
    self.charge = charge
    self.count = count
    self.last = last
  }

  /// More than any device contributes.
  static let mostCount = 1 << 30

  func append(to bytes: inout [UInt8]) {
    charge.append(to: &bytes)
    bytes.append(littleEndian: UInt32(count))
    bytes.append(littleEndian: last)
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    charge = try ChargedTask(from: &reader)
    count = try reader.number(1...Self.mostCount, "account.count")
    last = try reader.u64(0...LogLimits.mostCount, "account.last")
  }
}

extension [TaskAccount] {
  /// Accounts that a device may have, at most.
  static var most: Int { 1 << 20 }

  func append(to bytes: inout [UInt8]) {
    bytes.append(littleEndian: UInt32(count))
    for account in self { account.append(to: &bytes) }
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    self = []
    for _ in 0..<(try reader.number(0...Self.most, "accounts.count")) {
      append(try TaskAccount(from: &reader))
    }
  }
}
