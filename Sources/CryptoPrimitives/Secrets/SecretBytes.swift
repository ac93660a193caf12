internal import CSodium

/// Bytes that nobody else may learn.
///
/// They live in memory that is left out of core dumps and of swap, the latter as far as the system's limit on
/// locked memory goes, and that is zeroed when the value goes. The type
/// can be neither copied nor printed; whoever needs the bytes gets them for the length of a closure.
/// Comparison takes the same time wherever the bytes differ.
// Sendable without a check: the memory has this one owner, and every write goes through a mutating
// method.
@safe
package struct SecretBytes: ~Copyable, @unchecked Sendable {
  private let chunk: SecretChunk
  package let count: Int

  /// `count` zero bytes.
  package init(zeros count: Int) {
    precondition(count >= 0, "a secret of \(count) bytes")
    chunk = SecretPool.shared.take(count)
    self.count = count
  }

  /// `count` bytes that go from the source of `randomness` straight into guarded memory.
  package init(random count: Int, from randomness: inout RandomStream) {
    self.init(zeros: count)
    unsafe randomness.fillDirectly(UnsafeMutableRawBufferPointer(start: chunk.start, count: count))
  }

  /// A copy of `range` of other secret bytes.
  package init(copying other: borrowing SecretBytes, _ range: Range<Int>) {
    self.init(zeros: range.count)
    replace(at: 0, with: other, range)
  }

  deinit { SecretPool.shared.giveBack(chunk) }

  /// What stands in for the bytes in messages for people.
  package var description: String { "\(count) secret bytes" }

  /// Overwrites the bytes from `offset` on with `range` of other secret bytes.
  package mutating func replace(
    at offset: Int, with other: borrowing SecretBytes, _ range: Range<Int>
  ) {
    other.check(range)
    check(offset..<offset + range.count)
    unsafe (chunk.start + offset).copyMemory(
      from: other.chunk.start + range.lowerBound, byteCount: range.count)
  }

  /// Overwrites all bytes with zeros.
  package mutating func wipe() { unsafe sodium_memzero(chunk.start, count) }

  /// Whether both hold the same bytes.
  ///
  /// - Timing: depends on the two lengths only.
  package func isEqual(to other: borrowing SecretBytes) -> Bool {
    guard count == other.count else { return false }
    return unsafe sodium_memcmp(chunk.start, other.chunk.start, count) == 0
  }

  /// Whether all bytes are zero.
  ///
  /// - Timing: depends on the length only.
  package var isZero: Bool { unsafe sodium_is_zero(pointer(at: 0), count) == 1 }

  /// Calls `body` with the bytes, which it must not keep.
  package func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let buffer = unsafe UnsafeRawBufferPointer(start: chunk.start, count: count)
    return try unsafe body(buffer.bytes)
  }

  /// Calls `body` with the bytes to write to, which it must not keep.
  package mutating func withMutableBytes<Result: ~Copyable, Failure: Error>(
    _ body: (inout MutableRawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe withUnsafeMutableBuffer { (buffer) throws(Failure) -> Result in
      var bytes = unsafe buffer.mutableBytes
      return try body(&bytes)
    }
  }

  /// Calls `body` with the memory itself, for loops that a span would slow down.
  package mutating func withUnsafeMutableBuffer<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(UnsafeMutableRawBufferPointer(start: chunk.start, count: count))
  }

  /// The address of byte `offset`, for calls into libsodium.
  func pointer(at offset: Int) -> UnsafePointer<UInt8> {
    unsafe UnsafePointer(chunk.start.assumingMemoryBound(to: UInt8.self) + offset)
  }

  /// The address of byte `offset`, for libsodium to write to.
  mutating func mutablePointer(at offset: Int) -> UnsafeMutablePointer<UInt8> {
    unsafe chunk.start.assumingMemoryBound(to: UInt8.self) + offset
  }

  private func check(_ range: Range<Int>) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count,
      "bytes \(range) of a secret of \(count) bytes")
  }
}
