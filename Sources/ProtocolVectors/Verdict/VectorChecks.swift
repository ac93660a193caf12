internal import CryptoPrimitives

/// Compares what the library computes with what one file says, vector by vector.
struct VectorChecks {
  private(set) var result: VectorReport.File
  /// The vector that is looked at.
  private(set) var vector = ""
  private var names: Set<String> = []

  init(file: String) { result = VectorReport.File(name: file) }

  /// Goes on to a vector.
  mutating func begin(_ name: String) throws(ProtocolVectorError) {
    vector = name
    guard names.insert(name).inserted else { throw .duplicatedName(place("name")) }
    result.vectors += 1
  }

  /// A field of the vector.
  func place(_ field: String) -> ProtocolVectorPlace {
    ProtocolVectorPlace(file: result.name, vector: vector, field: field)
  }

  // MARK: Results

  /// Compares a result with what the file says.
  mutating func equal<Value: Equatable>(_ field: String, _ found: Value?, _ expected: Value?) {
    result.comparisons += 1
    guard found != expected else { return }
    let position = VectorText.firstDifference(found, expected)
    note(field, VectorText.text(found), VectorText.text(expected) + position)
  }

  /// Notes a result that cannot be compared, for what leads to it went wrong.
  mutating func fail(_ field: String, found: String, expected: String) {
    result.comparisons += 1
    note(field, found, expected)
  }

  private mutating func note(_ field: String, _ found: String, _ expected: String) {
    result.failures.append(
      VectorFailure(
        file: result.name, vector: vector, field: field, expected: expected, found: found))
  }

  // MARK: Inputs

  /// What `take` makes of an input; that it cannot be taken in is a fault of the file.
  func input<Value: ~Copyable, Failure: Error>(
    _ field: String, _ take: () throws(Failure) -> Value
  ) throws(ProtocolVectorError) -> Value {
    do throws(Failure) {
      return try take()
    } catch {
      throw .unusable(place(field), reason: "\(error)")
    }
  }

  /// Vectors of a file, of which there must be some: nothing is shown by an empty list.
  func list<Vector>(_ field: String, _ vectors: [Vector]) throws(ProtocolVectorError) -> [Vector] {
    guard !vectors.isEmpty else {
      throw .outOfRange(
        ProtocolVectorPlace(file: result.name, field: field), found: "an empty list",
        expected: "at least one vector")
    }
    return vectors
  }

  /// A field that must be there.
  func required<Value>(_ field: String, _ value: Value?) throws(ProtocolVectorError) -> Value {
    guard let value else { throw .missingField(place(field)) }
    return value
  }

  /// A number that must be within limits.
  @discardableResult
  func limited<Number: BinaryInteger>(
    _ field: String, _ value: Number, _ limits: ClosedRange<Number>
  ) throws(ProtocolVectorError) -> Number {
    guard limits.contains(value) else {
      throw .outOfRange(
        place(field), found: "\(value)",
        expected: "from \(limits.lowerBound) to \(limits.upperBound)")
    }
    return value
  }

  /// Bytes of which there must be a certain number.
  func sized(_ field: String, _ bytes: [UInt8], _ count: Int) throws(ProtocolVectorError) {
    guard bytes.count == count else {
      throw .outOfRange(
        place(field), found: "\(bytes.count) bytes", expected: "\(count) bytes")
    }
  }
}

/// Values in few words: of byte strings the first eight digits, of lists the first four numbers.
enum VectorText {
  static func text<Value>(_ value: Value?) -> String {
    guard let value else { return "nothing" }
    if let bytes = bytes(value) {
      let digits = hexadecimal(Array(bytes.prefix(4)))
      return bytes.count > 4
        ? "\(digits)... (\(bytes.count) bytes)" : "\(digits) (\(bytes.count) bytes)"
    }
    if let list = value as? [Any] {
      let start = list.prefix(4).map { "\($0)" }.joined(separator: ", ")
      return list.count > 4 ? "\(start), ... (\(list.count) numbers)" : "[\(start)]"
    }
    return "\(value)"
  }

  /// Where two values differ, if they are of one length.
  static func firstDifference<Value>(_ found: Value?, _ expected: Value?) -> String {
    guard let found, let expected, let left = bytes(found), let right = bytes(expected),
      left.count == right.count, let position = left.indices.first(where: { left[$0] != right[$0] })
    else { return "" }
    return ", from byte \(position) on"
  }

  private static func bytes(_ value: Any) -> [UInt8]? {
    (value as? Bytes32)?.bytes ?? value as? [UInt8]
  }
}
