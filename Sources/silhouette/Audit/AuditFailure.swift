/// What can go wrong in an audit, the verdict included.
enum AuditFailure: Error, Equatable, CustomStringConvertible {
  case refused(file: String, finding: String)
  case otherKeys(file: String)
  case faultyKeys(file: String, reason: String)
  case faultyMeasurement(file: String, reason: String)
  case faultyVectors(file: String, reason: String)
  case unreadableLog(folder: String, reason: String)
  case planMissing(hash: String)
  case claimRefuted(count: Int)

  var status: ExitStatus {
    switch self {
    case .refused, .otherKeys, .claimRefuted: .refuted
    case .faultyKeys, .faultyMeasurement, .faultyVectors, .unreadableLog: .badInput
    case .planMissing: .inputMissing
    }
  }

  var description: String {
    switch self {
    case .refused(let file, let finding): "\(file) is refused: \(finding)"
    case .otherKeys(let file):
      "\(file) is in order, but names other keys, witnesses or another quorum than you rely on; do not "
        + "accept it before you know why"
    case .faultyKeys(let file, let reason):
      "\(file): \(reason); write {\"log\": HEX, \"authority\": HEX, \"witnesses\": [HEX], \"quorum\": N}"
    case .faultyMeasurement(let file, let reason):
      "\(file): \(reason); take what `audit empirical --json` has written"
    case .faultyVectors(let file, let reason):
      "\(file): \(reason); write it as protocols/vectors/ledger/1/README.md says"
    case .unreadableLog(let folder, let reason): "the log in \(folder) cannot be read: \(reason)"
    case .planMissing(let hash):
      "the log names the plan \(hash); add its document with --plan FILE, as it was signed"
    case .claimRefuted(let count):
      "\(count) claims are refuted by measurement; each is listed with its bound"
    }
  }
}
