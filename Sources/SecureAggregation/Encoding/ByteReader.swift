internal import CryptoPrimitives
internal import RingArithmetic

/// Reads a message field by field, from the first byte on.
///
/// Nothing is allocated for a count before the count was compared with its limit.
struct ByteReader {
  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var remainingByteCount: Int { bytes.count - position }

  mutating func bytes(_ count: Int, _ place: StaticString) throws(ProtocolError) -> [UInt8] {
    let start = try advance(count, place)
    return Array(bytes[start..<start + count])
  }

  /// What `make` reads from the next `count` bytes, which are not copied for it.
  mutating func withBytes<Value>(
    _ count: Int, _ place: StaticString, _ make: (RawSpan) -> Value
  ) throws(ProtocolError) -> Value {
    let start = try advance(count, place)
    return unsafe make(bytes.span.bytes.extracting(start..<start + count))
  }

  mutating func bytes32(_ place: StaticString) throws(ProtocolError) -> Bytes32 {
    // Cannot fail: the field has 32 bytes.
    try withBytes(Bytes32.count, place) { Bytes32($0) ?? Bytes32() }
  }

  mutating func signature(_ place: StaticString) throws(ProtocolError) -> Signature {
    guard let signature = try withBytes(Signature.byteCount, place, { Signature($0) }) else {
      // Cannot fail: the field has 64 bytes.
      throw ProtocolError(.truncated, place)
    }
    return signature
  }

  mutating func u32(_ place: StaticString) throws(ProtocolError) -> UInt32 {
    try integer(place)
  }

  mutating func u64(_ place: StaticString) throws(ProtocolError) -> UInt64 {
    try integer(place)
  }

  /// A u32 within `range`.
  ///
  /// - Throws: `range` outside of it.
  mutating func u32(
    _ range: ClosedRange<UInt32>, _ place: StaticString
  ) throws(ProtocolError) -> UInt32 {
    let value = try u32(place)
    guard range.contains(value) else { throw ProtocolError(.range, place) }
    return value
  }

  /// A u64 within `range`.
  ///
  /// - Throws: `range` outside of it.
  mutating func u64(
    _ range: ClosedRange<UInt64>, _ place: StaticString
  ) throws(ProtocolError) -> UInt64 {
    let value = try u64(place)
    guard range.contains(value) else { throw ProtocolError(.range, place) }
    return value
  }

  /// A binary64 that is finite and above zero.
  ///
  /// - Throws: `range` for any other.
  mutating func positiveReal(_ place: StaticString) throws(ProtocolError) -> Double {
    let value = Double(bitPattern: try u64(place))
    guard value.isFinite && value > 0 else { throw ProtocolError(.range, place) }
    return value
  }

  /// d: coordinates of a vector.
  mutating func dimension(_ place: StaticString) throws(ProtocolError) -> Int {
    let dimension = try count(0...RoundConfig.mostDimension, place)
    guard dimension >= 1 else { throw ProtocolError(.range, place) }
    return dimension
  }

  /// b: a ring width that travels.
  mutating func ringBits(_ place: StaticString) throws(ProtocolError) -> Int {
    let bits = Int(try u32(place))
    guard BitPacking.supportedBits.contains(bits) else { throw ProtocolError(.range, place) }
    return bits
  }

  mutating func verificationKey(
    _ place: StaticString
  ) throws(ProtocolError) -> VerificationKey { VerificationKey(encoding: try bytes32(place)) }

  /// A cohort index, which is below the largest cohort.
  mutating func cohortIndex(_ place: StaticString) throws(ProtocolError) -> Int {
    try count(0...RoundConfig.mostCohort - 1, place)
  }

  /// n: the size of a cohort.
  mutating func cohortSize(_ place: StaticString) throws(ProtocolError) -> Int {
    try count(3...RoundConfig.mostCohort, place)
  }

  /// A u32 that has to be within `limits`.
  ///
  /// - Throws: `limit` outside of them.
  mutating func count(
    _ limits: ClosedRange<Int>, _ place: StaticString
  ) throws(ProtocolError) -> Int {
    let value = Int(try u32(place))
    guard limits.contains(value) else { throw ProtocolError(.limit, place) }
    return value
  }

  /// A bitmap of `count` bits.
  ///
  /// - Throws: `bitmap` if a bit from `count` on is set.
  mutating func bitmap(_ count: Int, _ place: StaticString) throws(ProtocolError) -> CohortSet {
    let encoded = try bytes((count + 7) / 8, place)
    guard let set = CohortSet(bitmap: encoded, cohortSize: count) else {
      throw ProtocolError(.bitmap, place)
    }
    return set
  }

  /// Checks that nothing is left.
  func finish(_ place: StaticString) throws(ProtocolError) {
    guard remainingByteCount == 0 else { throw ProtocolError(.trailing, place) }
  }

  private mutating func integer<Value: FixedWidthInteger>(
    _ place: StaticString
  ) throws(ProtocolError) -> Value {
    let count = Value.bitWidth / 8
    let start = try advance(count, place)
    var value: Value = 0
    for index in 0..<count { value |= Value(bytes[start + index]) << Value(8 * index) }
    return value
  }

  /// Takes `count` bytes and returns where they start.
  private mutating func advance(_ count: Int, _ place: StaticString) throws(ProtocolError) -> Int {
    guard count <= remainingByteCount else { throw ProtocolError(.truncated, place) }
    defer { position += count }
    return position
  }
}
