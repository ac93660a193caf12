internal import Behavior

/// The lines of a MovieLens file, cut into fields.
struct MovieLensLines: ~Copyable {
  struct Line {
    let number: Int
    let fields: [[UInt8]]
  }

  let path: String
  private var reader: LineReader
  private let separator: [UInt8]

  /// - Parameter separator: of one byte or of two equal ones.
  init(path: String, separator: String) throws(ReaderError) {
    self.path = path
    self.reader = try LineReader(path: path)
    self.separator = Array(separator.utf8)
  }

  /// The next line that is not empty; lines that are too long are kept as bad rows.
  mutating func next(_ badRows: inout BadRows) throws(ReaderError) -> Line? {
    while let line = try reader.next() {
      switch line {
      case .tooLong(let number):
        try badRows.add(
          file: path, line: number,
          reason: "the line is longer than \(reader.maximumBytes) bytes")
      case .text(_, let bytes) where bytes.isEmpty:
        continue
      case .text(let number, let bytes):
        return Line(number: number, fields: cut(bytes))
      }
    }
    return nil
  }

  private func cut(_ bytes: [UInt8]) -> [[UInt8]] {
    if separator.count == 1 {
      return bytes.split(separator: separator[0], omittingEmptySubsequences: false)
        .map { Array($0) }
    }
    var fields: [[UInt8]] = [[]]
    var position = 0
    while position < bytes.count {
      if bytes[position...].starts(with: separator) {
        fields.append([])
        position += separator.count
      } else {
        fields[fields.count - 1].append(bytes[position])
        position += 1
      }
    }
    return fields
  }
}

/// The whole number that the bytes spell in decimal, without sign and below 10^18.
func wholeNumber(_ digits: some Collection<UInt8>) -> Int? {
  guard (1...18).contains(digits.count) else { return nil }
  var number = 0
  for digit in digits {
    guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
    number = number * 10 + Int(digit - UInt8(ascii: "0"))
  }
  return number
}

/// The ratings of a MovieLens file in file order.
struct MovieLensRatings {
  struct Rating {
    let user: Int
    let movie: Int
    let stars: Float
    let time: Int64
  }

  private(set) var ratings: [Rating] = []
  private(set) var rowsRead = 0

  init(path: String, separator: String, _ badRows: inout BadRows) throws(ReaderError) {
    var lines = try MovieLensLines(path: path, separator: separator)
    while let line = try lines.next(&badRows) {
      rowsRead += 1
      do throws(RowProblem) {
        ratings.append(try Self.rating(line.fields))
      } catch {
        try badRows.add(file: path, line: line.number, reason: error.reason)
      }
    }
    if ratings.isEmpty { throw .noRows(file: path) }
  }

  private static func rating(_ fields: [[UInt8]]) throws(RowProblem) -> Rating {
    guard fields.count == 4 else {
      throw RowProblem(
        reason: "4 fields expected (user, movie, rating, time), \(fields.count) found")
    }
    guard let stars = Float(String(decoding: fields[2], as: UTF8.self)),
      (0.5...5).contains(stars)
    else {
      throw RowProblem(reason: "the rating is not a number from 0.5 to 5")
    }
    return Rating(
      user: try number("user", fields[0]), movie: try number("movie", fields[1]), stars: stars,
      time: Int64(try number("time", fields[3])))
  }

  private static func number(_ name: String, _ field: [UInt8]) throws(RowProblem) -> Int {
    guard let number = wholeNumber(field) else {
      throw RowProblem(reason: "the \(name) is not a whole number from 0 up")
    }
    return number
  }

  /// The events of the ratings; users are numbered by ascending identifier.
  /// - Parameter itemIndex: the dense index of each movie of the catalogue.
  func table(itemIndex: [Int: Int32]) -> EventTable {
    let users = Set(ratings.map(\.user)).sorted()
    let userIndex = Dictionary(uniqueKeysWithValues: users.enumerated().map { ($1, Int32($0)) })
    var table = EventTable(userIDs: users.map(String.init), clock: .unixSeconds)
    for rating in ratings {
      guard let user = userIndex[rating.user] else { continue }
      table.append(
        user: user,
        BehaviorEvent(
          item: itemIndex[rating.movie] ?? EventTable.unknownItem, kind: .rate,
          value: rating.stars, time: rating.time))
    }
    return table
  }
}
