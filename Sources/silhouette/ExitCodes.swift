internal import ArgumentParser
internal import Foundation
internal import Scenarios

/// How the program ends, by the numbers of BSD's `sysexits.h`.
enum ExitStatus: Int32 {
  case done = 0
  /// What was asked was answered, and the answer is no.
  case refuted = 1
  case usage = 64
  case badInput = 65
  case inputMissing = 66
  case unavailable = 69
  case internalError = 70
  case cannotWrite = 73
  /// The peer does not let this device in, or is not who it should be.
  case refused = 77
  /// 128 + SIGINT.
  case interrupted = 130
  /// 128 + SIGTERM.
  case terminated = 143

  /// The status for anything that a command throws.
  init(for error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure.status
    case let failure as AuditFailure: self = failure.status
    case is ScenarioError: self = .badInput
    case is ValidationError: self = .usage
    case is CancellationError: self = .interrupted
    case let error as CocoaError: self = error.isReading ? .inputMissing : .cannotWrite
    default: self = Adapters.status(of: error) ?? NodeFailures.status(of: error)
    }
  }

  /// What stderr gets to see: a line with `error:` for each thing that is wrong.
  static func lines(for error: any Error) -> String {
    let text = (error as? CocoaError)?.line ?? String(describing: error)
    return text.split(separator: "\n").map { "error: " + $0 }
      .joined(separator: "\n")
  }
}

/// What the file system says through Foundation.
extension CocoaError {
  fileprivate var isReading: Bool {
    [.fileReadNoSuchFile, .fileReadNoPermission, .fileNoSuchFile].contains(code)
  }

  fileprivate var line: String {
    (filePath ?? "a file") + ": " + AtomicFile.reason(self)
      + "; check the path, and that this user may use it"
  }
}

/// What can go wrong in the commands themselves.
enum CommandFailure: Error, Equatable, CustomStringConvertible {
  case inputMissing(file: String, reason: String, remedy: String)
  case notText(file: String)
  case dataSetMissing(name: String, searched: [String], remedy: String)
  case nothingToDescribe(folder: String)
  case unknownSource(name: String, suggestion: String?, known: [String])
  case downloadDeclined(name: String)
  case cannotWrite(path: String, reason: String)
  case notConforming(unsound: Int, loose: Int)
  case vectorsDiffer(vectors: Int, missing: Int)

  var status: ExitStatus {
    switch self {
    case .inputMissing, .dataSetMissing, .nothingToDescribe, .unknownSource: .inputMissing
    case .notText: .badInput
    case .downloadDeclined: .unavailable
    case .cannotWrite: .cannotWrite
    case .notConforming, .vectorsDiffer: .refuted
    }
  }

  var description: String {
    switch self {
    case .inputMissing(let file, let reason, let remedy): "\(file): \(reason); \(remedy)"
    case .notText(let file): "\(file): this is not UTF-8 text; save it as UTF-8"
    case .dataSetMissing(let name, let searched, let remedy):
      "\(name) is not in \(searched.joined(separator: " or ")); \(remedy), or fetch it with: "
        + Adapters.fetchCommand(for: name)
    case .nothingToDescribe(let folder):
      "\(folder) holds nothing to describe; name a folder with a MovieLens data set, events.csv or "
        + "events.jsonl, or such a file"
    case .unknownSource(let name, let suggestion, let known):
      "\(name) is neither a folder, a file nor a data set; "
        + (suggestion.map { "did you mean \($0)?" } ?? "known are \(known.joined(separator: ", "))")
    case .downloadDeclined(let name):
      "\(name) was not downloaded: nobody agreed to it; run on a terminal and answer y, or add --yes"
    case .cannotWrite(let path, let reason):
      "\(path) cannot be written: \(reason); choose a place that takes files"
    case .notConforming(let unsound, let loose):
      "\(unsound) results are unsound and \(loose) are loose; each is listed with its rule"
    case .vectorsDiffer(let vectors, let missing):
      "\(vectors) vectors differ and \(missing) files are missing; each is listed"
    }
  }
}
