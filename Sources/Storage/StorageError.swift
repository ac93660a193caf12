package import CryptoPrimitives
internal import Foundation
package import TransparencyLog

/// Why something could not be stored or read back.
///
/// Messages name the file, table or key and what to do; they never hold stored values. No case holds the identity of a device:
/// errors end in logs, and logs name nobody.
package enum StorageError: Error, Sendable, Equatable {
  /// A call of the operating system failed on a file.
  case file(path: String, call: String, errno: Int32)
  /// There is no room left for what had to be written; nothing of it was kept.
  case diskFull(path: String)
  /// The file was written by a newer version.
  case schemaIsNewer(path: String)
  /// SQLite refused.
  case database(path: String, code: Int32, text: String)
  /// A stored value is not what was once written.
  case corrupt(table: String, field: String)
  /// No file holds the bytes with this hash.
  case blobMissing(Bytes32)
  /// The bytes of a blob do not have the hash that names it.
  case blobDamaged(Bytes32)
  /// A device said two different things in one step of a round.
  case equivocation(RoundKey, step: Int)
  /// The round has ended; its journal takes no more entries.
  case roundHasEnded(RoundKey)
  case unknownRound(RoundKey)
  /// A second round with this number, or one that does not follow the last.
  case roundOutOfOrder(RoundKey, last: UInt64)
  case unknownPlan(Bytes32)
  /// A plan cannot go from one state to the other.
  case planTransition(Bytes32, from: PlanState, to: PlanState)
  /// A round cannot begin: the plan was paused, or has ended.
  case planIsNotRunning(Bytes32)
  case unknownModel(Bytes32)
  /// The plan has a gate, and no measurement has opened it.
  case gateClosed(plan: Bytes32)
  /// The parent of a new model version is not the version in use.
  case staleParent(expected: Bytes32?, found: Bytes32?)
  /// A join code that was never issued, or already used.
  case joinCodeInvalid
  case joinCodeExpired
  /// The identity was revoked; no join code brings it back.
  case deviceRevoked
  case unknownDevice
  /// A file with secrets can be read by others.
  case keyFileMode(path: String, mode: UInt32)
  case keyMissing(path: String)
  /// A key that is to replace another is there, and has not done so yet.
  case rotationUnfinished(path: String, key: String)
  case keyFileLength(path: String, expected: Int, found: Int)
  /// Another process works in the folder.
  case folderInUse(String)
  /// The device's record of spending would go down, or twice to one round.
  case chargeExists(RoundKey)
  /// Another process has added to a device's ledger meanwhile.
  case ledgerOutOfOrder(entry: UInt64, last: UInt64)
  /// A witness has promised something else for this round, its position, or its cohort.
  case secondPromise(RoundKey)
  /// A witness has accepted a head that this one does not continue.
  case secondHead(size: UInt64)
  /// The record of what a witness has promised is not there.
  case witnessStoreMissing(path: String)
  /// The witnesses of a coordinator were changed by another command meanwhile.
  case witnessesChanged(expected: UInt64, found: UInt64)
  /// The log has another entry about the same; it never gets a second one.
  case logEntryExists(EntryKey)
  /// The log has fewer entries than are asked for.
  case logIsShorter(size: UInt64, asked: UInt64)
  /// Something that happened cannot be written as an entry of the log.
  case notLoggable(EncodingFault)
  /// The heads in the store are of another log than the key in the keys' folder.
  case otherLog(stored: Bytes32)
  /// What is stored does not continue the head that was signed last.
  case logDamaged(rule: String)
}

extension StorageError {
  /// Whether what was stored is lost, so that trying again is of no use.
  package var isDamage: Bool {
    switch self {
    case .corrupt, .blobMissing, .blobDamaged, .unknownModel, .unknownPlan: true
    default: false
    }
  }
}

extension StorageError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .file(let path, let call, let code):
      unsafe "\(path): \(call) failed: \(String(cString: strerror(code)))"
    case .diskFull(let path): "\(path): the disk is full; make room and start again"
    case .schemaIsNewer(let path): "\(path): written by a newer version; install that one"
    case .database(let path, let code, let text):
      "\(path): the database refused (SQLite code \(code)): \(text)"
    case .corrupt(let table, let field): "table \(table), field \(field): damaged; restore a backup"
    case .blobMissing(let hash): "blob \(hash) is missing; restore a backup"
    case .blobDamaged(let hash): "blob \(hash) does not have its hash; restore a backup"
    case .equivocation(let round, let step):
      "a device sent two different messages for step \(step) of round \(round)"
    case .roundHasEnded(let round): "round \(round) has ended"
    case .unknownRound(let round): "there is no round \(round)"
    case .roundOutOfOrder(let round, let last): "round \(round) does not follow round \(last)"
    case .unknownPlan(let hash): "there is no plan \(hash)"
    case .planTransition(let hash, let from, let to):
      "plan \(hash) is \(from.rawValue) and cannot become \(to.rawValue)"
    case .planIsNotRunning(let hash): "plan \(hash) does not run; resume it first"
    case .unknownModel(let hash): "there is no model version \(hash)"
    case .gateClosed(let plan):
      "plan \(plan) has audit.gate: its versions are offered to devices only with a measurement of it; name one with "
        + "--measured"
    case .staleParent(let expected, let found):
      "the parent has to be \(Self.text(expected)), not \(Self.text(found))"
    case .joinCodeInvalid: "the join code was not issued here, or is used up; ask for another"
    case .joinCodeExpired: "the join code has expired; ask for another"
    case .deviceRevoked: "the device was revoked"
    case .unknownDevice: "there is no such device"
    case .rotationUnfinished(let path, let key):
      "\(path): the new key has not replaced the old one; finish that with: silhouette coordinator rotate-\(key)"
    case .keyMissing(let path): "\(path): the key is missing; restore the backup of the keys"
    case .keyFileMode(let path, let mode):
      "\(path): mode \(String(mode, radix: 8)) lets others read it; run chmod 600 on it"
    case .keyFileLength(let path, let expected, let found):
      "\(path): \(found) bytes instead of \(expected); restore a backup"
    case .folderInUse(let path): "\(path): another process works here; stop that one first"
    case .chargeExists(let round): "round \(round) is charged already"
    case .ledgerOutOfOrder(let entry, let last):
      "entry \(entry) of the device's ledger does not follow entry \(last): another process works in the folder; "
        + "stop that one"
    case .secondPromise(let round):
      "the witness has promised something else for round \(round), its position or its cohort"
    case .secondHead(let size):
      "the witness has accepted a head of the log that this one of \(size) entries does not continue"
    case .witnessStoreMissing(let path):
      "\(path) is missing: the witness cannot know what it has promised; make a new one with: "
        + "silhouette witness init"
    case .witnessesChanged(let expected, let found):
      "the witnesses were changed meanwhile (list \(found), not \(expected)); run the command again"
    case .logEntryExists(let key):
      "the log has another entry (kind \(key.kind.rawValue)) about \(key.subject), \(key.number); run the "
        + "command again"
    case .logIsShorter(let size, let asked): "the log has \(size) entries, not \(asked)"
    case .notLoggable(let fault): "what happened cannot be logged: \(fault)"
    case .otherLog(let stored):
      "the store is that of the log \(stored), whose key is not in the keys' folder; restore the file log there "
        + "from a backup"
    case .logDamaged(let rule):
      "the log in the store does not continue the head that was signed last (\(rule)); restore the newest backup "
        + "of keys and store"
    }
  }

  private static func text(_ hash: Bytes32?) -> String { hash.map(\.description) ?? "none" }
}
