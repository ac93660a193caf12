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

/// A round that the device has sent its Unmask to, and of whose end the log has yet to tell.
package struct AwaitedEnd: Sendable, Equatable {
  /// What the coordinator has said to the device.
  package enum Heard: Sendable, Equatable {
    case nothing
    /// The hash of the version that the sum became.
    case committed(model: Bytes32)
    case aborted
  }

  package let key: RoundKey
  package let heard: Heard

  package init(key: RoundKey, heard: Heard) {
    self.key = key
    self.heard = heard
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

  /// Notes what the coordinator has said of a round's end; nothing for a round without an Unmask.
  package func note(_ heard: AwaitedEnd.Heard, of key: RoundKey) async throws(StorageError) {
    let (code, model): (Int, Bytes32?) =
      switch heard {
      case .nothing: (0, nil)
      case .committed(let model): (1, model)
      case .aborted: (2, nil)
      }
    try await database.write { database in
      try database.execute(
        sql: "UPDATE awaitedEnd SET heard = ?, model = ? WHERE task = ? AND round = ?",
        arguments: [code, model?.data, key.task.data, Int64(key.number)])
    }
  }

  /// Rounds whose end the log has not accounted for yet.
  package func awaitedEnds() async throws(StorageError) -> [AwaitedEnd] {
    try await database.read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM awaitedEnd ORDER BY task, round").map { row in
        let key = RoundKey(task: try row.hash("task"), number: UInt64(row["round"] as Int64))
        if let model = try row.optionalHash("model") {
          return AwaitedEnd(key: key, heard: .committed(model: model))
        }
        return AwaitedEnd(key: key, heard: row["heard"] as Int == 2 ? .aborted : .nothing)
      }
    }
  }

  /// Waits for no account any more: the device leaves its coordinator.
  package func forgetAwaitedEnds() async throws(StorageError) {
    try await database.write { try $0.execute(sql: "DELETE FROM awaitedEnd") }
  }

  /// Notes that the log has accounted for a round.
  package func settle(_ round: RoundKey) async throws(StorageError) {
    try await database.write { database in
      try database.execute(
        sql: "DELETE FROM awaitedEnd WHERE task = ? AND round = ?",
        arguments: [round.task.data, Int64(round.number)])
    }
  }
}
