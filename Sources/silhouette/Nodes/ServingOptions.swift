internal import ArgumentParser
internal import Foundation
internal import NodeServing

/// Where a node that serves is found, and with which certificate.
struct ServingOptions: ParsableArguments {
  @Option(help: "How others reach the node: https://HOST or https://HOST:PORT.")
  var url: String

  @Option(help: "Address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "Port to listen on; that of --url unless it is said, or the node's usual one.")
  var port: Int?

  @Option(help: "Certificate chain in PEM; without it the node makes its own.")
  var certificate: String?

  @Option(help: "Private key of --certificate in PEM.")
  var key: String?

  mutating func validate() throws {
    guard url.hasPrefix("https://"), url.utf8.count <= 200, let parts = URLComponents(string: url),
      parts.host?.isEmpty == false
    else {
      throw ValidationError(
        "--url \(url) has to be https://HOST or https://HOST:PORT, at most 200 bytes")
    }
    guard parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil,
      parts.user == nil
    else {
      throw ValidationError("--url \(url) has more than a host and a port; write https://HOST:PORT")
    }
    if parts.path == "/" { url.removeLast() }
    for port in [port, parts.port] {
      guard (0...65_535).contains(port ?? 0) else {
        throw ValidationError("port \(port ?? 0) is not between 0 and 65535")
      }
    }
    guard (certificate == nil) == (key == nil) else {
      throw ValidationError("--certificate and --key go together; give both or none")
    }
  }

  /// - Parameter usual: the port of such nodes.
  func listeningPort(usual: Int) -> Int { port ?? URLComponents(string: url)?.port ?? usual }

  /// A certificate that is given: where it is, wherever the node will be started.
  ///
  /// - Throws: `NodeFolderFault` or `ServerCertificate.Fault` for files that cannot be served with.
  func givenCertificate() throws -> ServerCertificate.Files? {
    guard let certificate, let key else { return nil }
    _ = try ServerCertificate.Files.read(certificate: certificate, key: key)
    return ServerCertificate.Files(
      certificate: URL(filePath: certificate).path, key: URL(filePath: key).path)
  }

  /// A certificate that the node makes for itself, unless one is given.
  func ownCertificate() throws -> ServerCertificate.Files? {
    certificate == nil
      ? try ServerCertificate.make(forNodeAt: host, notBefore: Date()) : nil
  }
}
