internal import CryptoPrimitives
internal import Report
internal import TransparencyLog

/// Heads and evidence that a node keeps, ready to be printed.
struct HeadFigures: Encodable {
  let size: UInt64
  let root: String
  /// Unix seconds.
  let time: UInt64
  /// As it is signed, hexadecimal: what others compare.
  let encoded: String

  init(_ head: SignedHead) {
    size = head.head.tree.size
    root = head.head.tree.root.description
    time = head.head.time
    encoded = hexadecimal(head.encoded)
  }

  var text: String {
    "\(FigureText.count(Int(size), "entry", "entries")), root \(root), signed \(Moment.text(Int64(time)))"
  }
}

/// Two heads that convict a log.
struct EvidenceFigures: Encodable {
  /// What they show, by the names of protocols/transparency-log.md; nil if nothing against this log.
  let fault: String?
  let heads: [HeadFigures]

  init(_ evidence: HeadEvidence, against log: LogIdentity) {
    fault = evidence.fault(of: log)?.rawValue
    heads = [HeadFigures(evidence.first), HeadFigures(evidence.second)]
  }

  var text: String {
    (["evidence: \(fault ?? "none against this log")"] + heads.map { "  " + $0.text })
      .joined(separator: "\n")
  }
}

/// Writing evidence to hand it on.
enum EvidenceFile {
  /// - Throws: `CommandFailure.inputMissing` if there is none.
  static func write(_ evidence: [UInt8]?, to path: String, from folder: String) throws {
    guard let evidence else {
      throw CommandFailure.inputMissing(
        file: folder, reason: "has no evidence against its coordinator's log",
        remedy: "nothing was written; without --evidence the command prints what was seen")
    }
    try AtomicFile.write(evidence, to: path)
    ConsoleError.write(
      "notice: \(path) has the evidence; check it with silhouette audit evidence \(path) --log KEY")
  }
}
