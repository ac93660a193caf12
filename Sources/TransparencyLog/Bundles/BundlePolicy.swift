package import CryptoPrimitives

/// Whose signatures a bundle's reader relies on, as the maker of the bundle names them.
///
/// They are the maker's word: an auditor compares them with the keys that it pins.
package struct BundlePolicy: Sendable, Equatable {
  package let log: LogIdentity
  /// Signs plans and certificates.
  package let authority: VerificationKey
  package let quorum: WitnessQuorum

  package init(log: LogIdentity, authority: VerificationKey, quorum: WitnessQuorum) {
    self.log = log
    self.authority = authority
    self.quorum = quorum
  }
}

extension BundlePolicy {
  func append(to bytes: inout [UInt8]) {
    log.key.encoding.append(to: &bytes)
    authority.encoding.append(to: &bytes)
    bytes.append(UInt8(quorum.needed))
    bytes.append(UInt8(quorum.witnesses.count))
    for witness in quorum.witnesses.map(\.encoding).sorted() { witness.append(to: &bytes) }
  }

  init(from reader: inout FieldReader) throws(LogRefusal) {
    log = LogIdentity(key: try reader.key("bundle.log"))
    authority = try reader.key("bundle.authority")
    let needed = Int(try reader.u8("bundle.quorum"))
    let count = try reader.count(LogLimits.mostWitnesses, "bundle.witnesses")
    guard needed <= count else { throw reader.refusal(.contradiction, "bundle.witnesses") }
    var witnesses: [VerificationKey] = []
    for _ in 0..<count {
      let key = try reader.key("bundle.witness")
      if let last = witnesses.last, last.encoding >= key.encoding {
        throw reader.refusal(.order, "bundle.witness")
      }
      witnesses.append(key)
    }
    quorum = WitnessQuorum(Set(witnesses), needed: needed)
  }
}
