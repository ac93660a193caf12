import Foundation
import NodeServing
import Testing

@Suite struct NodeFolderTests {
  private struct Configuration: Codable, Equatable {
    var certificate: String
    var key: String
  }

  private let path =
    FileManager.default.temporaryDirectory.path + "/silhouette-" + UUID().uuidString

  private func files() throws -> ServerCertificate.Files {
    try ServerCertificate.make(forNodeAt: "localhost", notBefore: Date(timeIntervalSinceNow: -60))
  }

  /// A folder may be made here, moved, and served from anywhere.
  @Test func whatTheConfigurationNamesIsInTheFolder() throws {
    defer { try? FileManager.default.removeItem(atPath: path + "-moved") }
    let folder = NodeFolder(.coordinator, path: path)
    try folder.make()
    try FileManager.default.createDirectory(
      atPath: path + "/keys", withIntermediateDirectories: false)
    let made = try files()
    let names = try folder.keep(made, in: "keys")
    try folder.keep(Configuration(certificate: names.certificate, key: names.key))
    try FileManager.default.moveItem(atPath: path, toPath: path + "-moved")

    let moved = NodeFolder(.coordinator, path: path + "-moved")
    let read = try moved.configuration(as: Configuration.self)
    #expect(read == Configuration(certificate: "keys/server.crt", key: "keys/server.key"))
    let texts = try moved.texts(certificate: read.certificate, key: read.key)
    #expect(texts.certificate == made.certificate && texts.key == made.key)
    let mode = try FileManager.default.attributesOfItem(
      atPath: path + "-moved/keys/server.key")[.posixPermissions]
    #expect(mode as? Int == 0o600)
  }

  /// A folder that was there is closed to others, too.
  @Test func nobodyElseMayEnter() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    try NodeFolder(.witness, path: path).make()
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
    #expect(mode as? Int == 0o700)
  }

  @Test func whatCannotBeServedWithIsNamed() throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    func file(_ name: String, _ text: String) throws -> String {
      try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
      return path + "/" + name
    }
    let (first, second) = (try files(), try files())
    let certificate = try file("first.crt", first.certificate)
    let key = try file("first.key", first.key)
    let otherKey = try file("second.key", second.key)
    let text = try file("text", "no PEM")
    _ = try ServerCertificate.Files.read(certificate: certificate, key: key)
    for (certificate, key, named) in [
      (path + "/missing", key, path + "/missing"),
      (certificate, path + "/missing", path + "/missing"),
      (text, key, text), (certificate, text, text), (certificate, otherKey, otherKey),
    ] {
      #expect {
        try ServerCertificate.Files.read(certificate: certificate, key: key)
      } throws: { "\($0)".hasPrefix(named) }
    }
  }
}
