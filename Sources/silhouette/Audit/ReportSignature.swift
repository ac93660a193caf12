internal import CryptoPrimitives
internal import Foundation
internal import Storage

/// The signature of an audit report: protocols/ledger.md, section 6.
struct ReportSignature: Codable, Equatable {
  static let fileName = "report.sig"
  static let currentSchema = "silhouette-audit-signature/1"

  let schema: String
  /// The bundle that the report is about; hexadecimal, as are all of them.
  let bundle: String
  let html: String
  let json: String
  let key: String
  let signature: String

  /// Signs a report.
  init(bundle: Bytes32, html: [UInt8], json: [UInt8], by signer: borrowing ReportSigner) {
    let (html, json) = (Blake2b.digest(html), Blake2b.digest(json))
    schema = Self.currentSchema
    self.bundle = bundle.description
    self.html = html.description
    self.json = json.description
    key = signer.publicKey.description
    signature = hexadecimal(signer.key.sign(Self.digest(bundle, html, json)).bytes)
  }

  private static func digest(_ bundle: Bytes32, _ html: Bytes32, _ json: Bytes32) -> Bytes32 {
    var message = LabeledMessage(.auditReport)
    message.append(bundle)
    message.append(html)
    message.append(json)
    return message.digest
  }

  /// The public key that has signed these two files, for this bundle.
  ///
  /// - Throws: `faultyReport` if this is no signature, `reportChanged` if it is not of these bytes.
  func signer(html: [UInt8], json: [UInt8], file: String) throws(AuditFailure) -> Bytes32 {
    guard schema == Self.currentSchema else {
      throw .faultyReport(file: file, reason: "schema is \(schema), and not \(Self.currentSchema)")
    }
    func hash(_ text: String, _ field: String) throws(AuditFailure) -> Bytes32 {
      guard let hash = Bytes32(hexadecimal: text) else {
        throw .faultyReport(file: file, reason: "\(field) is not 64 hexadecimal digits")
      }
      return hash
    }
    let bundle = try hash(self.bundle, "bundle")
    let named = (html: try hash(self.html, "html"), json: try hash(self.json, "json"))
    let key = try hash(self.key, "key")
    guard self.signature.count == 128,
      let first = Bytes32(hexadecimal: String(self.signature.prefix(64))),
      let second = Bytes32(hexadecimal: String(self.signature.suffix(64))),
      let signature = Signature(first.bytes + second.bytes)
    else {
      throw .faultyReport(file: file, reason: "signature is not 128 hexadecimal digits")
    }
    for (name, found, stated) in [
      ("report.html", Blake2b.digest(html), named.html),
      ("report.json", Blake2b.digest(json), named.json),
    ] where found != stated {
      throw .reportChanged(
        file: file, reason: "\(name) is another file than the one that was signed")
    }
    guard
      VerificationKey(encoding: key).isValid(
        signature, on: Self.digest(bundle, named.html, named.json))
    else { throw .reportChanged(file: file, reason: "the signature does not hold") }
    return key
  }
}

/// Whoever stands by a report, with the key of a file.
struct ReportSigner: ~Copyable {
  let key: SigningKey

  var publicKey: Bytes32 { key.verificationKey.encoding }

  /// The key in a file, which is made if there is none.
  init(file path: String) throws {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init)
    guard let name, !name.isEmpty, !OutputFolder.isFolder(path) else {
      throw AuditFailure.faultySigningKey(file: path, reason: "this is a folder")
    }
    let parent = String(path.dropLast(name.count))
    let folder =
      parent.isEmpty ? "." : parent.count > 1 ? String(parent.dropLast()) : parent
    if !KeyFile.exists(name: name, in: folder) {
      var randomness = RandomStream.system()
      let secret = SecretBytes(random: SigningKey.seedByteCount, from: &randomness)
      try KeyFile.write(secret, name: name, in: folder)
      ConsoleError.write("notice: \(path) did not exist; a new key was made")
    }
    do throws(StorageError) {
      key = SigningKey(seed: try KeyFile.read(SigningKey.seedByteCount, name: name, in: folder))
    } catch {
      switch error {
      case .keyFileMode(_, let mode):
        throw AuditFailure.faultySigningKey(
          file: path,
          reason:
            "others may read it (mode \(String(mode, radix: 8))), so it is no secret; chmod 600 it "
            + "if it is your key")
      case .keyFileLength(_, let expected, let found):
        throw AuditFailure.faultySigningKey(
          file: path,
          reason: "this is no signing key: it has \(found) bytes, and a key has \(expected)")
      default: throw error
      }
    }
  }
}
