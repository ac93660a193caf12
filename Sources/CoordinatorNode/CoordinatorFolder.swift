package import CryptoPrimitives
package import NodeServing
internal import Storage

/// Where a coordinator keeps everything: keys, certificate, configuration, store.
package struct CoordinatorFolder: Sendable {
  package let path: String
  private let node: NodeFolder

  package init(path: String) {
    self.path = path
    node = NodeFolder(.coordinator, path: path)
  }

  private static let keys = "keys"
  package var keysFolder: String { path + "/" + Self.keys }
  package var storeFolder: String { path + "/store" }

  /// What an operator may change; read when the coordinator starts.
  package struct Configuration: Codable, Sendable, Equatable {
    /// How devices reach the coordinator; in join codes.
    package var url: String
    package var host: String
    package var port: Int
    /// Files in PEM; relative paths begin in the folder.
    package var certificate: String
    package var key: String
    /// Whether join codes name the certificate's hash; no if a public authority vouches for it.
    package var pinsCertificate: Bool
    /// The least and the longest time between two check-ins of a device, in seconds.
    package var shortestWait: UInt32
    package var longestWait: UInt32
    package var enrollmentsPerMinute: Int

    package init(
      url: String, host: String, port: Int, certificate: String, key: String,
      pinsCertificate: Bool, shortestWait: UInt32 = 30, longestWait: UInt32 = 3_600,
      enrollmentsPerMinute: Int = 600
    ) {
      self.shortestWait = shortestWait
      self.longestWait = longestWait
      self.enrollmentsPerMinute = enrollmentsPerMinute
      self.url = url
      self.host = host
      self.port = port
      self.certificate = certificate
      self.key = key
      self.pinsCertificate = pinsCertificate
    }
  }

  /// Makes keys, configuration and store.
  ///
  /// - Parameter files: a certificate to keep in the folder; nil if the configuration names one.
  package func make(_ given: Configuration, files: ServerCertificate.Files?) async throws {
    try node.make()
    var randomness = RandomStream.system()
    try CoordinatorKeys.make(in: keysFolder, randomness: &randomness)
    var configuration = given
    if let files {
      let paths = try node.keep(files, in: Self.keys)
      configuration.certificate = paths.certificate
      configuration.key = paths.key
    }
    try await SQLiteCoordinatorStore(folder: storeFolder).close()
    try node.keep(configuration)
  }

  /// What an operator may edit.
  package var configurationPath: String { node.configurationPath }

  /// - Throws: `NodeFolderFault`.
  package func configuration() throws -> Configuration {
    let configuration = try node.configuration(as: Configuration.self)
    guard configuration.shortestWait >= 1, configuration.shortestWait <= configuration.longestWait
    else { throw node.fault("shortestWait has to be 1 to longestWait") }
    return configuration
  }

  /// Certificate chain and key, in PEM.
  package func serverFiles(_ configuration: Configuration) throws -> ServerCertificate.Files {
    try node.texts(certificate: configuration.certificate, key: configuration.key)
  }

  /// The hash that join codes name, nil if they name none.
  package func certificatePin(_ configuration: Configuration) throws -> Bytes32? {
    guard configuration.pinsCertificate else { return nil }
    return try ServerCertificate.pin(ofPEM: serverFiles(configuration).certificate)
  }
}
