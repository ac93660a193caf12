internal import NIOCore
package import NIOSSL

/// TLS of a node that serves: version 1.3 and nothing older.
package enum ServerTLS {
  /// - Parameters:
  ///   - certificate: the chain in PEM.
  ///   - key: in PEM.
  /// - Throws: what is wrong with the PEM texts.
  package static func configuration(
    certificate: String, key: String
  ) throws -> TLSConfiguration {
    let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
    configuration.minimumTLSVersion = .tlsv13
    return configuration
  }
}
