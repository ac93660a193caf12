import Testing

@testable import BehaviorReaders

struct CSVReaderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func rows(
    _ bytes: [UInt8], _ format: CSVReader.Format = CSVReader.Format()
  ) throws -> [CSVReader.Row] {
    var reader = try CSVReader(path: folder.file("x.csv", bytes), format: format)
    var rows: [CSVReader.Row] = []
    while let row = try reader.next() { rows.append(row) }
    return rows
  }

  @Test func quotedFieldsHoldSeparatorsQuotesAndLineEnds() throws {
    let text = "a,\"b,\"\"c\"\"\",\"d\r\ne\"\r\n\r\n,\"\",x\nlast"
    #expect(
      try rows(Array(text.utf8)) == [
        .record(line: 1, fields: ["a", "b,\"c\"", "d\r\ne"]),
        .record(line: 4, fields: ["", "", "x"]), .record(line: 5, fields: ["last"]),
      ])
  }

  @Test func byteOrderMarkIsNoPartOfTheFirstField() throws {
    #expect(try rows([0xEF, 0xBB, 0xBF, 0x61]) == [.record(line: 1, fields: ["a"])])
  }

  @Test func emptyFileHasNoRecord() throws {
    #expect(try rows([]).isEmpty)
  }

  @Test func brokenRecordsAreReportedAndReadingGoesOn() throws {
    let text = "a\"b,1\n\"c\"d,2\nok,3\n"
    let found = try rows(Array(text.utf8))
    try #require(found.count == 3)
    #expect(found[2] == .record(line: 3, fields: ["ok", "3"]))
    for (row, line) in [(found[0], 1), (found[1], 2)] {
      guard case .bad(line, _) = row else {
        Issue.record("\(row) should be bad at line \(line)")
        continue
      }
    }
  }

  @Test(arguments: [
    ("a,b\n\"never closed,4\nx,5\n", 2), ("a,b\n\"x\ny\",\"never\nclosed", 3), ("\"", 1),
  ])
  func quoteThatIsNeverClosedIsAnErrorAtTheLineWhereItOpens(text: String, line: Int) throws {
    #expect(
      throws: ReaderError.quoteNeverClosed(file: folder.path + "/x.csv", line: line)
    ) { try rows(Array(text.utf8)) }
  }

  @Test func badUTF8IsReportedButLatin1IsRead() throws {
    let bytes: [UInt8] = [0x4C, 0xE9, 0x6F, 0x0A, 0x61]
    #expect(
      try rows(bytes) == [
        .bad(line: 1, reason: "field 1 is not valid UTF-8"), .record(line: 2, fields: ["a"]),
      ])
    #expect(
      try rows(bytes, CSVReader.Format(encoding: .latin1)).first
        == .record(line: 1, fields: ["Léo"]))
  }

  @Test func fieldsHaveALimit() throws {
    let text = "12345678\n123456789\n1234,12345678\n"
    let found = try rows(Array(text.utf8), CSVReader.Format(maximumFieldBytes: 8))
    #expect(
      found == [
        .record(line: 1, fields: ["12345678"]),
        .bad(line: 2, reason: "field 1 is longer than 8 bytes"),
        .record(line: 3, fields: ["1234", "12345678"]),
      ])
  }

  @Test func recordsHaveALimitOfFieldsAndOfBytes() throws {
    let text = "1,2,3\n1,2,3,4,5\n,,,,,,\n\"12\n45\",789,1\nok\n"
    let found = try rows(
      Array(text.utf8), CSVReader.Format(maximumRecordBytes: 8, maximumFields: 3))
    #expect(
      found == [
        .record(line: 1, fields: ["1", "2", "3"]),
        .bad(line: 2, reason: "the record has more than 3 fields"),
        .bad(line: 3, reason: "the record has more than 3 fields"),
        .bad(line: 4, reason: "the record is longer than 8 bytes"),
        .record(line: 6, fields: ["ok"]),
      ])
  }

  @Test func separatorCanBeChosen() throws {
    let found = try rows(Array("a;b,c".utf8), CSVReader.Format(separator: UInt8(ascii: ";")))
    #expect(found == [.record(line: 1, fields: ["a", "b,c"])])
  }

  @Test func recordsSpanTheChunksOfTheSource() throws {
    let field = String(repeating: "0123456789\n", count: 20_000)
    let found = try rows(Array("a,\"\(field)\"\nb,c\n".utf8))
    #expect(
      found == [
        .record(line: 1, fields: ["a", field]), .record(line: 20_002, fields: ["b", "c"]),
      ])
  }

  @Test func compressedFilesReadLikePlainOnes() throws {
    // gzip of "user,item\nu,a\nu,b\n", made with Python's gzip module.
    let zipped: [UInt8] = [
      0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x2B, 0x2D, 0x4E, 0x2D, 0xD2,
      0xC9, 0x2C, 0x49, 0xCD, 0xE5, 0x2A, 0xD5, 0x49, 0x04, 0xE2, 0x24, 0x2E, 0x00, 0x06, 0x2F,
      0x77, 0xF6, 0x12, 0x00, 0x00, 0x00,
    ]
    #expect(try rows(zipped) == rows(Array("user,item\nu,a\nu,b\n".utf8)))
    #expect(throws: ReaderError.self) { try rows(Array(zipped.prefix(24))) }
  }

  @Test func missingFilesAreNamed() throws {
    #expect {
      _ = try ByteSource(path: folder.path + "/absent")
    } throws: { error in
      "\(error)".contains("/absent cannot be opened")
    }
  }

  @Test func linesEndWithEitherEndAndKnowTheirNumber() throws {
    var reader = try LineReader(
      path: folder.file("x", "a\r\n\nlong line\nb"), maximumBytes: 5)
    var lines: [LineReader.Line] = []
    while let line = try reader.next() { lines.append(line) }
    #expect(
      lines == [
        .text(number: 1, bytes: [97]), .text(number: 2, bytes: []), .tooLong(number: 3),
        .text(number: 4, bytes: [98]),
      ])
  }
}
