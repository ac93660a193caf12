internal import Crypto
package import CryptoPrimitives
package import Foundation
internal import NIOSSL
internal import SwiftASN1
internal import X509

/// A TLS certificate that a node makes for itself.
///
/// It is trusted by whoever has a join code, or a witness's description: that names its hash, and no
/// authority vouches for it.
package enum ServerCertificate {
  /// Certificate and key in PEM.
  package struct Files: Sendable {
    package let certificate: String
    package let key: String

    package init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }

    /// Reads both, and sees that a server can use them.
    ///
    /// - Throws: `NodeFolderFault.unreadable`, `ServerCertificate.Fault`.
    package static func read(certificate: String, key: String) throws -> Files {
      let files = Files(certificate: try text(of: certificate), key: try text(of: key))
      // What the TLS library says of bytes is for its authors; an operator needs the file and what it should hold.
      // So each of the three errors below becomes a fault that says so, and none is lost.
      guard (try? NIOSSLCertificate.fromPEMBytes(Array(files.certificate.utf8)))?.isEmpty == false
      else { throw Fault(file: certificate, expected: "a certificate chain in PEM") }
      guard (try? NIOSSLPrivateKey(bytes: Array(files.key.utf8), format: .pem)) != nil else {
        throw Fault(file: key, expected: "a private key in PEM")
      }
      let tls = try ServerTLS.configuration(certificate: files.certificate, key: files.key)
      guard (try? NIOSSLContext(configuration: tls)) != nil else {
        throw Fault(file: key, expected: "the key of the certificate \(certificate)")
      }
      return files
    }

    private static func text(of file: String) throws -> String {
      guard let bytes = FileManager.default.contents(atPath: file) else {
        throw NodeFolderFault.unreadable(file: file)
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// A file that does not hold what it should, or a key of another certificate.
  package struct Fault: Error, Equatable, CustomStringConvertible {
    package let file: String
    let expected: String

    package var description: String { "\(file): this is not \(expected)" }
  }

  /// How long a certificate that a node makes for itself holds: ten years.
  private static let lifetime = Duration.seconds(315_360_000)

  /// The certificate that a node makes for itself.
  package static func make(forNodeAt host: String, notBefore: Date) throws -> Files {
    try make(hosts: [host, "localhost", "127.0.0.1"], notBefore: notBefore, lifetime: lifetime)
  }

  /// A P-256 certificate for these host names and addresses.
  package static func make(
    hosts: [String], notBefore: Date, lifetime: Duration
  ) throws -> Files {
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let name = try DistinguishedName { CommonName("silhouette node") }
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
      notValidBefore: notBefore,
      notValidAfter: notBefore.addingTimeInterval(TimeInterval(lifetime.components.seconds)),
      issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(digitalSignature: true, keyCertSign: true))
        try ExtendedKeyUsage([.serverAuth])
        SubjectAlternativeNames(hosts.map(Self.name))
      }, issuerPrivateKey: key)
    return Files(
      certificate: try certificate.serializeAsPEM().pemString,
      key: try key.serializeAsPEM().pemString)
  }

  /// What join codes name: the hash of the certificate's DER bytes.
  package static func pin(ofPEM text: String) throws -> Bytes32 {
    var message = LabeledMessage(.serverCertificate)
    message.append(try PEMDocument(pemString: text).derBytes)
    return message.digest
  }

  private static func name(_ host: String) -> GeneralName {
    let parts = host.split(separator: ".").compactMap { UInt8($0) }
    guard parts.count == 4 else { return .dnsName(host) }
    return .ipAddress(ASN1OctetString(contentBytes: parts[...]))
  }
}
