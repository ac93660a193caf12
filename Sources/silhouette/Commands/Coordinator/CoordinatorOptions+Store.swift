internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import Storage

extension CoordinatorOptions {
  /// Runs `body` on the coordinator's store, beside a coordinator that may be running.
  func withStore<Value: Sendable>(
    _ body: (SQLiteCoordinatorStore) async throws -> Value
  ) async throws -> Value {
    let folder = CoordinatorFolder(path: dir)
    _ = try folder.configuration()
    let store = try await SQLiteCoordinatorStore(folder: folder.storeFolder, as: .visitor)
    let result: Result<Value, any Error>
    do { result = .success(try await body(store)) } catch { result = .failure(error) }
    try store.close()
    return try result.get()
  }
}

/// A hash on the command line: all of it, or as many of the first digits as no other one has.
struct HashPrefix: ExpressibleByArgument, Sendable {
  let digits: String

  init?(argument: String) {
    let isHexadecimal = argument.allSatisfy { $0.isASCII && $0.isHexDigit }
    guard isHexadecimal, (4...64).contains(argument.count) else { return nil }
    digits = argument.lowercased()
  }

  /// The one that is meant.
  func hash(among all: [Bytes32], kind: String) throws(HashFault) -> Bytes32 {
    let found = all.filter { $0.description.hasPrefix(digits) }
    guard let first = found.first else { throw .unknown(kind: kind, digits: digits) }
    guard found.count == 1 else { throw .ambiguous(kind: kind, digits: digits, count: found.count) }
    return first
  }
}

/// Why a hash on the command line names nothing.
enum HashFault: Error, Equatable, CustomStringConvertible {
  case unknown(kind: String, digits: String)
  case ambiguous(kind: String, digits: String, count: Int)

  var description: String {
    switch self {
    case .unknown(let kind, let digits):
      "no \(kind) begins with \(digits); list them with: silhouette coordinator \(kind) list"
    case .ambiguous(let kind, let digits, let count):
      "\(count) of the \(kind)s begin with \(digits); write more digits"
    }
  }
}
