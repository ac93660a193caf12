internal import ArgumentParser
internal import CoordinatorNode
internal import CryptoPrimitives
internal import Storage

extension CoordinatorOptions {
  /// Runs `body` on the coordinator's store, beside a coordinator that may be running.
  func withStore<Value: Sendable>(
    _ body: (SQLiteCoordinatorStore) async throws -> Value
  ) async throws -> Value {
    try await CoordinatorFolder(path: dir).withStore(body)
  }
}

extension CoordinatorFolder {
  /// Runs `body` on the store of the coordinator, beside one that may be running.
  func withStore<Value: Sendable>(
    _ body: (SQLiteCoordinatorStore) async throws -> Value
  ) async throws -> Value {
    _ = try configuration()
    let store = try await SQLiteCoordinatorStore(folder: storeFolder, as: .visitor)
    let result: Result<Value, any Error>
    do { result = .success(try await body(store)) } catch { result = .failure(error) }
    try store.close()
    return try result.get()
  }
}

/// A hash on the command line: all of it, or as many of the first digits as no other one has.
struct HashPrefix: ExpressibleByArgument, Sendable {
  /// As it was written.
  let text: String
  let digits: String

  static let fewestDigits = 4

  /// Anything, so that a word that is no hash gets an answer that says what one is.
  init?(argument: String) {
    text = argument
    digits = argument.lowercased()
  }

  /// The one that is meant.
  ///
  /// - Parameters:
  ///   - kind: what it names, for people.
  ///   - list: the command of a coordinator that lists them; `KIND list` unless said.
  func hash(
    among all: [Bytes32], kind: String, listedBy list: String? = nil
  ) throws(HashFault) -> Bytes32 {
    let isHexadecimal = digits.allSatisfy { $0.isASCII && $0.isHexDigit }
    guard isHexadecimal, (Self.fewestDigits...64).contains(digits.count) else {
      throw .noHash(kind: kind, text: digits)
    }
    let found = all.filter { $0.description.hasPrefix(digits) }
    guard let first = found.first else {
      throw .unknown(kind: kind, digits: digits, list: list ?? "\(kind) list")
    }
    guard found.count == 1 else { throw .ambiguous(kind: kind, digits: digits, count: found.count) }
    return first
  }
}

/// Why a hash on the command line names nothing.
enum HashFault: Error, Equatable, CustomStringConvertible {
  case noHash(kind: String, text: String)
  case unknown(kind: String, digits: String, list: String)
  case ambiguous(kind: String, digits: String, count: Int)

  var description: String {
    switch self {
    case .noHash(let kind, let text):
      "\(text) names no \(kind); write its hash, or the first digits of it, at least "
        + "\(HashPrefix.fewestDigits) of 0 to 9 and a to f"
    case .unknown(let kind, let digits, let list):
      "no \(kind) begins with \(digits); list them with: silhouette coordinator \(list) --dir DIR"
    case .ambiguous(let kind, let digits, let count):
      "\(digits) means \(count) of the \(kind)s; write more digits of the hash"
    }
  }
}
