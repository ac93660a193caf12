internal import CryptoPrimitives
internal import Foundation
internal import TransparencyLog

/// Whose signatures somebody relies on, as a JSON file; `coordinator log keys` writes one.
struct PolicyFile: Codable {
  /// In an exported log.
  static let fileName = "keys.json"

  let log: String
  let authority: String
  let witnesses: [String]
  let quorum: Int

  init(_ policy: BundlePolicy) {
    log = policy.log.key.encoding.description
    authority = policy.authority.encoding.description
    witnesses = policy.quorum.witnesses.map(\.encoding).sorted().map(\.description)
    quorum = policy.quorum.needed
  }

  /// The policy of a file.
  ///
  /// - Throws: `AuditFailure.faultyKeys`, with the first field that is wrong.
  static func read(_ path: String) throws -> BundlePolicy {
    try KeysReader(path: path, bytes: try BundleFile.read(path)).policy()
  }

  /// What an auditor relies on and a bundle names otherwise, a line for each.
  static func differences(pinned: BundlePolicy, named: BundlePolicy) -> [String] {
    let (pinned, named) = (PolicyFile(pinned), PolicyFile(named))
    func list(_ keys: [String]) -> String {
      keys.isEmpty ? "none" : keys.joined(separator: ", ")
    }
    let fields = [
      ("log", pinned.log, named.log), ("authority", pinned.authority, named.authority),
      ("witnesses", list(pinned.witnesses), list(named.witnesses)),
      ("quorum", "\(pinned.quorum)", "\(named.quorum)"),
    ]
    return fields.filter { $0.1 != $0.2 }.map { "\($0) is \($1) in your file, and \($2) there" }
  }
}

/// Reads a file of keys field by field, so that a fault is named where it is.
private struct KeysReader {
  let path: String
  let bytes: [UInt8]

  func policy() throws(AuditFailure) -> BundlePolicy {
    let fields = try object()
    let log = try key(fields["log"], "log")
    let authority = try key(fields["authority"], "authority")
    guard let listed = fields["witnesses"] else { throw fault("witnesses is missing") }
    guard let texts = listed as? [Any] else { throw fault("witnesses is no list of keys") }
    var witnesses: Set<VerificationKey> = []
    for (place, text) in texts.enumerated() {
      let key = try key(text, "witnesses[\(place)]")
      guard witnesses.insert(key).inserted else {
        throw fault("witnesses[\(place)] stands there twice")
      }
    }
    guard witnesses.count <= LogLimits.mostWitnesses else {
      throw fault(
        "witnesses has \(witnesses.count) keys, and \(LogLimits.mostWitnesses) are the most")
    }
    guard let stated = fields["quorum"] else { throw fault("quorum is missing") }
    guard let quorum = stated as? Int, (0...witnesses.count).contains(quorum) else {
      throw fault("quorum is \(stated), and not a whole number from 0 to \(witnesses.count)")
    }
    return BundlePolicy(
      log: LogIdentity(key: log), authority: authority,
      quorum: WitnessQuorum(witnesses, needed: quorum))
  }

  private func object() throws(AuditFailure) -> [String: Any] {
    let value: Any
    do {
      value = try JSONSerialization.jsonObject(with: Data(bytes))
    } catch {
      throw fault("this is not JSON")
    }
    guard let fields = value as? [String: Any] else { throw fault("this is no JSON object") }
    return fields
  }

  private func key(_ value: Any?, _ field: String) throws(AuditFailure) -> VerificationKey {
    guard let value else { throw fault("\(field) is missing") }
    guard let text = value as? String, let bytes = Bytes32(hexadecimal: text) else {
      throw fault("\(field) is not a key of 64 hexadecimal digits")
    }
    return VerificationKey(encoding: bytes)
  }

  private func fault(_ reason: String) -> AuditFailure {
    .faultyKeys(file: path, reason: reason)
  }
}

extension DecodingError {
  /// The field that is meant, for people.
  var field: String {
    let path: [any CodingKey] =
      switch self {
      case .keyNotFound(let key, let context): context.codingPath + [key]
      case .typeMismatch(_, let context), .valueNotFound(_, let context),
        .dataCorrupted(let context):
        context.codingPath
      @unknown default: []
      }
    return path.isEmpty ? "the document" : path.map(\.stringValue).joined(separator: ".")
  }

  /// What is wrong with it: JSON that cannot be parsed has no field.
  var fault: String {
    if case .dataCorrupted(let context) = self, context.codingPath.isEmpty {
      return "this is not JSON"
    }
    if case .keyNotFound = self { return "\(field) is missing" }
    return "\(field) is no such value"
  }
}
