package import CryptoPrimitives
internal import Foundation
internal import GRDB

/// An entry of a coordinator's log that was proved to the device.
package struct LogReceipt: Sendable, Equatable {
  /// Kind, subject and number: the key of the entry.
  package let kind: Int
  package let subject: Bytes32
  package let number: UInt64
  /// The entry with its proof.
  package let entry: [UInt8]
  /// The head that the proof is against, with its cosignatures.
  package let head: [UInt8]

  package init(kind: Int, subject: Bytes32, number: UInt64, entry: [UInt8], head: [UInt8]) {
    self.kind = kind
    self.subject = subject
    self.number = number
    self.entry = entry
    self.head = head
  }
}

/// A round with the device in it that ended with a new version.
package struct CommittedRound: Sendable, Equatable {
  package let key: RoundKey
  /// The version's hash.
  package let model: Bytes32

  package init(key: RoundKey, model: Bytes32) {
    self.key = key
    self.model = model
  }
}

extension SQLiteParticipantStore {
  /// Keeps a receipt; the first one about an entry stays.
  package func keep(_ receipt: LogReceipt) async throws(StorageError) {
    try await database.write { database in
      try database.execute(
        sql: """
          INSERT INTO receipt (kind, subject, number, entry, head) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT DO NOTHING
          """,
        arguments: [
          receipt.kind, receipt.subject.data, Int64(receipt.number), Data(receipt.entry),
          Data(receipt.head),
        ])
    }
  }

  /// All receipts by kind, subject and number.
  package func receipts() async throws(StorageError) -> [LogReceipt] {
    try await database.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM receipt ORDER BY kind, subject, number").map {
        LogReceipt(
          kind: $0["kind"], subject: try $0.hash("subject"), number: UInt64($0["number"] as Int64),
          entry: $0.bytes("entry"), head: $0.bytes("head"))
      }
    }
  }

  /// Notes that a round was committed, which the log has yet to account for.
  package func note(_ round: CommittedRound) async throws(StorageError) {
    try await database.write { database in
      try database.execute(
        sql: """
          INSERT INTO unsettled (task, round, model) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
          """,
        arguments: [round.key.task.data, Int64(round.key.number), round.model.data])
    }
  }

  /// Committed rounds that the log has not accounted for yet.
  package func unsettled() async throws(StorageError) -> [CommittedRound] {
    try await database.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM unsettled ORDER BY task, round").map {
        CommittedRound(
          key: RoundKey(task: try $0.hash("task"), number: UInt64($0["round"] as Int64)),
          model: try $0.hash("model"))
      }
    }
  }

  /// Waits for no account any more: the device leaves its coordinator.
  package func forgetUnsettled() async throws(StorageError) {
    try await database.write { try $0.execute(sql: "DELETE FROM unsettled") }
  }

  /// Notes that the log has accounted for a round.
  package func settle(_ round: RoundKey) async throws(StorageError) {
    try await database.write { database in
      try database.execute(
        sql: "DELETE FROM unsettled WHERE task = ? AND round = ?",
        arguments: [round.task.data, Int64(round.number)])
    }
  }
}
