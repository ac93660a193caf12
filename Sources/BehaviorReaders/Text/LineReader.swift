/// The lines of a plain or compressed file, one at a time, each with its number.
///
/// A line ends with LF or CRLF; a byte order mark is passed over.
package struct LineReader: ~Copyable {
  package enum Line: Equatable {
    /// The bytes without the line end.
    case text(number: Int, bytes: [UInt8])
    /// Longer than `maximumBytes`; its text was dropped.
    case tooLong(number: Int)
  }

  package let maximumBytes: Int
  private var source: ByteSource
  private var number = 0

  package init(path: String, maximumBytes: Int = 1 << 20) throws(ReaderError) {
    var source = try ByteSource(path: path)
    try source.skipByteOrderMark()
    self.source = source
    self.maximumBytes = maximumBytes
  }

  /// The next line, or `nil` at the end of the file.
  package mutating func next() throws(ReaderError) -> Line? {
    var bytes: [UInt8] = []
    guard let fits = try source.moveLine(to: &bytes, limit: maximumBytes) else { return nil }
    number += 1
    guard fits else { return .tooLong(number: number) }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    return .text(number: number, bytes: bytes)
  }
}
