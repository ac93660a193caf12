internal import CryptoPrimitives
package import Logging
package import NodeServing
internal import SecureAggregation
package import Storage
package import WireProtocol

/// Where a witness keeps everything: keys, certificate, configuration, what it has promised.
package struct WitnessFolder: Sendable {
  package let path: String
  private let node: NodeFolder

  package init(path: String) {
    self.path = path
    node = NodeFolder(.witness, path: path)
  }

  private static let keys = "keys"
  package var keysFolder: String { path + "/" + Self.keys }
  package var storeFolder: String { path + "/store" }

  /// What an operator has chosen; read when the witness starts.
  package struct Configuration: Codable, Sendable, Equatable {
    /// How the coordinator reaches the witness.
    package var url: String
    package var host: String
    package var port: Int
    /// Files in PEM; relative paths begin in the folder.
    package var certificate: String
    package var key: String
    /// Whether the description names the certificate's hash; no if a public authority vouches for it.
    package var pinsCertificate: Bool
    /// The only coordinator that is answered, and who certifies its devices; 64 hexadecimal digits each.
    package var coordinator: String
    package var authority: String
    /// The key of the coordinator's log, 64 hexadecimal digits; missing where the witness is from before there
    /// was one: write there what `silhouette coordinator log show` prints.
    package var log: String?
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
      log = coordinator.log.encoding.description
      self.chainLength = chainLength
      anchor = ""
    }
  }

  /// The lengths that a chain may have: a value takes one hash for each step from the last.
  package static let chainLengths: ClosedRange<UInt64> = 1...1 << 20

  /// Makes store, keys and configuration, in this order: keys without a store are never used.
  ///
  /// - Parameter files: a certificate to keep in the folder; nil if the configuration names one.
  package func make(_ given: Configuration, files: ServerCertificate.Files?) throws {
    try node.make()
    try SQLiteWitnessStore(
      folder: storeFolder, makes: !WitnessKeys.exist(in: keysFolder)
    ).close()
    var randomness = RandomStream.system()
    try WitnessKeys.make(in: keysFolder, randomness: &randomness)
    var configuration = given
    if let files {
      let paths = try node.keep(files, in: Self.keys)
      configuration.certificate = paths.certificate
      configuration.key = paths.key
    }
    let chain = try WitnessKeys(folder: keysFolder).chain(length: given.chainLength)
    configuration.anchor = chain.anchor.description
    try node.keep(configuration)
  }

  /// What an operator may edit.
  package var configurationPath: String { node.configurationPath }

  /// - Throws: `NodeFolderFault`.
  package func configuration() throws -> Configuration {
    let configuration = try node.configuration(as: Configuration.self)
    guard Self.chainLengths.contains(configuration.chainLength) else {
      throw node.fault("chainLength has to be 1 to \(Self.chainLengths.upperBound)")
    }
    return configuration
  }

  /// Certificate chain and key, in PEM.
  package func serverFiles(_ configuration: Configuration) throws -> ServerCertificate.Files {
    try node.texts(certificate: configuration.certificate, key: configuration.key)
  }

  /// The coordinator of a configuration.
  package func coordinator(
    _ configuration: Configuration
  ) throws -> CoordinatorIntroduction {
    CoordinatorIntroduction(
      identity: try key(configuration.coordinator, "coordinator"),
      authority: try key(configuration.authority, "authority"),
      log: try key(configuration.log ?? "", "log, the key of the coordinator's log,"))
  }

  private func key(_ text: String, _ field: String) throws -> VerificationKey {
    guard let value = Bytes32(hexadecimal: text) else {
      throw node.fault("\(field) has to be 64 hexadecimal digits")
    }
    return VerificationKey(encoding: value)
  }

  /// A witness that goes on from what it has promised.
  ///
  /// - Parameter clock: Unix seconds.
  /// - Throws: `NodeFolderFault` if the chain is not the one whose anchor was handed out.
  package func open(
    _ configuration: Configuration, logger: Logger, faults: any FaultInjector = NoFaults(),
    clock: @escaping @Sendable () -> UInt64
  ) async throws -> Witness {
    let keys = try WitnessKeys(folder: keysFolder)
    let chain = try keys.chain(length: configuration.chainLength)
    guard chain.anchor.description == configuration.anchor else {
      throw node.fault(
        "the chain in the keys folder does not begin with this anchor; restore the key file 'chain' "
          + "and chainLength, or make a new witness")
    }
    return try await Witness(
      keys: keys, chainLength: configuration.chainLength,
      coordinator: coordinator(configuration),
      store: SQLiteWitnessStore(folder: storeFolder, faults: faults), logger: logger,
      clock: clock)
  }

  /// What is handed to the coordinator's operator: JSON, signed with the witness's key.
  ///
  /// It names the certificate's hash unless a public authority vouches for that.
  package func description(_ configuration: Configuration) throws -> String {
    let keys = try WitnessKeys(folder: keysFolder)
    guard let anchor = Bytes32(hexadecimal: configuration.anchor) else {
      throw node.fault("anchor has to be 64 hexadecimal digits")
    }
    let pin =
      configuration.pinsCertificate
      ? try ServerCertificate.pin(ofPEM: serverFiles(configuration).certificate) : nil
    return WitnessDescription(
      identity: keys.verificationKey, anchor: anchor, url: configuration.url,
      certificatePin: pin
    ).text(signedBy: keys.identity)
  }
}
