internal import CryptoPrimitives

/// Two heads that one log has signed and that cannot both be true: anybody who has the log's key can see it.
package struct HeadEvidence: Sendable, Equatable {
  package let first: SignedHead
  package let second: SignedHead

  package init(first: SignedHead, second: SignedHead) {
    self.first = first
    self.second = second
  }

  /// What two heads of a log show.
  package enum Fault: String, Sendable {
    /// One size, two roots: the log shows two histories.
    case splitView = "split-view"
    /// The later head has fewer entries: the log has taken some back.
    case shrunk
  }

  /// What the heads show; nil if nothing, or if `log` did not sign both.
  package func fault(of log: LogIdentity) -> Fault? {
    guard first.isSigned(by: log), second.isSigned(by: log) else { return nil }
    return contradiction
  }

  /// What the heads show if their signatures hold.
  var contradiction: Fault? {
    let first = first.head
    let second = second.head
    if first.tree.size == second.tree.size {
      return first.tree.root == second.tree.root ? nil : .splitView
    }
    let isShrunk =
      first.time < second.time && first.tree.size > second.tree.size
      || second.time < first.time && second.tree.size > first.tree.size
    return isShrunk ? .shrunk : nil
  }
}

extension HeadEvidence {
  package var encoded: [UInt8] {
    StructureKind.headEvidence.header + first.encoded + second.encoded
  }

  package init(decoding bytes: [UInt8]) throws(LogRefusal) {
    var reader = FieldReader(bytes)
    try reader.header(.headEvidence, "headEvidence.header")
    first = try SignedHead(from: &reader)
    second = try SignedHead(from: &reader)
    try reader.finish("headEvidence")
  }
}
