package import CryptoPrimitives

/// Why something that claims to be from a log, or about one, is not accepted: protocols/transparency-log.md,
/// section 10.
///
/// Every case has a name there, `rule`, which is the same in other implementations.
package enum LogRefusal: Error, Sendable, Equatable {
  /// The bytes are no encoding of what they should be.
  case encoding(EncodingFault)
  /// A proof does not show what it should.
  case proof(ProofFault)
  /// The head is of another log than the pinned one.
  case otherLog(Bytes32)
  /// The log's key did not sign the head.
  case headSignature
  /// Two heads of the same size have different roots.
  case splitView(HeadEvidence)
  /// A later head has fewer entries.
  case shrunk(HeadEvidence)
  /// The head has fewer entries than one that was seen before.
  case rollback(seen: UInt64, offered: UInt64)
  /// Nothing shows that the head continues the one seen before.
  case missingProof(seen: UInt64, offered: UInt64)
  /// Too few of the pinned witnesses have signed the head.
  case fewWitnesses(found: Int, needed: Int)
  /// There is no head yet in which anything could be contained.
  case noHead

  /// The name of the rule that was broken.
  package var rule: String {
    switch self {
    case .encoding(let fault): fault.rule.rawValue
    case .proof(let fault): fault.rawValue
    case .otherLog: "other-log"
    case .headSignature: "head-signature"
    case .splitView: "split-view"
    case .shrunk: "shrunk"
    case .rollback: "rollback"
    case .missingProof: "missing-proof"
    case .fewWitnesses: "few-witnesses"
    case .noHead: "no-head"
    }
  }
}

/// What a Merkle proof fails by.
package enum ProofFault: String, Error, Sendable, CaseIterable {
  /// The index is not below the tree's size.
  case index = "proof-index"
  /// The older tree is larger than the newer one.
  case sizes = "proof-sizes"
  /// Nodes are missing.
  case short = "proof-short"
  /// Nodes are left over.
  case long = "proof-long"
  /// The nodes do not lead to the root.
  case root = "proof-root"
  /// The nodes do not lead to the root of the older tree.
  case olderRoot = "proof-older-root"
}

/// The first field, from the first byte on, that is not as it has to be.
///
/// Two faults are equal if their rules are: implementations compare rules, people read places.
package struct EncodingFault: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Rule: String, Sendable, CaseIterable {
    /// The bytes end before the field does.
    case truncated
    /// Bytes follow the last field.
    case trailing
    /// The encoding is of another version.
    case version
    /// The encoding is of something else.
    case kind
    /// A number is outside of its range.
    case range
    /// A count or length is outside of its limits.
    case limit
    /// A list is not in strictly ascending order.
    case order
    /// A text has other characters than it may have.
    case text
    /// A fraction is not in lowest terms.
    case fraction
    /// Two fields contradict each other.
    case contradiction
  }

  package let rule: Rule
  /// Structure and field, such as "release.modelHash".
  package let place: StaticString

  package init(_ rule: Rule, _ place: StaticString) {
    self.rule = rule
    self.place = place
  }

  package static func == (left: EncodingFault, right: EncodingFault) -> Bool {
    left.rule == right.rule
  }

  package var description: String { "\(place): \(rule.rawValue)" }
}
