import CryptoPrimitives
import Foundation
import TestSupport

/// Bytes written as hexadecimal digits.
struct Hex: Decodable, Hashable {
  let bytes: [UInt8]

  init(from decoder: any Decoder) throws {
    bytes = TestSupport.bytes(try decoder.singleValueContainer().decode(String.self))
  }

  init(text: String) { bytes = TestSupport.bytes(text) }

  /// The 32 bytes; stops the test if there are not as many.
  var bytes32: Bytes32 {
    guard let bytes = Bytes32(bytes) else { preconditionFailure("\(bytes.count) bytes, not 32") }
    return bytes
  }

  var key: VerificationKey { VerificationKey(encoding: bytes32) }

  /// A secret with these bytes.
  var secret: SecretBytes { SecretBytes(known: bytes) }
}

/// The vectors of fsa1, made by the reference in protocols/reference.
enum VectorFile {
  static func load<File: Decodable>(
    _ name: String, as file: File.Type = File.self,
    keys: JSONDecoder.KeyDecodingStrategy = .convertFromSnakeCase
  ) throws -> File {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    let url = root.appending(path: "protocols/vectors/secure-aggregation/1/\(name).json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = keys
    return try decoder.decode(File.self, from: Data(contentsOf: url))
  }
}
