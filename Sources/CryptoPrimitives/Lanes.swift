/// Room for 32 bytes in place, in the order of memory.
///
/// Words, not a SIMD vector: that would have an alignment of 32 bytes, and values in the frames of
/// asynchronous functions get no more than 16 from the Swift 6.3 runtime. Frames then overlap.
struct Lanes32: BitwiseCopyable, Sendable, Equatable {
  private var first: UInt64 = 0
  private var second: UInt64 = 0
  private var third: UInt64 = 0
  private var fourth: UInt64 = 0

  /// Lexicographic order, first byte first.
  func isBefore(_ other: Lanes32) -> Bool {
    if first != other.first { return first.bigEndian < other.first.bigEndian }
    if second != other.second { return second.bigEndian < other.second.bigEndian }
    if third != other.third { return third.bigEndian < other.third.bigEndian }
    return fourth.bigEndian < other.fourth.bigEndian
  }
}

/// Room for 64 bytes in place.
struct Lanes64: BitwiseCopyable, Sendable, Equatable {
  private var first = Lanes32()
  private var second = Lanes32()
}

/// Room for 104 bytes in place: two scalars, sealed.
package struct Lanes104: BitwiseCopyable, Sendable, Equatable {
  package static let byteCount = 104

  private var first = Lanes64()
  private var second = Lanes32()
  private var third: UInt64 = 0

  /// - Range: 104 bytes.
  package init(_ bytes: RawSpan) {
    precondition(bytes.byteCount == Self.byteCount, "\(bytes.byteCount) bytes in room for 104")
    self = unsafe bytes.unsafeLoadUnaligned(as: Lanes104.self)
  }

  /// The bytes as an array.
  package var bytes: [UInt8] { unsafe withUnsafeBytes(of: self) { unsafe Array($0) } }

  /// Appends the bytes to an array.
  package func append(to array: inout [UInt8]) {
    unsafe withUnsafeBytes(of: self) { unsafe array.append(contentsOf: $0) }
  }
}
