package import CryptoPrimitives
internal import Foundation
package import Logging
internal import SecureAggregation
package import Storage
package import WireProtocol

/// Where a witness keeps everything: keys, certificate, configuration, what it has promised.
package struct WitnessFolder: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  package var keysFolder: String { path + "/keys" }
  package var storeFolder: String { path + "/store" }
  private var configurationPath: String { path + "/witness.json" }

  /// What an operator has chosen; read when the witness starts.
  package struct Configuration: Codable, Sendable, Equatable {
    /// How the coordinator reaches the witness.
    package var url: String
    package var host: String
    package var port: Int
    /// Files in PEM.
    package var certificate: String
    package var key: String
    /// Whether the description names the certificate's hash; no if a public authority vouches for it.
    package var pinsCertificate: Bool
    /// The only coordinator that is answered, and who certifies its devices; 64 hexadecimal digits each.
    package var coordinator: String
    package var authority: String
    /// How many rounds the chain is good for.
    package var chainLength: UInt64
    /// v_0, to notice a chain that is not the one that devices know; 64 hexadecimal digits.
    package var anchor: String

    /// A configuration whose files and anchor are filled in when the witness is made.
    package init(
      url: String, host: String, port: Int, pinsCertificate: Bool,
      coordinator: CoordinatorIntroduction, chainLength: UInt64, certificate: String = "",
      key: String = ""
    ) {
      self.url = url
      self.host = host
      self.port = port
      self.certificate = certificate
      self.key = key
      self.pinsCertificate = pinsCertificate
      self.coordinator = coordinator.identity.encoding.description
      self.authority = coordinator.authority.encoding.description
      self.chainLength = chainLength
      anchor = ""
    }
  }

  /// The lengths that a chain may have: a value takes one hash for each step from the last.
  package static let chainLengths: ClosedRange<UInt64> = 1...1 << 20

  package enum Failure: Error, Equatable, CustomStringConvertible {
    case exists(String)
    case missing(String)
    case faulty(file: String, reason: String)
    /// The chain does not begin with the anchor that was handed out.
    case otherChain(String)

    package var description: String {
      switch self {
      case .exists(let path): "\(path) holds a witness already; choose another folder"
      case .missing(let path):
        "\(path) holds no witness; make one with: silhouette witness init --dir \(path)"
      case .faulty(let file, let reason): "\(file): \(reason)"
      case .otherChain(let file):
        "\(file): the chain in the keys folder does not begin with this anchor; restore the key file "
          + "'chain' and chainLength, or make a new witness"
      }
    }
  }

  /// A TLS certificate that was made for the witness, and its key, in PEM.
  package struct ServerFiles: Sendable {
    package let certificate: String
    package let key: String

    package init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  /// Makes store, keys and configuration, in this order: keys without a store are never used.
  ///
  /// - Parameter files: a certificate to keep in the folder; nil if the configuration names one.
  package func make(_ given: Configuration, files: ServerFiles?) throws {
    guard !FileManager.default.fileExists(atPath: configurationPath) else {
      throw Failure.exists(path)
    }
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    try SQLiteWitnessStore(
      folder: storeFolder, makes: !WitnessKeys.exist(in: keysFolder)
    ).close()
    var randomness = RandomStream.system()
    try WitnessKeys.make(in: keysFolder, randomness: &randomness)
    var configuration = given
    if let files {
      configuration.certificate = keysFolder + "/server.crt"
      configuration.key = keysFolder + "/server.key"
      try write(files.certificate, to: configuration.certificate)
      try write(files.key, to: configuration.key)
    }
    let chain = try WitnessKeys(folder: keysFolder).chain(length: given.chainLength)
    configuration.anchor = chain.anchor.description
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Last: a folder with a configuration is complete.
    try write(
      String(decoding: try encoder.encode(configuration), as: UTF8.self) + "\n",
      to: configurationPath)
  }

  /// - Throws: `missing`, `faulty`.
  package func configuration() throws -> Configuration {
    guard let bytes = FileManager.default.contents(atPath: configurationPath) else {
      throw Failure.missing(path)
    }
    let configuration: Configuration
    do { configuration = try JSONDecoder().decode(Configuration.self, from: bytes) } catch {
      throw Failure.faulty(file: configurationPath, reason: "\(error)")
    }
    guard Self.chainLengths.contains(configuration.chainLength) else {
      throw Failure.faulty(
        file: configurationPath,
        reason: "chainLength has to be 1 to \(Self.chainLengths.upperBound)")
    }
    return configuration
  }

  /// The coordinator of a configuration.
  package func coordinator(
    _ configuration: Configuration
  ) throws -> CoordinatorIntroduction {
    CoordinatorIntroduction(
      identity: try key(configuration.coordinator, "coordinator"),
      authority: try key(configuration.authority, "authority"))
  }

  private func key(_ text: String, _ field: String) throws -> VerificationKey {
    guard let value = Bytes32(hexadecimal: text) else {
      throw Failure.faulty(
        file: configurationPath, reason: "\(field) has to be 64 hexadecimal digits")
    }
    return VerificationKey(encoding: value)
  }

  /// A witness that goes on from what it has promised.
  ///
  /// - Parameter clock: Unix seconds.
  /// - Throws: `otherChain` if the chain is not the one whose anchor was handed out.
  package func open(
    _ configuration: Configuration, logger: Logger, faults: any FaultInjector = NoFaults(),
    clock: @escaping @Sendable () -> UInt64
  ) async throws -> Witness {
    let keys = try WitnessKeys(folder: keysFolder)
    let chain = try keys.chain(length: configuration.chainLength)
    guard chain.anchor.description == configuration.anchor else {
      throw Failure.otherChain(configurationPath)
    }
    return try await Witness(
      keys: keys, chain: chain, coordinator: coordinator(configuration),
      store: SQLiteWitnessStore(folder: storeFolder, faults: faults), logger: logger,
      clock: clock)
  }

  /// What is handed to the coordinator's operator: JSON, signed with the witness's key.
  ///
  /// - Parameter pin: the hash of the server's certificate, nil if a public authority vouches for it.
  package func description(_ configuration: Configuration, pin: Bytes32?) throws -> String {
    let keys = try WitnessKeys(folder: keysFolder)
    guard let anchor = Bytes32(hexadecimal: configuration.anchor) else {
      throw Failure.faulty(
        file: configurationPath, reason: "anchor has to be 64 hexadecimal digits")
    }
    return WitnessDescription(
      identity: keys.verificationKey, anchor: anchor, url: configuration.url,
      certificatePin: pin
    ).text(signedBy: keys.identity)
  }

  /// The text of a file of the configuration.
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
