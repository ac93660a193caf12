internal import Report
internal import TransparencyLog

/// What can go wrong in an audit, the verdict included.
enum AuditFailure: Error, Equatable, CustomStringConvertible {
  case refused(file: String, finding: String)
  case otherKeys(file: String, keys: String, differences: [String])
  case otherLog(folder: String, keys: String, pinned: String)
  case faultyKeys(file: String, reason: String)
  case faultyMeasurement(file: String, reason: String)
  case faultySigningKey(file: String, reason: String)
  case faultyReport(file: String, reason: String)
  case reportChanged(file: String, reason: String)
  case faultyEvidence(file: String, reason: String)
  case noConviction(file: String, log: String)
  case faultySeen(file: String, reason: String)
  case otherHistory(file: String, seen: String, departure: BundleHistory.Departure)
  case unreadableLog(folder: String, reason: String)
  case planMissing(hash: String, folder: String, given: [String])
  case claimRefuted(count: Int)
  case nothingMeasured(reasons: [String])
  case gateNeedsMeasurement(plan: String)
  case otherMeasurement(file: String, measured: String, plan: String)
  case gateClosed(file: String, task: String, found: Double, claimed: Double)
  case gateNeedsAlpha(file: String, task: String, alpha: Double, most: Double)
  /// Whatever the mechanism had done, the measurement would have passed.
  case gateNeedsCanaries(
    file: String, task: String, canaries: Int, ceiling: Double, claimed: Double)

  var status: ExitStatus {
    switch self {
    case .refused, .otherKeys, .otherLog, .claimRefuted, .reportChanged, .gateClosed, .noConviction,
      .otherHistory:
      .refuted
    case .faultyKeys, .faultyMeasurement, .otherMeasurement, .faultySigningKey, .faultyReport,
      .faultyEvidence, .faultySeen, .unreadableLog, .gateNeedsAlpha, .gateNeedsCanaries:
      .badInput
    case .planMissing, .gateNeedsMeasurement, .nothingMeasured: .inputMissing
    }
  }

  var description: String {
    switch self {
    case .refused(let file, let finding): "\(file) is refused: \(finding)"
    case .otherKeys(let file, let keys, let differences):
      "\(file) keeps the rules, and names other keys than \(keys): \(differences.joined(separator: "; ")); "
        + "do not accept it before you know why"
    case .otherLog(let folder, let keys, let pinned):
      "the log in \(folder) is not that of \(keys), whose field log is \(pinned); take the log's own file of "
        + "keys, or ask why they differ"
    case .faultyKeys(let file, let reason):
      "\(file): \(reason); a file of keys is {\"log\": HEX, \"authority\": HEX, \"witnesses\": [HEX, ...], "
        + "\"quorum\": N}, as silhouette coordinator log keys prints it"
    case .faultyMeasurement(let file, let reason):
      "\(file): \(reason); take what silhouette audit empirical --json has written"
    case .faultySigningKey(let file, let reason):
      "\(file): \(reason); name your signing key, or a file that is not there for a new one"
    case .faultyReport(let file, let reason):
      "\(file): \(reason); take the three files that silhouette audit report has written"
    case .reportChanged(let file, let reason): "\(file): \(reason); do not rely on this report"
    case .faultyEvidence(let file, let reason):
      "\(file): \(reason); take what silhouette client log or witness log has written with --evidence"
    case .noConviction(let file, let log):
      "\(file) shows nothing against the log \(log): it has not signed both, or both can be true"
    case .faultySeen(let file, let reason):
      "\(file): \(reason); take an earlier bundle, or what client log --json or witness log --json has printed"
    case .otherHistory(let file, let seen, let departure):
      "\(file) keeps the rules, and does not go together with \(seen): \(Self.text(departure))"
    case .unreadableLog(let folder, let reason):
      "the log in \(folder) cannot be read: \(reason); copy it once more from where it is served"
    case .planMissing(let hash, let folder, let given):
      "the log names the plan \(hash), and \(folder)/\(LogFolder.plansFolder)/\(hash) is not there; add its "
        + "document, as it was signed, with --plan FILE"
        + (given.isEmpty ? "" : " (\(given.joined(separator: ", ")))")
        + ": silhouette coordinator log export copies it, and a coordinator serves it as /v1/blobs/\(hash)"
    case .gateNeedsMeasurement(let plan):
      "the plan \(plan) has audit.gate: measure it with silhouette audit empirical --plan FILE --json > "
        + "measured.json, and name that with --measured; its document is in the log's folder plans, see "
        + "silhouette coordinator log export"
    case .otherMeasurement(let file, let measured, let plan):
      "\(file): this is a measurement of \(measured), and the version is of the plan \(plan)"
    case .gateClosed(let file, let task, let found, let claimed):
      "\(file): of \(task) epsilon was found to be at least \(FigureText.short(found)), and "
        + "\(FigureText.upperBound(claimed)) is claimed; the version is not put to use before it is known why"
    case .gateNeedsAlpha(let file, let task, let alpha, let most):
      "\(file): \(task) was measured at alpha \(FigureText.short(alpha)), and a gate asks for at most "
        + "\(FigureText.short(most)); measure again with --alpha \(FigureText.short(most))"
    case .gateNeedsCanaries(let file, let task, let canaries, let ceiling, let claimed):
      "\(file): the measurement of \(task) could not have failed: \(canaries) canaries can show epsilon "
        + "\(FigureText.short(ceiling)) at most, and \(FigureText.upperBound(claimed)) is claimed; measure with more: "
        + "--canaries \(canaries * 2), or twice as many again"
    case .nothingMeasured(let reasons):
      "nothing was measured, so nothing was refuted and nothing has passed: "
        + reasons.joined(separator: "; ")
    case .claimRefuted(let count):
      count == 1
        ? "1 claim is refuted by measurement; it is listed with its bound"
        : "\(count) claims are refuted by measurement; each is listed with its bound"
    }
  }

  private static func text(_ departure: BundleHistory.Departure) -> String {
    switch departure {
    case .otherLog: "that is of another log"
    case .headSignature: "a head in it was not signed by the log's key, and is nobody's word"
    case .otherRoot(let size):
      "the log has signed another root over its first \(FigureText.count(Int(size), "entry", "entries")): it shows "
        + "different people different histories, and this is not to be relied on"
    case .proof(let index):
      "the proof of entry \(index) does not hold under the head that it came with"
    }
  }
}
