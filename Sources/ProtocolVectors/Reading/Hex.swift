internal import CryptoPrimitives

/// Bytes written as hexadecimal digits.
package struct Hex: Decodable, Hashable, Sendable {
  package let bytes: [UInt8]

  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let value = Self(text: text) else {
      throw FieldFault(
        path: decoder.codingPath, found: "\(text.utf8.count) characters",
        expected: "an even number of lower-case hexadecimal digits")
    }
    self = value
  }

  /// The bytes, or nil if there is anything but digits or half a byte.
  package init?(text: String) {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    for start in stride(from: 0, to: digits.count, by: 2) {
      guard let high = Self.value(digits[start]), let low = Self.value(digits[start + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

/// Thirty-two bytes written as hexadecimal digits: a key, a seed, a hash, a point.
struct Hex32: Decodable, Hashable, Sendable {
  let value: Bytes32

  init(from decoder: any Decoder) throws {
    let bytes = try Hex(from: decoder).bytes
    guard let value = Bytes32(bytes) else {
      throw FieldFault(
        path: decoder.codingPath, found: "\(bytes.count) bytes", expected: "32 bytes")
    }
    self.value = value
  }

  var bytes: [UInt8] { value.bytes }
  var key: VerificationKey { VerificationKey(encoding: value) }

  /// A secret with these bytes, which everybody knows: the vectors are published.
  var secret: SecretBytes { SecretBytes(published: bytes) }
}

extension SecretBytes {
  /// A secret of a vector, which is in guarded memory only because the library asks for that.
  init(published bytes: [UInt8]) {
    self.init(zeros: bytes.count)
    withMutableBytes { target in
      for (index, byte) in bytes.enumerated() {
        target.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
      }
    }
  }

  /// The bytes of a secret that follows from a published one.
  var published: [UInt8] {
    withBytes { bytes in
      bytes.byteOffsets.map { unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
    }
  }
}

/// A field whose value is not one that it may have.
struct FieldFault: Error {
  let path: [any CodingKey]
  let found: String
  let expected: String
}
