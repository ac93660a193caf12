internal import Foundation

/// The folder of a node that serves, whose configuration is a JSON file that its operator may edit.
package struct NodeFolder: Sendable {
  package enum Kind: String, Sendable {
    case coordinator
    case witness
  }

  package let kind: Kind
  package let path: String

  package init(_ kind: Kind, path: String) {
    self.kind = kind
    self.path = path
  }

  package var configurationPath: String { "\(path)/\(kind).json" }

  /// Makes the folder, for its owner only.
  ///
  /// - Throws: `NodeFolderFault.exists` if it is a node's already.
  package func make() throws {
    guard !FileManager.default.fileExists(atPath: configurationPath) else {
      throw NodeFolderFault.exists(kind, path)
    }
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    // The folder may have been there.
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
  }

  /// Writes the configuration; last of all, as a folder with a configuration is complete.
  package func keep(_ configuration: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try write(
      String(decoding: try encoder.encode(configuration), as: UTF8.self) + "\n",
      to: configurationPath)
  }

  /// - Throws: `NodeFolderFault.missing`, `NodeFolderFault.faulty`.
  package func configuration<Configuration: Decodable>(
    as type: Configuration.Type
  ) throws -> Configuration {
    guard let bytes = FileManager.default.contents(atPath: configurationPath) else {
      throw NodeFolderFault.missing(kind, path)
    }
    do { return try JSONDecoder().decode(type, from: bytes) } catch let error as DecodingError {
      throw fault(Self.reason(error))
    }
  }

  /// What is wrong with the configuration.
  package func fault(_ reason: String) -> NodeFolderFault {
    .faulty(file: configurationPath, reason: reason)
  }

  private static func reason(_ error: DecodingError) -> String {
    func name(_ path: [any CodingKey]) -> String {
      path.map(\.stringValue).joined(separator: ".")
    }
    return switch error {
    case .keyNotFound(let key, let context):
      "\(name(context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(name(context.codingPath)) is of another type"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      "\(name(context.codingPath)) is out of range"
    default: "this is no JSON"
    }
  }

  /// Keeps a certificate and its key, and returns where they are, as a configuration names them.
  package func keep(
    _ files: ServerCertificate.Files, in folder: String
  ) throws -> ServerCertificate.Files {
    let names = ServerCertificate.Files(
      certificate: folder + "/server.crt", key: folder + "/server.key")
    try write(files.certificate, to: place(of: names.certificate))
    try write(files.key, to: place(of: names.key))
    return names
  }

  /// The PEM texts of the files that a configuration names.
  package func texts(certificate: String, key: String) throws -> ServerCertificate.Files {
    do {
      return try .read(certificate: place(of: certificate), key: place(of: key))
    } catch NodeFolderFault.unreadable(let file) {
      let field = file == place(of: key) ? "key" : "certificate"
      throw fault("\(field) is \(file), which cannot be read; write the path of a file in PEM")
    }
  }

  /// A relative path begins in the folder, wherever the program is started.
  private func place(of file: String) -> String {
    file.hasPrefix("/") ? file : path + "/" + file
  }

  /// Nobody else may enter the folder, so nobody sees a key before its mode is set.
  private func write(_ text: String, to file: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
  }
}

/// What is wrong with a node's folder.
package enum NodeFolderFault: Error, Equatable, CustomStringConvertible {
  case exists(NodeFolder.Kind, String)
  case missing(NodeFolder.Kind, String)
  case faulty(file: String, reason: String)
  case unreadable(file: String)

  package var description: String {
    switch self {
    case .exists(let kind, let path): "\(path) holds a \(kind) already; choose another folder"
    case .missing(let kind, let path):
      "\(path) holds no \(kind); make one with: silhouette \(kind) init --dir \(path)"
    case .faulty(let file, let reason): "\(file): \(reason)"
    case .unreadable(let file): "\(file): cannot be read; write the path of a file in PEM"
    }
  }
}
