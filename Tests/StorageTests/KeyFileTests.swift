import CryptoPrimitives
import Foundation
import Testing

@testable import Storage

@Suite struct KeyFileTests {
  @Test func aKeyComesBackFromAFileOnlyTheOwnerCanRead() throws {
    let folder = try TemporaryFolder()
    var randomness = RandomStream.system()
    let secret = SecretBytes(random: 32, from: &randomness)
    try KeyFile.write(secret, name: "identity", in: folder.path)
    let path = folder.path + "/identity"
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let back = try KeyFile.read(32, name: "identity", in: folder.path)
    let isTheSame = back.isEqual(to: secret)
    #expect(isTheSame)
  }

  @Test func openAndShortKeyFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    try KeyFile.write(SecretBytes(zeros: 31), name: "identity", in: folder.path)
    let path = folder.path + "/identity"
    #expect(throws: StorageError.keyFileLength(path: path, expected: 32, found: 31)) {
      _ = try KeyFile.read(32, name: "identity", in: folder.path)
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    #expect(throws: StorageError.keyFileMode(path: path, mode: 0o640)) {
      _ = try KeyFile.read(32, name: "identity", in: folder.path)
    }
  }
}
