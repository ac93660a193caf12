internal import CryptoPrimitives
package import TransparencyLog

/// Why the coordinator's log does not let the device contribute.
package enum LogFault: Error, Sendable, Equatable {
  /// The device joined before there was a log.
  case notPinned
  /// The join code names another log than the one that is pinned.
  case otherLog
  /// The log has shown two histories, to this device: `DeviceNode.logEvidence()`.
  case convicted
  /// The head that is shown is none that the device can accept.
  case refused(LogRefusal)
  /// More witnesses are demanded than the coordinator has.
  case quorum(needed: Int, pinned: Int)
  /// The log does not show an entry that has to be there.
  case missing(EntryKey)
  /// The entry is there, and is another than the device was offered.
  case differs(EntryKey)
  /// A debit is of another set of survivors, or of other noise, than the device has taken part in.
  case falseDebit(EntryKey)
}

extension LogFault {
  /// Whether the same may succeed later: heads are published a little after what they are over, and answers to
  /// GET are signed by nobody, so that a proxy or a mirror can garble them.
  package var isTemporary: Bool {
    switch self {
    case .notPinned, .otherLog, .convicted, .falseDebit, .refused(.splitView), .refused(.shrunk):
      false
    case .refused, .quorum, .missing, .differs: true
    }
  }
}

extension LogFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notPinned:
      "the device joined before its coordinator had a log; ask for a new join code and join again"
    case .otherLog:
      "the join code names another log than the one that is known here: a log has one key for life; ask "
        + "whoever issued the code"
    case .convicted:
      "the coordinator has signed two histories of its log; the device keeps both as evidence and contributes "
        + "nothing more: leave, and tell whoever runs the coordinator"
    case .refused(let refusal): Self.text(of: refusal)
    case .quorum(let needed, let pinned):
      "\(needed) witnesses of the log are demanded, and the coordinator has \(pinned); lower log.witnesses, or "
        + "join again after witnesses were added"
    case .missing(let key):
      "the log does not show entry \(Self.text(of: key)); nothing is contributed until it does"
    case .differs(let key):
      "entry \(Self.text(of: key)) of the log is another than what the coordinator offers"
    case .falseDebit(let key):
      "entry \(Self.text(of: key)) of the log charges for another set of devices, or other noise, than this device "
        + "took part in; the device keeps it and contributes nothing more: leave, and tell whoever runs the coordinator"
    }
  }

  private static func text(of key: EntryKey) -> String {
    "\(key.kind) of \(String(key.subject.description.prefix(12)))/\(key.number)"
  }

  private static func text(of refusal: LogRefusal) -> String {
    switch refusal {
    case .splitView: "the log has signed two trees of one size; both are kept as evidence"
    case .shrunk: "the log has signed a later tree with fewer entries; both are kept as evidence"
    case .rollback(let seen, let offered):
      "the log shows \(offered) entries, and \(seen) were seen before"
    case .missingProof(let seen, let offered):
      "nothing shows that the log of \(offered) entries continues that of \(seen)"
    case .fewWitnesses(let found, let needed):
      "\(found) witnesses have signed the log's head, and \(needed) are demanded"
    default: "the log's head is refused (\(refusal.rule))"
    }
  }
}
