/// A label and fields, each with its length, as the input of a hash or of a key derivation.
///
/// - Formula: label || LP(f1) || ... || LP(fm), with LP(x) = length of x as 4 little-endian bytes || x.
///   The labels are prefix-free, so two different lists never give the same bytes.
package struct LabeledMessage: Sendable {
  package private(set) var bytes: [UInt8]

  package init(_ label: DomainLabel) {
    bytes = []
    // Room for most messages at once: trees hash many of two fields.
    bytes.reserveCapacity(128)
    bytes += label.rawValue.utf8
  }

  /// Appends a field.
  package mutating func append(_ field: [UInt8]) {
    appendLength(field.count)
    bytes += field
  }

  /// Appends a field of 32 bytes.
  package mutating func append(_ field: Bytes32) {
    appendLength(Bytes32.count)
    field.append(to: &bytes)
  }

  /// Appends a field of four little-endian bytes.
  package mutating func append(_ field: UInt32) {
    appendLength(4)
    bytes.append(littleEndian: field)
  }

  /// Appends a field of eight little-endian bytes.
  package mutating func append(_ field: UInt64) {
    appendLength(8)
    bytes.append(littleEndian: field)
  }

  /// BLAKE2b-256 of label and fields.
  package var digest: Bytes32 { Blake2b.digest(bytes) }

  /// The digest of a label and two fields of 32 bytes, without a message in memory: a proof hashes hundreds.
  package static func digest(
    _ label: DomainLabel, _ first: Bytes32, _ second: Bytes32
  ) -> Bytes32 {
    let name = label.rawValue.utf8
    let count = name.count + 2 * (4 + Bytes32.count)
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { message in
      var place = 0
      func put(_ byte: UInt8) {
        unsafe message.initializeElement(at: place, to: byte)
        place += 1
      }
      for byte in name { put(byte) }
      for field in [first, second] {
        for byte in [UInt8(Bytes32.count), 0, 0, 0] { put(byte) }
        unsafe field.withPointer { bytes in
          for index in 0..<Bytes32.count { put(unsafe bytes[index]) }
        }
      }
      return unsafe Blake2b.digest(UnsafeBufferPointer(message))
    }
  }

  private mutating func appendLength(_ count: Int) { bytes.append(littleEndian: UInt32(count)) }
}

extension [UInt8] {
  /// Appends the bytes of an integer, least significant first.
  package mutating func append(littleEndian value: some FixedWidthInteger & UnsignedInteger) {
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
  }
}
