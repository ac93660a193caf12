import CryptoPrimitives
import Foundation
import TestSupport
import TransparencyLog

/// The files of protocols/vectors/transparency-log/1, which protocols/reference/transparency_log.py writes.
enum Vectors {
  static func load<Content: Decodable>(_ name: String) throws -> Content {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    let file = root.appending(path: "protocols/vectors/transparency-log/1/\(name)")
    return try JSONDecoder().decode(Content.self, from: Data(contentsOf: file))
  }

  struct Tree: Decodable {
    struct Inclusion: Decodable {
      let index: Int
      let size: Int
      let proof: Hex
    }

    struct Consistency: Decodable {
      let older: Int
      let newer: Int
      let proof: Hex
    }

    let entries: [Hex]
    let leaves: [Hex]
    let nodeOfFirstTwo: Hex
    let roots: [Hex]
    let inclusion: [Inclusion]
    let consistency: [Consistency]

    enum CodingKeys: String, CodingKey {
      case entries, leaves, roots, inclusion, consistency
      case nodeOfFirstTwo = "node_of_first_two"
    }
  }

  struct BadProofs: Decodable {
    struct Inclusion: Decodable {
      let name: String
      let leaf: Hex
      let size: UInt64
      let root: Hex
      let proof: Hex
      let rule: String
    }

    struct Consistency: Decodable {
      let name: String
      let older: UInt64
      let olderRoot: Hex
      let newer: UInt64
      let newerRoot: Hex
      let proof: Hex
      let rule: String

      enum CodingKeys: String, CodingKey {
        case name, older, newer, proof, rule
        case olderRoot = "older_root"
        case newerRoot = "newer_root"
      }
    }

    let inclusion: [Inclusion]
    let consistency: [Consistency]
  }

  struct Tiles: Decodable {
    struct File: Decodable {
      let path: String
      let hash: Hex
    }

    struct Name: Decodable {
      let level: Int
      let index: UInt64
      let width: Int
      let path: String
    }

    let size: Int
    let tiles: [File]
    let bundles: [File]
    let names: [Name]
  }

  struct BadEntries: Decodable {
    struct Entry: Decodable {
      let name: String
      let encoded: Hex
      let rule: String
    }

    let entries: [Entry]
  }

  struct Heads: Decodable {
    struct Step: Decodable {
      let head: Hex
      let proof: Hex?
    }

    let log: Hex
    let name: Hex
    let witnesses: [Hex]
    let needed: Int
    let logSeed: Hex
    let steps: [Step]

    enum CodingKeys: String, CodingKey {
      case log, name, witnesses, needed, steps
      case logSeed = "log_seed"
    }
  }

  struct BadHeads: Decodable {
    struct Head: Decodable {
      let name: String
      let head: Hex
      let proof: Hex?
      let rule: String
    }

    let log: Hex
    let witnesses: [Hex]
    let needed: Int
    let seen: Hex
    let heads: [Head]
  }

  struct Evidence: Decodable {
    struct Heads: Decodable {
      let name: String
      let evidence: Hex
      let fault: String?
    }

    struct Entries: Decodable {
      let name: String
      let evidence: Hex
      let holds: Bool
    }

    let log: Hex
    let heads: [Heads]
    let entries: [Entries]
  }
}

/// Bytes as hexadecimal digits.
struct Hex: Decodable {
  let bytes: [UInt8]

  init(from decoder: any Decoder) throws {
    bytes = TestSupport.bytes(try decoder.singleValueContainer().decode(String.self))
  }

  var bytes32: Bytes32 {
    guard let value = Bytes32(bytes) else { preconditionFailure("not 32 bytes") }
    return value
  }

  var key: VerificationKey { VerificationKey(encoding: bytes32) }

  var signature: Signature {
    guard let value = Signature(bytes) else { preconditionFailure("not 64 bytes") }
    return value
  }
}
