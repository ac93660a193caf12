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

  /// Signs a report with the key in a file, which is made if there is none.
  init(bundle: Bytes32, html: [UInt8], json: [UInt8], keyFile path: String) throws {
    let url = URL(filePath: path)
    let (folder, name) = (url.deletingLastPathComponent().path(), url.lastPathComponent)
    if !KeyFile.exists(name: name, in: folder) {
      var randomness = RandomStream.system()
      let secret = SecretBytes(random: SigningKey.seedByteCount, from: &randomness)
      try KeyFile.write(secret, name: name, in: folder)
      ConsoleError.write("notice: \(path) did not exist; a new key was made")
    }
    let key = SigningKey(
      seed: try KeyFile.read(SigningKey.seedByteCount, name: name, in: folder))
    let (html, json) = (Blake2b.digest(html), Blake2b.digest(json))
    schema = Self.currentSchema
    self.bundle = bundle.description
    self.html = html.description
    self.json = json.description
    self.key = key.verificationKey.encoding.description
    signature = hexadecimal(key.sign(Self.digest(bundle, html, json)).bytes)
  }

  private static func digest(_ bundle: Bytes32, _ html: Bytes32, _ json: Bytes32) -> Bytes32 {
    var message = LabeledMessage(.auditReport)
    message.append(bundle)
    message.append(html)
    message.append(json)
    return message.digest
  }
}
