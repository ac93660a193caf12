internal import CryptoPrimitives
internal import Foundation
internal import TransparencyLog

/// Files that audits read.
enum BundleFile {
  /// All bytes of a file.
  static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw .inputMissing(
        file: path, reason: "cannot be read", remedy: "name a file that is there")
    }
    return [UInt8](bytes)
  }
}

/// Whose signatures somebody relies on, as a JSON file.
enum PolicyFile {
  private struct Content: Decodable {
    let log: String
    let authority: String
    let witnesses: [String]
    let quorum: Int
  }

  static func read(_ path: String) throws -> BundlePolicy {
    let content: Content
    do {
      content = try JSONDecoder().decode(Content.self, from: Data(try BundleFile.read(path)))
    } catch let error as DecodingError {
      throw AuditFailure.faultyKeys(
        file: path, reason: "\(error.field) is missing or no such value")
    }
    func key(_ text: String, _ field: String) throws(AuditFailure) -> VerificationKey {
      guard let bytes = Bytes32(hexadecimal: text) else {
        throw .faultyKeys(file: path, reason: "\(field) is not 64 hexadecimal digits")
      }
      return VerificationKey(encoding: bytes)
    }
    let witnesses = Set(try content.witnesses.map { try key($0, "witnesses") })
    guard witnesses.count == content.witnesses.count, witnesses.count <= LogLimits.mostWitnesses,
      (0...witnesses.count).contains(content.quorum)
    else {
      throw AuditFailure.faultyKeys(
        file: path,
        reason:
          "quorum is \(content.quorum) of \(content.witnesses.count) witnesses, which have to be "
          + "different and at most \(LogLimits.mostWitnesses)")
    }
    return BundlePolicy(
      log: LogIdentity(key: try key(content.log, "log")),
      authority: try key(content.authority, "authority"),
      quorum: WitnessQuorum(witnesses, needed: content.quorum))
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
}
