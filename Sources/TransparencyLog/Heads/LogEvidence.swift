/// What convicts a log, of either kind.
package enum LogEvidence: Sendable, Equatable {
  case heads(HeadEvidence)
  case entries(EntryEvidence)

  package init(decoding bytes: [UInt8]) throws(LogRefusal) {
    var reader = FieldReader(bytes)
    switch StructureKind(rawValue: try reader.kindNumber("evidence.header")) {
    case .headEvidence: self = .heads(try HeadEvidence(decoding: bytes))
    case .entryEvidence: self = .entries(try EntryEvidence(decoding: bytes))
    default: throw reader.refusal(.kind, "evidence.header")
    }
  }
}
