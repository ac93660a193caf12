package import CryptoPrimitives

/// Reads an encoding field by field, from the first byte on.
///
/// A device's ledger is read with it, too: protocols/device-ledger.md.
///
/// Nothing is allocated for a count before the count was compared with its limit.
package struct FieldReader {
  private let encoded: [UInt8]
  private var position = 0

  package init(_ encoded: [UInt8]) { self.encoded = encoded }

  /// A refusal of the field at a place.
  package func refusal(_ rule: EncodingFault.Rule, _ place: StaticString) -> LogRefusal {
    .encoding(EncodingFault(rule, place))
  }

  /// The next `count` bytes.
  package mutating func bytes(_ count: Int, _ place: StaticString) throws(LogRefusal) -> [UInt8] {
    let start = try advance(count, place)
    return Array(encoded[start..<start + count])
  }

  /// The next 32 bytes.
  package mutating func bytes32(_ place: StaticString) throws(LogRefusal) -> Bytes32 {
    guard let field = Bytes32(try bytes(Bytes32.count, place)) else {
      // Cannot fail: the field has 32 bytes.
      throw refusal(.truncated, place)
    }
    return field
  }

  mutating func signature(_ place: StaticString) throws(LogRefusal) -> Signature {
    guard let signature = Signature(try bytes(Signature.byteCount, place)) else {
      // Cannot fail: the field has 64 bytes.
      throw refusal(.truncated, place)
    }
    return signature
  }

  package mutating func key(_ place: StaticString) throws(LogRefusal) -> VerificationKey {
    VerificationKey(encoding: try bytes32(place))
  }

  package mutating func u8(_ place: StaticString) throws(LogRefusal) -> UInt8 {
    try integer(place)
  }

  mutating func u16(_ place: StaticString) throws(LogRefusal) -> UInt16 { try integer(place) }

  package mutating func u32(_ place: StaticString) throws(LogRefusal) -> UInt32 {
    try integer(place)
  }

  /// A u64 within `range`.
  ///
  /// - Throws: `range` outside of it.
  package mutating func u64(
    _ range: ClosedRange<UInt64>, _ place: StaticString
  ) throws(LogRefusal) -> UInt64 {
    let value: UInt64 = try integer(place)
    guard range.contains(value) else { throw refusal(.range, place) }
    return value
  }

  /// A time in Unix seconds, a round or another number that starts at 1.
  package mutating func ordinal(_ place: StaticString) throws(LogRefusal) -> UInt64 {
    try u64(1...LogLimits.mostCount, place)
  }

  /// A u32 within `range`.
  ///
  /// - Throws: `range` outside of it.
  package mutating func number(
    _ range: ClosedRange<Int>, _ place: StaticString
  ) throws(LogRefusal) -> Int {
    let field: UInt32 = try integer(place)
    guard range.contains(Int(field)) else { throw refusal(.range, place) }
    return Int(field)
  }

  /// A u8 that counts what follows.
  ///
  /// - Throws: `limit` above `most`.
  mutating func count(_ most: Int, _ place: StaticString) throws(LogRefusal) -> Int {
    let value = Int(try u8(place))
    guard value <= most else { throw refusal(.limit, place) }
    return value
  }

  /// A binary64 within `range` that is not negative zero; NaN is in no range.
  ///
  /// - Throws: `range` for any other.
  mutating func real(
    _ range: ClosedRange<Double>, _ place: StaticString
  ) throws(LogRefusal) -> Double {
    let bits: UInt64 = try integer(place)
    let value = Double(bitPattern: bits)
    guard range.contains(value), value.sign == .plus else { throw refusal(.range, place) }
    return value
  }

  /// Nodes of a proof, after their number.
  mutating func nodes(_ place: StaticString) throws(LogRefusal) -> [Bytes32] {
    var nodes: [Bytes32] = []
    for _ in 0..<(try count(LogLimits.mostProofNodes, place)) { nodes.append(try bytes32(place)) }
    return nodes
  }

  /// Whether everything was read.
  var isAtEnd: Bool { position == encoded.count }

  /// Checks that nothing is left.
  package func finish(_ place: StaticString) throws(LogRefusal) {
    guard isAtEnd else { throw refusal(.trailing, place) }
  }

  private mutating func integer<Value: FixedWidthInteger>(
    _ place: StaticString
  ) throws(LogRefusal) -> Value {
    let count = Value.bitWidth / 8
    let start = try advance(count, place)
    var value: Value = 0
    for index in 0..<count { value |= Value(encoded[start + index]) << Value(8 * index) }
    return value
  }

  /// Takes `count` bytes and returns where they start.
  private mutating func advance(_ count: Int, _ place: StaticString) throws(LogRefusal) -> Int {
    guard count <= encoded.count - position else { throw refusal(.truncated, place) }
    defer { position += count }
    return position
  }
}

extension [UInt8] {
  /// Appends a number of nodes and the nodes.
  mutating func append(nodes: [Bytes32]) {
    append(UInt8(nodes.count))
    for node in nodes { node.append(to: &self) }
  }
}
