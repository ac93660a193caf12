internal import CryptoPrimitives

/// Two entries with one key in one log: anybody who has the log's key can see it.
package struct EntryEvidence: Sendable, Equatable {
  /// A head whose tree has both.
  package let head: SignedHead
  package let first: ProvedEntry
  package let second: ProvedEntry

  package init(head: SignedHead, first: ProvedEntry, second: ProvedEntry) {
    self.head = head
    self.first = first
    self.second = second
  }

  /// Whether `log` has signed a tree with two entries of one key.
  package func holds(against log: LogIdentity) -> Bool {
    head.isSigned(by: log) && first.proof.index != second.proof.index
      && first.entry.key == second.entry.key && isProved(first) && isProved(second)
  }

  private func isProved(_ proved: ProvedEntry) -> Bool {
    do throws(LogRefusal) {
      try proved.proof.verify(leaf: proved.entry.leaf, in: head.head.tree)
      return true
    } catch {
      return false
    }
  }
}

extension EntryEvidence {
  package var encoded: [UInt8] {
    var bytes = StructureKind.entryEvidence.header + head.encoded
    for proved in [first, second] { bytes += proved.encoded }
    return bytes
  }

  package init(decoding bytes: [UInt8]) throws(LogRefusal) {
    var reader = FieldReader(bytes)
    try reader.header(.entryEvidence, "entryEvidence.header")
    head = try SignedHead(from: &reader)
    first = try ProvedEntry(from: &reader)
    second = try ProvedEntry(from: &reader)
    try reader.finish("entryEvidence")
  }
}
