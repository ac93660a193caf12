/// The records of a delimited file as RFC 4180 describes them, one at a time.
///
/// Fields may be quoted and then hold separators, line ends and doubled quotes. A record that
/// breaks the grammar is reported and reading goes on with the next physical line. Empty lines are
/// passed over.
///
/// | case | outcome |
/// |---|---|
/// | a quote that is never closed | an error, since all that follows is lost |
/// | a field longer than the limit | bad; goes on after the line where the limit was reached |
/// | a record with more fields or bytes than the limits | bad; goes on likewise |
/// | text after a closing quote, a quote inside a bare field | bad; the line is skipped |
/// | bytes that are not valid in the encoding | bad; the record was delimited, so nothing is lost |
package struct CSVReader: ~Copyable {
  package struct Format: Sendable {
    package var separator: UInt8
    package var encoding: TextEncoding
    package var maximumFieldBytes: Int
    package var maximumRecordBytes: Int
    package var maximumFields: Int

    package init(
      separator: UInt8 = UInt8(ascii: ","), encoding: TextEncoding = .utf8,
      maximumFieldBytes: Int = 1 << 20, maximumRecordBytes: Int = 4 << 20,
      maximumFields: Int = 4_096
    ) {
      self.separator = separator
      self.encoding = encoding
      self.maximumFieldBytes = maximumFieldBytes
      self.maximumRecordBytes = maximumRecordBytes
      self.maximumFields = maximumFields
    }
  }

  package enum Row: Equatable {
    /// The fields, and the physical line, counted from 1, on which the record starts.
    case record(line: Int, fields: [String])
    case bad(line: Int, reason: String)
  }

  /// Where in the grammar the next byte stands.
  private enum State { case fieldStart, bare, quoted, afterQuote }

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  package let format: Format
  private var source: ByteSource
  /// The physical line of the next byte.
  private var line = 1
  private var previousWasReturn = false
  /// The physical line on which the last quoted field began.
  private var quoteLine = 1
  private var record: [UInt8] = []
  /// Where each finished field of the record ends in `record`.
  private var fieldEnds: [Int] = []

  package init(path: String, format: Format = Format()) throws(ReaderError) {
    var source = try ByteSource(path: path)
    if format.encoding == .utf8 { try source.skipByteOrderMark() }
    self.source = source
    self.format = format
  }

  /// The next record, or `nil` at the end of the file.
  package mutating func next() throws(ReaderError) -> Row? {
    record.removeAll(keepingCapacity: true)
    fieldEnds.removeAll(keepingCapacity: true)
    var start = line
    var state = State.fieldStart
    var isEmpty = true
    while let byte = try nextByte() {
      let isLineEnd = byte == Self.lineFeed || byte == Self.carriageReturn
      if isLineEnd, state != .quoted {
        guard isEmpty else { return finish(start) }
        start = line
        continue
      }
      isEmpty = false
      if let reason = step(byte, &state) {
        if !isLineEnd { try skipLine() }
        return .bad(line: start, reason: reason)
      }
    }
    if isEmpty { return nil }
    if state == .quoted { throw .quoteNeverClosed(file: source.path, line: quoteLine) }
    return finish(start)
  }

  /// Takes one byte that does not end the record.
  /// - Returns: what is wrong with it, if anything.
  private mutating func step(_ byte: UInt8, _ state: inout State) -> String? {
    switch state {
    case .quoted where byte == Self.quote:
      state = .afterQuote
    case .afterQuote where byte == Self.quote:
      record.append(byte)
      state = .quoted
    case .fieldStart where byte == Self.quote:
      quoteLine = line
      state = .quoted
    case .fieldStart where byte == format.separator, .bare where byte == format.separator,
      .afterQuote where byte == format.separator:
      fieldEnds.append(record.count)
      state = .fieldStart
      if fieldEnds.count >= format.maximumFields {
        return "the record has more than \(format.maximumFields) fields"
      }
    case .afterQuote:
      return "text follows a closing quote in field \(fieldEnds.count + 1)"
    case .bare where byte == Self.quote:
      return "a quote stands inside the unquoted field \(fieldEnds.count + 1)"
    case .fieldStart, .bare, .quoted:
      record.append(byte)
      if state == .fieldStart { state = .bare }
      if record.count - (fieldEnds.last ?? 0) > format.maximumFieldBytes {
        return "field \(fieldEnds.count + 1) is longer than \(format.maximumFieldBytes) bytes"
      }
      if record.count > format.maximumRecordBytes {
        return "the record is longer than \(format.maximumRecordBytes) bytes"
      }
    }
    return nil
  }

  private mutating func finish(_ start: Int) -> Row {
    fieldEnds.append(record.count)
    var fields: [String] = []
    fields.reserveCapacity(fieldEnds.count)
    var fieldStart = 0
    for (index, end) in fieldEnds.enumerated() {
      guard let field = format.encoding.decode(record[fieldStart..<end]) else {
        return .bad(line: start, reason: "field \(index + 1) is not valid UTF-8")
      }
      fields.append(field)
      fieldStart = end
    }
    return .record(line: start, fields: fields)
  }

  private mutating func skipLine() throws(ReaderError) {
    while let byte = try nextByte() {
      if byte == Self.lineFeed || byte == Self.carriageReturn { return }
    }
  }

  /// The next byte, with the lines counted: CRLF is one line end, CR or LF alone is one too.
  private mutating func nextByte() throws(ReaderError) -> UInt8? {
    guard let byte = try source.next() else { return nil }
    if byte == Self.carriageReturn || (byte == Self.lineFeed && !previousWasReturn) { line += 1 }
    previousWasReturn = byte == Self.carriageReturn
    return byte
  }
}
