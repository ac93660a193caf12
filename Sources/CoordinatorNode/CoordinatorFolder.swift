package import CryptoPrimitives
package import Foundation
internal import NodeServing
internal import Storage

/// Where a coordinator keeps everything: keys, certificate, configuration, store.
package struct CoordinatorFolder: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  package var keysFolder: String { path + "/keys" }
  package var storeFolder: String { path + "/store" }
  private var configurationPath: String { path + "/coordinator.json" }

  /// What an operator may change; read when the coordinator starts.
  package struct Configuration: Codable, Sendable, Equatable {
    /// How devices reach the coordinator; in join codes.
    package var url: String
    package var host: String
    package var port: Int
    /// Files in PEM.
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

  package enum Failure: Error, Equatable, CustomStringConvertible {
    case exists(String)
    case missing(String)
    case faulty(file: String, reason: String)

    package var description: String {
      switch self {
      case .exists(let path): "\(path) holds a coordinator already; choose another folder"
      case .missing(let path):
        "\(path) holds no coordinator; make one with: silhouette coordinator init --dir \(path)"
      case .faulty(let file, let reason): "\(file): \(reason)"
      }
    }
  }

  /// How long a certificate that a coordinator makes for itself holds: ten years.
  private static let certificateLifetime = Duration.seconds(315_360_000)

  /// Makes keys, configuration, store, and a certificate unless one is given.
  package func make(_ given: Configuration, makesCertificate: Bool, at time: Date) async throws {
    guard !FileManager.default.fileExists(atPath: configurationPath) else {
      throw Failure.exists(path)
    }
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    var randomness = RandomStream.system()
    try CoordinatorKeys.make(in: keysFolder, randomness: &randomness)
    var configuration = given
    if makesCertificate {
      configuration.certificate = keysFolder + "/server.crt"
      configuration.key = keysFolder + "/server.key"
      let files = try ServerCertificate.make(
        hosts: [given.host, "localhost", "127.0.0.1"], notBefore: time,
        lifetime: Self.certificateLifetime)
      try write(files.certificate, to: configuration.certificate)
      try write(files.key, to: configuration.key)
    }
    try await SQLiteCoordinatorStore(folder: storeFolder).close()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Last: a folder with a configuration is complete.
    try write(
      String(decoding: try encoder.encode(configuration), as: UTF8.self) + "\n",
      to: configurationPath)
  }

  package func configuration() throws -> Configuration {
    guard let bytes = FileManager.default.contents(atPath: configurationPath) else {
      throw Failure.missing(path)
    }
    let configuration: Configuration
    do { configuration = try JSONDecoder().decode(Configuration.self, from: bytes) } catch {
      throw Failure.faulty(file: configurationPath, reason: "\(error)")
    }
    guard configuration.shortestWait >= 1, configuration.shortestWait <= configuration.longestWait
    else {
      throw Failure.faulty(
        file: configurationPath, reason: "shortestWait has to be 1 to longestWait")
    }
    return configuration
  }

  /// The hash that join codes name, nil if they name none.
  package func certificatePin(_ configuration: Configuration) throws -> Bytes32? {
    guard configuration.pinsCertificate else { return nil }
    return try ServerCertificate.pin(ofPEM: text(of: configuration.certificate))
  }

  package func text(of file: String) throws -> String {
    guard let bytes = FileManager.default.contents(atPath: file) else {
      throw Failure.faulty(file: file, reason: "cannot be read")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func write(_ text: String, to file: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
  }
}
