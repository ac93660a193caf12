import Foundation
import ProtocolVectors
import Testing

/// The vectors of the repository, and what can be done to them.
enum CommittedVectors {
  static var folder: URL {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return root.appending(path: "protocols/vectors/secure-aggregation/1")
  }

  static func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: folder.appending(path: name))
  }

  static func document(_ name: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: bytes(name)) as? [String: Any])
  }

  /// Vectors of one file that a test has changed; the rounds that it may go on from stay as they are.
  static func verify(_ name: String, _ document: [String: Any]) async throws -> VectorReport.File {
    let bytes = try JSONSerialization.data(withJSONObject: document)
    return try await verify(name, bytes: bytes)
  }

  static func verify(_ name: String, bytes: Data) async throws -> VectorReport.File {
    var contents = [name: bytes]
    let needsRounds = ["bad_client.json", "bad_coordinator.json", "witness.json"].contains(name)
    if needsRounds { contents["round_complete.json"] = try Self.bytes("round_complete.json") }
    let report = try await ProtocolVectors(contents: contents).verify([name])
    return try #require(report.files.first)
  }
}

/// Fields of a JSON document by path, such as `cases`, 3, `message`.
enum Path {
  static func value(_ document: Any, _ path: ArraySlice<PathStep>) -> Any? {
    guard let step = path.first else { return document }
    switch step {
    case .key(let key):
      return (document as? [String: Any])?[key].flatMap { value($0, path.dropFirst()) }
    case .index(let index):
      guard let list = document as? [Any], list.indices.contains(index) else { return nil }
      return value(list[index], path.dropFirst())
    }
  }

  /// The document with another value at a path; nil removes the field.
  static func replacing(
    _ document: Any, _ path: ArraySlice<PathStep>, _ change: (Any?) -> Any?
  ) -> Any? {
    guard let step = path.first else { return change(document) }
    switch step {
    case .key(let key):
      var fields = document as? [String: Any] ?? [:]
      fields[key] =
        path.count == 1
        ? change(fields[key])
        : fields[key].flatMap { replacing($0, path.dropFirst(), change) }
      return fields
    case .index(let index):
      var list = document as? [Any] ?? []
      guard list.indices.contains(index) else { return list }
      if let value = replacing(list[index], path.dropFirst(), change) {
        list[index] = value
      } else {
        list.remove(at: index)
      }
      return list
    }
  }
}

enum PathStep: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, Sendable {
  case key(String)
  case index(Int)

  init(stringLiteral value: String) { self = .key(value) }
  init(integerLiteral value: Int) { self = .index(value) }
}
