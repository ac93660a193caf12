/// Thirty-two public bytes held in place: a digest, a public key, a point, a nonce.
///
/// The order is that of the bytes, first byte first.
package struct Bytes32: Sendable, Equatable {
  package static let count = 32

  private var lanes = Lanes32()

  /// Thirty-two zeros.
  package init() {}

  /// The given bytes, or nil if there are not exactly 32.
  package init?(_ bytes: RawSpan) {
    guard bytes.byteCount == Self.count else { return nil }
    unsafe lanes = bytes.unsafeLoadUnaligned(as: Lanes32.self)
  }

  /// The given bytes, or nil if there are not exactly 32.
  package init?(_ bytes: [UInt8]) { unsafe self.init(bytes.span.bytes) }

  /// Thirty-two random bytes, for what is unpredictable but not secret.
  package init(random randomness: inout RandomStream) {
    unsafe withUnsafeMutableBytes(of: &lanes) { unsafe randomness.fillDirectly($0) }
  }

  /// What `write` puts into 32 zeroed bytes.
  init<Failure: Error>(
    filledBy write: (UnsafeMutablePointer<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    try unsafe withUnsafeMutablePointer(to: &lanes) { (lanes) throws(Failure) in
      try unsafe UnsafeMutableRawPointer(lanes).withMemoryRebound(
        to: UInt8.self, capacity: Self.count
      ) { (bytes) throws(Failure) in try unsafe write(bytes) }
    }
  }

  /// The bytes as an array.
  package var bytes: [UInt8] { unsafe withUnsafeBytes(of: lanes) { unsafe Array($0) } }

  /// Appends the bytes to an array.
  package func append(to array: inout [UInt8]) {
    unsafe withUnsafeBytes(of: lanes) { unsafe array.append(contentsOf: $0) }
  }

  /// Calls `body` with the bytes.
  package func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe withPointer { (pointer) throws(Failure) -> Result in
      let buffer = unsafe UnsafeRawBufferPointer(start: pointer, count: Self.count)
      return try unsafe body(buffer.bytes)
    }
  }

  /// Calls `body` with the address of the first byte.
  func withPointer<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafePointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe withUnsafePointer(to: lanes) { (lanes) throws(Failure) -> Result in
      try unsafe UnsafeRawPointer(lanes).withMemoryRebound(
        to: UInt8.self, capacity: Self.count
      ) { (bytes) throws(Failure) -> Result in try unsafe body(bytes) }
    }
  }
}

extension Bytes32: Hashable {
  package func hash(into hasher: inout Hasher) {
    unsafe withUnsafeBytes(of: lanes) { unsafe hasher.combine(bytes: $0) }
  }
}

extension Bytes32: Comparable {
  /// Lexicographic order, first byte first.
  package static func < (left: Bytes32, right: Bytes32) -> Bool {
    left.lanes.isBefore(right.lanes)
  }
}

extension Bytes32: CustomStringConvertible {
  package var description: String { hexadecimal(bytes) }
}
