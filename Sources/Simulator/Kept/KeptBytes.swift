internal import CryptoPrimitives

/// Fields of a file that a simulation keeps, one after the other: integers little-endian, lists and text
/// after their count, and at the end BLAKE2b-256 of all before.
struct KeptBytes: Sendable {
  private(set) var bytes: [UInt8]

  /// - Parameter magic: the kind of file and the version of its format.
  init(magic: [UInt8]) { bytes = magic }

  mutating func append(_ hash: Bytes32) { hash.append(to: &bytes) }
  mutating func append(_ count: Int) { bytes.append(littleEndian: UInt32(count)) }
  mutating func append(_ value: Double) { bytes.append(littleEndian: value.bitPattern) }

  mutating func append(_ values: [Float]) {
    append(values.count)
    for value in values { bytes.append(littleEndian: value.bitPattern) }
  }

  mutating func append(_ text: String) {
    append(text.utf8.count)
    bytes += text.utf8
  }

  /// All fields with their digest.
  var sealed: [UInt8] {
    var sealed = bytes
    Blake2b.digest(bytes).append(to: &sealed)
    return sealed
  }
}

/// Reads what `KeptBytes` wrote.
///
/// Nothing is allocated for bytes that are not there; every field is nil that is not whole and sound.
struct KeptBytesReader {
  private var bytes: ArraySlice<UInt8>

  /// Nil for bytes of another kind or version, or whose digest is not theirs.
  init?(_ bytes: [UInt8], magic: [UInt8]) {
    let end = bytes.count - Bytes32.count
    guard end >= magic.count, bytes.starts(with: magic),
      Bytes32(Array(bytes[end...])) == Blake2b.digest(Array(bytes[..<end]))
    else { return nil }
    self.bytes = bytes[magic.count..<end]
  }

  var isAtEnd: Bool { bytes.isEmpty }

  mutating func hash() -> Bytes32? {
    guard bytes.count >= Bytes32.count else { return nil }
    defer { bytes = bytes.dropFirst(Bytes32.count) }
    return Bytes32(Array(bytes.prefix(Bytes32.count)))
  }

  mutating func count() -> Int? { integer(UInt32.self).map { Int($0) } }

  /// Of things of at least this many bytes each.
  mutating func count(ofSize size: Int) -> Int? {
    guard let count = count(), count * size <= bytes.count else { return nil }
    return count
  }

  /// A finite number.
  mutating func number() -> Double? {
    guard let value = integer(UInt64.self).map(Double.init(bitPattern:)), value.isFinite
    else { return nil }
    return value
  }

  /// Finite numbers.
  mutating func floats() -> [Float]? {
    guard let count = count(ofSize: 4) else { return nil }
    var values: [Float] = []
    values.reserveCapacity(count)
    for _ in 0..<count {
      guard let value = integer(UInt32.self).map(Float.init(bitPattern:)), value.isFinite
      else { return nil }
      values.append(value)
    }
    return values
  }

  /// UTF-8.
  mutating func text() -> String? {
    guard let count = count(ofSize: 1) else { return nil }
    defer { bytes = bytes.dropFirst(count) }
    return String(validating: bytes.prefix(count), as: UTF8.self)
  }

  private mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type) -> Integer? {
    let size = Integer.bitWidth / 8
    guard bytes.count >= size else { return nil }
    defer { bytes = bytes.dropFirst(size) }
    return bytes.prefix(size).reversed().reduce(Integer(0)) { $0 << 8 | Integer($1) }
  }
}
