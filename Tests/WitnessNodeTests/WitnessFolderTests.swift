import CryptoPrimitives
import Foundation
import Logging
import NodeServing
import Storage
import Testing
import WireProtocol

@testable import WitnessNode

@Suite struct WitnessFolderTests {
  private let cast: WitnessCast

  init() throws { cast = try WitnessCast() }

  @Test func theDescriptionIsWhatACoordinatorReads() throws {
    let configuration = try cast.folder.configuration()
    let pin = try ServerCertificate.pin(
      ofPEM: cast.folder.serverFiles(configuration).certificate)
    let text = try cast.folder.description(configuration)
    let description = try WitnessDescription(decoding: Array(text.utf8))
    #expect(description.anchor.description == configuration.anchor)
    #expect(description.url == configuration.url && description.certificatePin == pin)
    let changed = text.replacingOccurrences(of: "8444", with: "8445")
    #expect(throws: WireError.badSignature) {
      try WitnessDescription(decoding: Array(changed.utf8))
    }
  }

  @Test func aWitnessIsMadeOnce() throws {
    let configuration = try cast.folder.configuration()
    #expect(throws: NodeFolderFault.exists(.witness, cast.folder.path)) {
      try cast.folder.make(configuration, files: nil)
    }
  }

  /// A witness without its record would promise a second time.
  @Test func withoutItsRecordAWitnessDoesNotStart() async throws {
    let path = cast.folder.storeFolder
    try FileManager.default.removeItem(atPath: path)
    await #expect(
      throws: StorageError.witnessStoreMissing(path: path + "/witness.sqlite")
    ) { _ = try await cast.start() }
    // Nor is a new record made for keys that may have been used.
    try FileManager.default.removeItem(atPath: cast.folder.path + "/witness.json")
    #expect(throws: StorageError.witnessStoreMissing(path: path + "/witness.sqlite")) {
      try cast.folder.make(
        WitnessFolder.Configuration(
          url: "https://witness.example", host: "127.0.0.1", port: 0, pinsCertificate: false,
          coordinator: CoordinatorIntroduction(
            identity: cast.coordinator.verificationKey,
            authority: cast.authority.verificationKey, log: cast.logKey.verificationKey),
          chainLength: 4),
        files: nil)
    }
  }

  @Test func anotherChainIsNoticed() async throws {
    let path = cast.folder.path + "/witness.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacingOccurrences(of: "\"chainLength\" : 16", with: "\"chainLength\" : 17")
      .write(toFile: path, atomically: true, encoding: .utf8)
    await #expect {
      _ = try await cast.start()
    } throws: { error in
      guard case NodeFolderFault.faulty(path, let reason) = error else { return false }
      return reason.contains("does not begin with this anchor")
    }
  }

  @Test func keysAreForTheOwnerOnly() throws {
    for name in ["identity", "chain"] {
      let attributes = try FileManager.default.attributesOfItem(
        atPath: cast.folder.keysFolder + "/" + name)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }
}
